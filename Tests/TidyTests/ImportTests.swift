import Foundation
import Testing

@Suite("Tidy: imports")
struct ImportTests {
    @Test("A module imports nothing of the house that the manifest does not declare for it")
    func declared() throws {
        let declared = try Manifest().dependencies
        #expect(declared.count > 10)
        var found: [String] = []
        for (module, dependencies) in declared {
            for file in SourceTree.project.swift(in: "Sources/\(module)") {
                for (index, line) in file.lines.enumerated() {
                    guard let name = importedModule(line), declared.keys.contains(name), name != module else { continue }
                    if !dependencies.contains(name) { found.append(untidy(file, index, "\(module) imports \(name)")) }
                }
            }
        }
        #expect(found == [])
    }

    @Test("Plaintext cannot reach SQL, and no handler can pass round the checks")
    func walls() throws {
        let reach = try Manifest().reach
        for database in ["WardDatabase", "WardSQLite"] {
            #expect(reach[database]?.isDisjoint(with: ["WardFHIR", "WardKeys"]) == true, "\(database)")
        }
        let http = try #require(try Manifest().dependencies["WardHTTP"])
        #expect(http.isDisjoint(with: ["WardVault", "WardDatabase", "WardSQLite"]))
    }

    /// Without the import, the compiler may take them from another module that includes the same header, and refuses them or not by
    /// which files it compiles beside this one.
    @Test("Structures of C are imported from where they are declared")
    func structures() {
        let used = /\b(?:stat|timespec|timeval|rlimit|rusage|termios|pollfd|sockaddr_[a-z0-9]+)\(\)|\.pw_[a-z]+|\.gr_[a-z]+/
        var found: [String] = []
        for file in SourceTree.project.files where file.path.hasSuffix(".swift") {
            guard !file.lines.contains(where: { importedModule($0) == "Glibc" }) else { continue }
            for (index, line) in file.lines.enumerated() where line.contains(used) {
                found.append(untidy(file, index, "a structure of C without import Glibc"))
            }
        }
        #expect(found == [])
    }

    private func importedModule(_ line: String) -> String? {
        var words = line.split(separator: " ").map(String.init)
        if ["public", "internal", "private", "package", "@testable"].contains(words.first ?? "") { words.removeFirst() }
        guard words.count >= 2, words[0] == "import" else { return nil }
        return words[1]
    }
}

/// The arrows between the modules of the house, as Package.swift declares them.
struct Manifest {
    let dependencies: [String: Set<String>]

    init() throws {
        let text = try String(contentsOf: SourceTree.root.appendingPathComponent("Package.swift"), encoding: .utf8)
        var dependencies: [String: Set<String>] = [:]
        let pattern = /(?:module|tool)\(\s*"([A-Za-z-]+)",\s*\[([^\]]*)\]/
        for match in text.matches(of: pattern) {
            let names = match.output.2.matches(of: /"([A-Za-z]+)"/).map { String($0.output.1) }
            dependencies[String(match.output.1)] = Set(names)
        }
        self.dependencies = dependencies
    }

    /// Everything that a module can reach.
    var reach: [String: Set<String>] {
        dependencies.mapValues { direct in
            var reached = direct
            var queue = Array(direct)
            while let next = queue.popLast() {
                for further in dependencies[next] ?? [] where reached.insert(further).inserted { queue.append(further) }
            }
            return reached
        }
    }
}
