/// Finds every place of a resource where a reference to another resource of the same transaction may stand, by the definitions.
///
/// Those are `Reference.reference`; elements of type uri, url, oid, uuid and canonical; and the narrative. Elements of type string, such as
/// `Identifier.value`, are left alone even where they hold the same text.
///
/// Source: https://hl7.org/fhir/R4/http.html#trules
public struct ReferenceWalk: Sendable {
    /// What kind of place was found.
    public enum Place: Sendable {
        /// `Reference.reference`.
        case reference
        /// An element of type uri, url, oid, uuid or canonical.
        case uri
        /// `Narrative.div`.
        case narrative
    }

    private let definitions: FHIRDefinitions
    private let reference: TypeDefinition?

    /// A walk by these definitions.
    public init(definitions: FHIRDefinitions = .r4) {
        self.definitions = definitions
        self.reference = definitions.type(named: "Reference")
    }

    /// Calls `body` for every such place inside `resource`, in written order. Members that the definitions do not know are passed over.
    public func visit<Failure: Error>(
        _ resource: JSONNode, _ body: (JSONNode, Place) throws(Failure) -> Void
    ) throws(Failure) {
        guard let name = resource["resourceType"]?.string, let type = definitions.resourceType(named: name) else { return }
        try visit(object: resource, type, body)
    }

    private func visit<Failure: Error>(
        object: JSONNode, _ type: TypeDefinition, _ body: (JSONNode, Place) throws(Failure) -> Void
    ) throws(Failure) {
        for member in object.members {
            let value = member.value
            switch value.kind {
            case .string, .object, .array: break
            default: continue
            }
            guard let resolved = member.name.withUTF8({ type.element(named: $0) }) ?? nil, !resolved.isSibling else { continue }
            if value.kind == .array {
                for element in value.elements { try visit(value: element, resolved.type, of: type, body) }
            } else {
                try visit(value: value, resolved.type, of: type, body)
            }
        }
    }

    private func visit<Failure: Error>(
        value: JSONNode, _ type: TypeDefinition, of holder: TypeDefinition,
        _ body: (JSONNode, Place) throws(Failure) -> Void
    ) throws(Failure) {
        if value.kind == .object {
            if type.kind == .resource {
                try visit(value, body)
            } else {
                try visit(object: value, type, body)
            }
            return
        }
        guard value.kind == .string, let primitive = type.primitive else { return }
        switch primitive {
        case .string where holder === reference: try body(value, .reference)
        case .uri, .url, .oid, .uuid, .canonical: try body(value, .uri)
        case .xhtml: try body(value, .narrative)
        default: break
        }
    }
}
