import Foundation
import Testing

@Suite("Tidy: documentation")
struct DocumentationTests {
    /// What every conforming type has and no comment could say better.
    static let selfEvident = [
        "var description:", "var debugDescription:", "var rawValue:", "let rawValue:", "func hash(", "static func ==", "static func <",
        "init(rawValue:", "var customMirror:", "func encode(to", "init(from", "typealias ", "static var configuration", "func makeIterator()",
        "mutating func next()", "init(stringLiteral",
    ]

    @Test("Every public type, function and initialiser has a doc comment; a stored property may speak for itself")
    func documented() {
        var found: [String] = []
        let requirements = Self.requirements()
        for file in SourceTree.project.swift(in: "Sources") where file.path.hasPrefix("Sources/Ward") {
            for (index, line) in file.lines.enumerated() {
                let words = line.trimmingCharacters(in: .whitespaces)
                guard words.hasPrefix("public "), !words.hasPrefix("public import"), !words.hasPrefix("public extension") else { continue }
                if isStored(words) || requirements.contains(functionName(words)) { continue }
                if Self.selfEvident.contains(where: words.contains) || isMember(ofConformance: index, in: file) { continue }
                if !hasComment(above: index, in: file) { found.append(untidy(file, index, String(words.prefix(80)))) }
            }
        }
        print("\(found.count) public declarations without a doc comment")
        #expect(found == [])
    }

    /// The functions that protocols of the house ask for: their comment stands at the protocol.
    private static func requirements() -> Set<String> {
        var names: Set<String> = []
        for file in SourceTree.project.swift(in: "Sources") where file.lines.contains(where: { $0.hasPrefix("public protocol ") }) {
            for line in file.lines {
                let words = line.trimmingCharacters(in: .whitespaces)
                if words.hasPrefix("func ") { names.insert(words.dropFirst(5).prefix { $0 != "(" && $0 != "<" }.description) }
            }
        }
        return names
    }

    private func functionName(_ words: String) -> String {
        guard let place = words.range(of: "func ") else { return "" }
        return words[place.upperBound...].prefix { $0 != "(" && $0 != "<" }.description
    }

    private func isStored(_ words: String) -> Bool {
        let isProperty = words.contains(" let ") || (words.contains(" var ") && !words.hasSuffix("{") && !words.contains(" { "))
        return isProperty && !words.contains(" func ")
    }

    private func hasComment(above index: Int, in file: SourceTree.File) -> Bool {
        var above = index - 1
        while above >= 0 {
            let words = file.lines[above].trimmingCharacters(in: .whitespaces)
            if words.hasPrefix("///") { return true }
            // Attributes, and stored properties in a run that share their owner's comment.
            guard words.hasPrefix("@") || words.hasPrefix("public let ") || words.hasPrefix("public var ") else { return false }
            if words.hasSuffix("{") { return false }
            above -= 1
        }
        return false
    }

    /// Inside `extension X: Protocol { … }` or a type that declares a conformance, the protocol's own comment stands for its members.
    private func isMember(ofConformance index: Int, in file: SourceTree.File) -> Bool {
        let indent = file.lines[index].prefix { $0 == " " }.count
        guard indent > 0 else { return false }
        for above in stride(from: index - 1, through: 0, by: -1) {
            let line = file.lines[above]
            let words = line.trimmingCharacters(in: .whitespaces)
            guard !words.isEmpty, line.prefix(while: { $0 == " " }).count < indent else { continue }
            if words.hasPrefix("extension ") || words.hasPrefix("public extension ") { return words.contains(":") }
            let kinds = ["struct ", "class ", "enum ", "actor "]
            guard kinds.contains(where: words.contains) else { return false }
            return words.contains(":") && (file.lines[index].contains(" func ") || file.lines[index].contains(" var "))
        }
        return false
    }
}
