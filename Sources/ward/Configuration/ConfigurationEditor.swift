internal import Foundation
internal import WardKeys

/// Sets keys of `ward.yaml` that the program itself keeps: the section `keys`, in one place at the end of the file. All other lines stay as
/// they are.
struct ConfigurationEditor: Sendable {
    let path: String

    /// Changes values by dotted key, each of which begins with `keys.`. The file is replaced atomically and is durable on return: after a
    /// crash the old or the new one is there whole.
    /// - Throws: ``ConfigurationError``, or ``Failure`` where it cannot be written.
    func change(_ change: (inout [String: String]) -> Void) throws {
        let current = try ConfigurationFile(path: path).values.filter { $0.key.hasPrefix("keys.") }
        var values = current
        change(&values)
        guard values != current else { return }
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let changed = Self.withoutSection(text) + "\n" + Self.section(values)
        _ = try ConfigurationFile(text: changed, name: path)
        try Self.write(changed, to: path)
    }

    /// The section `keys` with these values.
    static func section(_ values: [String: String]) -> String {
        "keys:\n" + values.sorted { $0.key < $1.key }.map { key, value in
            "  \(key.dropFirst("keys.".count)): \(quoted(value))\n"
        }.joined()
    }

    /// Writes the file, readable by its owner alone, whole or not at all, and durable on return.
    /// - Throws: ``Failure``.
    static func write(_ text: String, to path: String) throws(Failure) {
        // Where the name is a link, the file that it leads to is replaced.
        let file = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        do throws(KeyError) {
            try SecretFile(file).replace(Array(text.utf8))
        } catch {
            throw Failure("\(path): cannot be written")
        }
    }

    /// YAML's double-quoted form.
    private static func quoted(_ value: String) -> String {
        "\"" + value.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
    }

    /// The text without top-level entries of `keys` and what is indented below them.
    private static func withoutSection(_ text: String) -> String {
        var kept: [Substring] = []
        var isInside = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("keys:") || line.hasPrefix("keys.") || line.hasPrefix("\"keys") {
                isInside = true
            } else if !line.hasPrefix(" ") && !line.hasPrefix("\t") && !line.isEmpty {
                isInside = false
            }
            if !isInside { kept.append(line) }
        }
        while kept.last?.isEmpty == true { kept.removeLast() }
        return kept.joined(separator: "\n") + "\n"
    }
}
