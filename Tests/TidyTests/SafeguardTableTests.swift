import Foundation
import Testing

@Suite("Tidy: what safeguards say of tests")
struct SafeguardTableTests {
    /// The rows of the checklist of identity: what is asked for, where it is met, which test shows it.
    private static func rows() -> [[String]] {
        let file = SourceTree.project.files.first { $0.path == "docs/safeguards/identity.md" }
        return (file?.lines ?? []).drop { $0 != "## OWASP ASVS 5.0" }.filter { $0.hasPrefix("| ") }.dropFirst(2).map { line in
            line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    @Test("each row names a test, and each test that is named is there")
    func tests() {
        let files = SourceTree.project.files.filter { $0.path.hasPrefix("Tests/") }
        let rows = Self.rows()
        #expect(rows.count > 30)
        for row in rows {
            var suite = ""
            let names = (row.last ?? "").matches(of: /`([A-Za-z_.]+)`/).map { String($0.1) }
            #expect(row.count == 3 && !names.isEmpty, "\(row)")
            for name in names {
                let parts = name.split(separator: ".").map(String.init)
                let hasSuite = !name.hasPrefix(".")
                if hasSuite { suite = parts[0] }
                let own = files.filter { file in
                    file.path.hasSuffix("/\(suite).py") || file.lines.contains { $0.contains("struct \(suite) ") || $0.contains("struct \(suite):") }
                }
                #expect(!own.isEmpty, "no suite \(suite) for \(row.first ?? "")")
                guard let test = hasSuite ? parts.dropFirst().first : parts.first else { continue }
                let forms = ["func \(test)(", "def \(test)(", "class \(test)("]
                #expect(
                    own.contains { file in file.lines.contains { line in forms.contains(where: line.contains) } },
                    "no test \(suite).\(test) for \(row.first ?? "")")
            }
        }
    }

    @Test("each type that a row names is there")
    func types() {
        let code = SourceTree.project.swift(in: "Sources")
        for row in Self.rows() where row.count == 3 {
            for name in row[1].matches(of: /`([A-Z][A-Za-z]+)(?:\.\w+)?`/).map({ String($0.1) }) {
                let forms = ["struct", "class", "enum"].map { "\($0) \(name)" }
                #expect(
                    code.contains { file in file.lines.contains { line in forms.contains(where: line.contains) } },
                    "no type \(name) for \(row[0])")
            }
        }
    }
}
