import Foundation
import Testing

@Suite("Tidy: words")
struct WordTests {
    /// Words that say that something is unfinished; split here, so that this file does not hold them.
    static let unfinished = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "place" + "holder", "not " + "implemented", "not yet " + "implemented"]

    @Test("Nothing says that it is unfinished")
    func unfinished() {
        var found: [String] = []
        for file in SourceTree.project.files where !file.path.hasPrefix("docs/") {
            for (index, line) in file.lines.enumerated() {
                for word in Self.unfinished where line.lowercased().contains(word.lowercased()) {
                    found.append(untidy(file, index, word))
                }
            }
        }
        #expect(found == [])
    }

    @Test("What can trap, and what the compiler is asked to believe, is proved beside it")
    func proofs() {
        let risky = ["try" + "!", "fatal" + "Error(", "@unchecked " + "Sendable", "nonisolated(" + "unsafe)"]
        var found: [String] = []
        for file in SourceTree.project.swift(in: "Sources") {
            for (index, line) in file.lines.enumerated() {
                for word in risky where line.contains(word) && !line.trimmingCharacters(in: .whitespaces).hasPrefix("//") {
                    let before = file.lines[max(0, index - 6)...index]
                    if !before.contains(where: { $0.contains("//") }) { found.append(untidy(file, index, word)) }
                }
            }
        }
        #expect(found == [])
    }

    @Test("No path of one machine")
    func paths() {
        let machine = ["/wo" + "rk/", "/ro" + "ot/", "/opt/" + "swift", "/ho" + "me/"]
        var found: [String] = []
        for file in SourceTree.project.files {
            for (index, line) in file.lines.enumerated() {
                for path in machine where line.contains(path) { found.append(untidy(file, index, path)) }
            }
        }
        #expect(found == [])
    }

    @Test("Libraries write nothing to standard output by themselves")
    func printing() {
        var found: [String] = []
        for file in SourceTree.project.swift(in: "Sources")
        where file.path.hasPrefix("Sources/Ward") && !file.path.hasPrefix("Sources/WardTesting") {
            for (index, line) in file.lines.enumerated() {
                let words = line.trimmingCharacters(in: .whitespaces)
                if words.hasPrefix("print(") || words.hasPrefix("debugPrint(") || words.hasPrefix("dump(") {
                    found.append(untidy(file, index, "print"))
                }
            }
        }
        #expect(found == [])
    }

    @Test("No drawers")
    func drawers() {
        let drawers = ["Util", "Helper", "Manager", "Common", "+ext"]
        let found = SourceTree.project.swift(in: "Sources").map(\.path)
            .filter { path in drawers.contains { path.contains($0) } }
        #expect(found == [])
    }
}
