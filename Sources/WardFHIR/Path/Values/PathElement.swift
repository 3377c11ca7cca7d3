/// A value found in a resource: its JSON, its FHIR type, and for a primitive the `_name` sibling with id and
/// extensions.
public struct PathElement: Sendable {
    /// The type; for a resource in a resource the type that its `resourceType` names.
    public let type: TypeDefinition
    let storage: JSONStorage
    /// Places on the tape; -1 for none.
    let nodeIndex: Int32
    let siblingIndex: Int32

    init(type: TypeDefinition, storage: JSONStorage, node: Int32, sibling: Int32 = -1) {
        self.type = type
        self.storage = storage
        nodeIndex = node
        siblingIndex = sibling
    }

    /// The value. Nil for a primitive that has extensions only, and for the target of a reference, which is never
    /// fetched: of that only the type is known.
    public var node: JSONNode? {
        nodeIndex < 0 ? nil : JSONNode(storage: storage, index: Int(nodeIndex))
    }

    /// The `_name` object of a primitive.
    public var sibling: JSONNode? {
        siblingIndex < 0 ? nil : JSONNode(storage: storage, index: Int(siblingIndex))
    }

    /// Whether it is the same place in the same document.
    func isSame(as other: PathElement) -> Bool {
        storage === other.storage && nodeIndex == other.nodeIndex && siblingIndex == other.siblingIndex
            && type === other.type && (nodeIndex >= 0 || siblingIndex >= 0)
    }
}
