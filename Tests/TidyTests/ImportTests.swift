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

    /// Where Foundation is in reach, the compiler may take such a structure from a header that Foundation includes too, and refuses its
    /// members or not by which files it compiles beside this one: a build from nothing could fail where the next one does not.
    @Test("Structures of C are looked into where Foundation is out of reach")
    func structures() throws {
        let used = /\b(?:stat|timespec|timeval|rlimit|rusage|termios|pollfd|passwd|sockaddr_[a-z0-9]+)\(|\.(?:pw|gr|st|tv)_[a-z]+/
        let home = "Sources/WardSystem/"
        var found: [String] = []
        for file in SourceTree.project.files where file.path.hasSuffix(".swift") {
            let isHome = file.path.hasPrefix(home)
            for (index, line) in file.lines.enumerated() {
                if isHome, let module = importedModule(line), module != "Glibc", module != "Darwin" {
                    found.append(untidy(file, index, "WardSystem imports \(module)"))
                }
                if !isHome, line.contains(used) { found.append(untidy(file, index, "a structure of C outside of WardSystem")) }
            }
        }
        #expect(found == [])
        #expect(try Manifest().dependencies["WardSystem"] == [])
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
