internal import Foundation

/// Sets keys of `ward.yaml` that the program itself keeps: the section `keys`, in one place at the end of the file. All other lines stay as
/// they are.
struct ConfigurationEditor: Sendable {
    let path: String

    /// Sets values by dotted key, each of which begins with `keys.`; what is not named stays. The file is replaced atomically.
    /// - Throws: ``ConfigurationError``, or ``Failure`` where it cannot be written.
    func set(_ values: [String: String]) throws {
        let current = try ConfigurationFile(path: path).values.filter { $0.key.hasPrefix("keys.") }
        let merged = current.merging(values) { $1 }
        guard merged != current else { return }
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let changed = Self.withoutSection(text) + "\n" + Self.section(merged)
        _ = try ConfigurationFile(text: changed, name: path)
        try Self.write(changed, to: path)
    }

    /// The section `keys` with these values.
    static func section(_ values: [String: String]) -> String {
        "keys:\n" + values.sorted { $0.key < $1.key }.map { key, value in
            "  \(key.dropFirst("keys.".count)): \(quoted(value))\n"
        }.joined()
    }

    /// Writes the file, readable by its owner alone, whole or not at all.
    /// - Throws: ``Failure``.
    static func write(_ text: String, to path: String) throws(Failure) {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
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
