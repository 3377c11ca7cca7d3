/// What an expression needs of a resource to find anything in it.
extension PathNode {
    /// The elements of the context's type of which one at least must be there, by index; nil where that cannot be said.
    func rootElements(of type: TypeDefinition) -> Set<Int>? {
        switch self {
        case .constant(let values): values.isEmpty ? [] : nil
        case .walk(.focus, let steps): Self.rootElements(steps, of: type)
        case .walk(let source, _): source.rootElements(of: type)
        case .binary(.union, let left, let right):
            left.rootElements(of: type).flatMap { left in right.rootElements(of: type).map(left.union) }
        case .call(let function, let source, _):
            Self.keepingEmpty.contains(function.name) ? source.rootElements(of: type) : nil
        default: nil
        }
    }

    /// Functions that find nothing where there is nothing.
    private static let keepingEmpty: Set<String> = ["where", "select", "first", "last", "tail", "resolve"]

    private static func rootElements(_ steps: [PathStep], of type: TypeDefinition) -> Set<Int>? {
        for step in steps {
            switch step {
            case .ofType(.fhir(let wanted)) where type.isKind(of: wanted): continue
            case .child(let name):
                let element = name.bytes.withUnsafeBufferPointer { type.element(pathName: $0, hash: name.hash) }
                return element.map { [$0.index] } ?? []
            default: return nil
            }
        }
        return nil
    }
}
