internal import WardFHIR

/// Finds where a resource refers to another, for errors: the path is told, the reference is not.
enum ReferencePath {
    /// The path of the first `reference` to `target` (`Type/id`), to a version of it or by an absolute URL; nil where there is none.
    static func find(_ target: String, in node: JSONNode, at path: String) -> String? {
        switch node.kind {
        case .object:
            if let text = node["reference"]?.string, names(target, text) { return "\(path).reference" }
            for (name, value) in node.members {
                if let found = find(target, in: value, at: "\(path).\(name.string ?? "")") { return found }
            }
        case .array:
            for (index, element) in node.elements.enumerated() {
                if let found = find(target, in: element, at: "\(path)[\(index)]") { return found }
            }
        default: break
        }
        return nil
    }

    private static func names(_ target: String, _ text: String) -> Bool {
        let current = text.split(separator: "/_history/", maxSplits: 1).first ?? ""
        return current == target || current.hasSuffix("/" + target)
    }
}
