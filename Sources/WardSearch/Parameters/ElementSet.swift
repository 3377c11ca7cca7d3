import WardFHIR

/// Elements of one resource type, by ``ElementDefinition/index``, so that two sets are compared in an instruction or two.
struct ElementSet: Sendable {
    /// The elements from 127 on share the last bit: a set may seem to hold more than it does, never less.
    private var bits: UInt128 = 0

    init(_ indices: some Sequence<Int>) {
        for index in indices { insert(index) }
    }

    /// The elements that a resource has.
    init(of resource: JSONNode, _ type: TypeDefinition) {
        for (name, _) in resource.members {
            if let found = name.withUTF8({ type.element(named: $0) }) ?? nil { insert(found.element.index) }
        }
    }

    private mutating func insert(_ index: Int) { bits |= 1 << UInt128(min(index, 127)) }

    func isDisjoint(with other: ElementSet) -> Bool { bits & other.bits == 0 }
}
