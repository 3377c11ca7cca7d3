import WardFHIR

/// References: to resources of this server, to URLs, to canonicals, and by identifier.
///
/// A URL below the base of this server counts as both, the resource and the URL: what is found by either stays found
/// when the server gets another name.
///
/// Source: https://hl7.org/fhir/R4/search.html#reference
extension ValueSink {
    mutating func readReference(_ node: JSONNode, form: DataForm) {
        switch form {
        case .reference:
            var isComparable = false
            if let text = node["reference"]?.string, let value = ReferenceText.parse(text, context: context) {
                add(.reference(value))
                if case .local = value, ReferenceText.isAbsolute(text) {
                    add(.reference(.absolute(ReferenceText.withoutVersion(text))))
                    noteBase()
                }
                isComparable = true
            }
            if let identifier = node["identifier"].flatMap({ Self.identifier($0) }) {
                add(.reference(.identifier(identifier)))
                isComparable = true
            }
            if !isComparable { add(.present) }
        case .canonical, .uri:
            guard let text = node.string else { return }
            if case .local(let type, let id) = ReferenceText.parse(text, context: context) {
                add(.reference(.local(type: type, id: id)))
                guard ReferenceText.isAbsolute(text) else { return }
                noteBase()
            }
            add(.uri(CanonicalValue(canonical: text)))
        case .resource:
            // The parameters of Bundle find the resource itself.
            if let type = node["resourceType"]?.string, let id = node["id"]?.string,
                let name = ResourceTypes.canonicalName(type[...]) {
                add(.reference(.local(type: name, id: id)))
            } else {
                add(.present)
            }
        default: add(.present)
        }
    }
}
