internal import Foundation
internal import Yams
internal import WardSystem

/// `ward.yaml`, read into dotted keys and checked: every key known, every value of the right form.
struct ConfigurationFile: Sendable {
    /// Values by dotted key, as written.
    let values: [String: String]

    /// Reads and checks a file.
    /// - Throws: ``ConfigurationError`` naming the file and the line or the key.
    init(path: String) throws(ConfigurationError) {
        guard let status = FileStatus(at: path) else {
            throw ConfigurationError("\(path): cannot be read; `ward init --home DIR` makes a home")
        }
        guard status.isPlain else {
            throw ConfigurationError("\(path): is no plain file; put the configuration of this home back in its place")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ConfigurationError("\(path): cannot be read; look at its rights and at the disk, or restore it from its backup")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw ConfigurationError("\(path): is not UTF-8 text")
        }
        try self.init(text: text, name: path)
    }

    /// Reads and checks YAML text; `name` is used in errors.
    init(text: String, name: String) throws(ConfigurationError) {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw ConfigurationError("\(name)\(Self.place(of: error)): is not well-formed YAML")
        } catch {
            throw ConfigurationError("\(name): is not well-formed YAML")
        }
        var values: [String: String] = [:]
        if let root { try Self.flatten(root, prefix: "", name: name, into: &values) }
        let known = Dictionary(uniqueKeysWithValues: ConfigurationKey.all.map { ($0.name, $0) })
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            guard let definition = known[key] else {
                let near = ConfigurationKey.written.map(\.name).filter { $0.hasPrefix(key.prefix(4)) }
                let hint = near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?"
                throw ConfigurationError("\(name): unknown key \(key.prefix(80))\(hint)")
            }
            if let complaint = definition.complaint(about: value) {
                throw ConfigurationError("\(name): \(key) \(complaint)")
            }
        }
        self.values = values
    }

    private static func flatten(
        _ node: Node, prefix: String, name: String, into values: inout [String: String]
    ) throws(ConfigurationError) {
        switch node {
        case .mapping(let mapping):
            for (key, value) in mapping {
                guard let text = key.string else { throw ConfigurationError("\(name): a key is not text") }
                let path = prefix.isEmpty ? text : "\(prefix).\(text)"
                guard values[path] == nil else { throw ConfigurationError("\(name): \(path.prefix(80)) stands twice") }
                try flatten(value, prefix: path, name: name, into: &values)
            }
        case .scalar(let scalar):
            guard !prefix.isEmpty else { throw ConfigurationError("\(name): keys and values are expected") }
            values[prefix] = scalar.string
        case .sequence, .alias:
            throw ConfigurationError("\(name): \(prefix.isEmpty ? "the file" : prefix) must not be a list")
        }
    }

    private static func place(of error: YamlError) -> String {
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
            " line \(mark.line), column \(mark.column)"
        default: ""
        }
    }
}
