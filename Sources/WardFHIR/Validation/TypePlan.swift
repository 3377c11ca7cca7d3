/// What the structure check asks of a type at the end of each object, as sets of element positions.
struct TypePlan: Sendable {
    /// The elements with a minimum.
    var required: UInt128 = 0
    /// The element `id`.
    var id: UInt128 = 0
    /// For `Extension`: its `extension` and its `value[x]`; else empty.
    var nested: UInt128 = 0
    var value: UInt128 = 0

    init(_ type: TypeDefinition) {
        precondition(type.elements.count <= UInt128.bitWidth, "more elements than a set of positions can hold")
        let isExtension = type.name == "Extension"
        for element in type.elements {
            let bit = UInt128(1) << UInt128(element.index)
            if element.min > 0 { required |= bit }
            if element.name == "id" { id = bit }
            if isExtension, element.name == "extension" { nested = bit }
            if isExtension, element.name == "value" { value = bit }
        }
    }
}
