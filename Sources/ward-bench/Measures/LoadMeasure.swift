internal import Foundation
internal import WardFHIR
internal import WardPrivacy

/// Loads patients as a user would: by `ward load` with several connections.
struct LoadMeasure {
    let home: ServedHome
    let data: String?
    let patients: Int
    let connections: Int

    /// Loads, and tells how fast, how flat, and how large it became.
    /// - Returns: resources loaded.
    func measure(into table: inout Table) throws -> Int {
        let (password, code) = try home.credentials(of: "bench-importer")
        let passwordFile = home.folder + "/bench-password"
        try Data((password + "\n").utf8).write(to: URL(fileURLWithPath: passwordFile))
        let paths = try sources()
        Progress.say("loading with \(connections) connections")
        let answer = try JSONDocument(parsing: try ChildProcess.run(
            [home.program, "load"] + paths + [
                "--server", home.url, "--ca", home.authority, "--name", "bench-importer", "--password-file", passwordFile, "--code", code,
                "--connections", String(connections), "--output", "json",
            ], isQuiet: true)).root
        let number = { (member: String) in answer[member].flatMap { Double($0.lexeme ?? "") } ?? 0 }
        let resources = Int(number("resources"))
        guard resources > 0, number("refused") == 0 else { throw BenchError("\(Int(number("refused"))) entries were refused") }
        table.add(
            "load: resources as transactions, \(connections) connections", "\(Int(number("resources") / number("seconds")))/s",
            target: "5000/s")
        table.add(
            "load: rate of the last tenth to that of the first",
            Table.decimal(number("last_tenth_per_second") / number("first_tenth_per_second")), target: "0.80")
        let parts = ["data", "audit", "keys"].map { home.bytes(of: $0) }
        table.add(
            "size: data, index, audit and keys, per resource", "\(parts.reduce(0, +) / resources) B", target: "2500 B")
        table.note("\(resources) resources loaded in \(Table.decimal(number("seconds"))) s; data and index \(parts[0] >> 20) MB, "
            + "audit \(parts[1] >> 20) MB, keys \(parts[2] >> 20) MB")
        return resources
    }

    /// The folders of Synthea in the order that their conditional references need, or files of synthetic patients.
    private func sources() throws -> [String] {
        if let data {
            return try ["synthea-uscore", "synthea-smart-r4"].map { name in
                guard FileManager.default.fileExists(atPath: "\(data)/\(name)") else { throw BenchError("no \(name) in the data folder") }
                return "\(data)/\(name)"
            }
        }
        let folder = home.folder + "/bench-synthetic"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (number, bundle) in SyntheticPopulation(seed: 1).bundles(count: patients).enumerated() {
            try Data(bundle).write(to: URL(fileURLWithPath: "\(folder)/\(number).json"))
        }
        return [folder]
    }
}
