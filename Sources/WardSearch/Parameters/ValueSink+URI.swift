import WardFHIR

/// URIs and canonicals.
///
/// Source: https://hl7.org/fhir/R4/search.html#uri
extension ValueSink {
    mutating func readURI(_ node: JSONNode, form: DataForm) {
        guard let text = node.string, !text.isEmpty else { return }
        add(.uri(form == .canonical ? CanonicalValue(canonical: text) : CanonicalValue(url: text)))
    }
}
