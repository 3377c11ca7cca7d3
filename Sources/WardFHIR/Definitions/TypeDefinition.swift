/// A type of FHIR R4: a resource, a data type, a primitive, or the group of elements inside one of them.
///
/// Immutable once its tables are linked; one object per type, so identity (`===`) is equality.
///
/// Source: https://hl7.org/fhir/R4/structuredefinition.html
public final class TypeDefinition: Sendable {
    /// `Patient`, `HumanName`, `string`; for a group of elements its path, `Patient.contact`.
    public let name: String
    /// Its place in `FHIRDefinitions.types`.
    public let id: Int
    /// What sort of type it is.
    public let kind: TypeKind
    /// Whether only its specialisations have instances: `Resource`, `DomainResource`, `Element`, `BackboneElement`.
    public let isAbstract: Bool
    /// Which primitive it is; nil unless `kind` is `.primitive`.
    public let primitive: PrimitiveKind?
    /// All elements, inherited ones too, in the order of the specification. A primitive has `id` and `extension` (those
    /// of the `_name` sibling), not its value. `resourceType` is no element.
    public let elements: [ElementDefinition]

    /// The type that it specialises; nil for `Element` and `Resource`.
    public var base: TypeDefinition? { linkedBase }

    private let table: MemberTable
    // Written once by `FHIRDefinitions.init`, before any other code can see the object; only read afterwards.
    @exclusivity(unchecked) nonisolated(unsafe) private var linkedBase: TypeDefinition?

    init(facts: TypeFacts, id: Int, names: [TypeFacts]) {
        name = facts.name
        self.id = id
        kind = facts.kind
        isAbstract = facts.isAbstract
        primitive = facts.kind == .primitive ? PrimitiveKind(rawValue: facts.name) : nil
        elements = facts.elements.enumerated().map { ElementDefinition(facts: $1, index: $0, names: names) }
        table = MemberTable(elements: facts.elements, names: names)
    }

    func link(_ facts: TypeFacts, to types: [TypeDefinition]) {
        linkedBase = facts.base.map { types[$0] }
        for (element, facts) in zip(elements, facts.elements) { element.link(facts.types.map { types[$0] }) }
    }

    /// The element that a member of a JSON object of this type stands for, and the type of its value.
    ///
    /// Finds plain names (`status`), choices with their type (`valueQuantity`), and the `_name` siblings of primitives
    /// (`_status`, `_valueString`). Nil for any other name, `value` of a choice and `resourceType` included. Allocates
    /// nothing.
    /// - Parameter bytes: the member's name in UTF-8.
    public func element(named bytes: UnsafeBufferPointer<UInt8>) -> ResolvedElement? {
        let isSibling = bytes.first == UInt8(ascii: "_")
        let name = isSibling ? UnsafeBufferPointer(rebasing: bytes[1...]) : bytes
        guard let member = table.find(name, hash: MemberTable.hash(name)), member.isJSONName else { return nil }
        let element = elements[Int(member.element)]
        let type = element.types[Int(member.type)]
        if isSibling && type.primitive == nil { return nil }
        return ResolvedElement(element: element, type: type, isSibling: isSibling)
    }

    /// The same for a string.
    public func element(named name: String) -> ResolvedElement? {
        var name = name
        return name.withUTF8 { element(named: $0) }
    }

    /// The element with a name of FHIRPath, where a choice is called without its type (`value`).
    public func element(pathName name: String) -> ElementDefinition? {
        var name = name
        return name.withUTF8 { element(pathName: $0, hash: MemberTable.hash($0)) }
    }

    func element(pathName bytes: UnsafeBufferPointer<UInt8>, hash: UInt32) -> ElementDefinition? {
        guard let member = table.find(bytes, hash: hash), member.isPathName else { return nil }
        return elements[Int(member.element)]
    }

    /// Whether it is `other` or specialises it, directly or not.
    public func isKind(of other: TypeDefinition) -> Bool {
        var type: TypeDefinition? = self
        while let current = type {
            if current === other { return true }
            type = current.base
        }
        return false
    }
}

/// What a member of a JSON object stands for.
public struct ResolvedElement: Sendable {
    /// The element; the same object for every name of a choice.
    public let element: ElementDefinition
    /// The type of the value; for the sibling of a primitive, that primitive.
    public let type: TypeDefinition
    /// Whether it is the `_name` member that holds a primitive's id and extensions.
    public let isSibling: Bool
}
