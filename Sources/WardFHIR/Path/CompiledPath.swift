/// An expression, ready to be evaluated on any number of resources, from any task.
public struct CompiledPath: Sendable {
    /// The expression as written.
    public let expression: String
    private let node: PathNode
    private let definitions: FHIRDefinitions

    init(expression: String, node: PathNode, definitions: FHIRDefinitions) {
        self.expression = expression
        self.node = node
        self.definitions = definitions
    }

    /// The values that the expression finds, in order.
    ///
    /// Navigation such as `Observation.code` or `(Observation.value as Quantity)` allocates nothing but the result.
    /// References are never fetched: `resolve()` gives the resource if it is contained, else a value of which only the
    /// type is known.
    /// - Parameters:
    ///   - resource: the resource, or any other value.
    ///   - type: its type.
    /// - Throws: `FHIRPathError` with the codes `notSingleton`, `wrongType`, `limit`.
    public func evaluate(resource: JSONNode, type: TypeDefinition) throws(FHIRPathError) -> [PathValue] {
        let element = PathElement(type: type, storage: resource.storage, node: resource.index)
        return try evaluate(on: .element(element), in: element)
    }

    /// The elements of a resource of `type` of which one at least must be there for the expression to find anything, by
    /// ``ElementDefinition/index``; nil where that cannot be said. What finds nothing need not be evaluated.
    public func rootElements(of type: TypeDefinition) -> Set<Int>? { node.rootElements(of: type) }

    /// The values that the expression finds from a value of a resource, such as a part of a composite search parameter.
    /// - Parameters:
    ///   - value: the context (`$this`).
    ///   - resource: what `%resource` and references to contained resources go to; nil if the value is not of a
    /// resource.
    public func evaluate(from value: PathValue, resource: PathElement?) throws(FHIRPathError) -> [PathValue] {
        try evaluate(on: value, in: resource ?? value.element)
    }

    private func evaluate(on focus: PathValue, in root: PathElement?) throws(FHIRPathError) -> [PathValue] {
        try node.evaluate(in: PathContext(definitions: definitions, root: root, focus: focus))
    }
}
