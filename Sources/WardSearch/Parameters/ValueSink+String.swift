import WardFHIR

/// Strings, and every part of names and addresses.
///
/// Source: https://hl7.org/fhir/R4/search.html#string
extension ValueSink {
    mutating func readString(_ node: JSONNode, form: DataForm) {
        switch form {
        case .humanName:
            readText(node["text"])
            readText(node["family"])
            readTexts(node["given"])
            readTexts(node["prefix"])
            readTexts(node["suffix"])
        case .address:
            readText(node["text"])
            readTexts(node["line"])
            readText(node["city"])
            readText(node["district"])
            readText(node["state"])
            readText(node["postalCode"])
            readText(node["country"])
        default:
            if node.kind == .string { readText(node) } else { add(.present) }
        }
    }

    private mutating func readTexts(_ node: JSONNode?) {
        guard let node else { return }
        for element in node.elements { readText(element) }
    }

    private mutating func readText(_ node: JSONNode?) {
        if let text = node?.string { add(.string(StringValue(text))) }
    }
}
