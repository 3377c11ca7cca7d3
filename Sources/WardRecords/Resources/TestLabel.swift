internal import WardFHIR

/// The security label `HTEST`: test health data. Source: http://terminology.hl7.org/CodeSystem/v3-ActReason
enum TestLabel {
    /// The label as it is written.
    static let json = Array(
        #"{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"HTEST","display":"test health data"}"#.utf8)

    /// Whether a resource itself carries the label.
    static func isOn(_ resource: JSONNode) -> Bool {
        guard let labels = resource["meta"]?["security"] else { return false }
        return labels.elements.contains { label in
            label["code"]?.equals("HTEST") == true && label["system"]?.equals("http://terminology.hl7.org/CodeSystem/v3-ActReason") == true
        }
    }

    /// The path of the label on a resource or on one inside it: contained, an entry of a Bundle, a parameter; nil where none carries it.
    static func find(in node: JSONNode, at path: String) -> String? {
        switch node.kind {
        case .object:
            if node["resourceType"] != nil, isOn(node) { return "\(path).meta.security" }
            for (name, value) in node.members where value.kind == .object || value.kind == .array {
                if let found = find(in: value, at: "\(path).\(name.string ?? "")") { return found }
            }
        case .array:
            for (index, element) in node.elements.enumerated() where element.kind == .object || element.kind == .array {
                if let found = find(in: element, at: "\(path)[\(index)]") { return found }
            }
        default: break
        }
        return nil
    }
}
