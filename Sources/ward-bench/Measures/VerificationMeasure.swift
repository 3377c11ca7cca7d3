internal import Foundation
internal import WardFHIR

/// How fast everything is proved whole, by the commands that do it.
enum VerificationMeasure {
    static func measure(_ home: ServedHome, into table: inout Table) throws {
        for (name, command, target) in [
            ("audit verify: entries", ["audit", "verify"], "300000/s"), ("verify: versions", ["verify"], ""),
        ] {
            let answer = try JSONDocument(parsing: try ChildProcess.run(
                [home.program] + command + ["--home", home.folder, "--output", "json"])).root
            guard let count = answer["entries"]?.lexeme.flatMap({ Double($0) }),
                let seconds = answer["seconds"]?.lexeme.flatMap({ Double($0) }) else { throw BenchError("\(name): no count") }
            table.add(name, "\(Int(count / seconds))/s", target: target)
            table.note("\(name): \(Int(count)) in \(Table.decimal(seconds)) s")
        }
    }
}
