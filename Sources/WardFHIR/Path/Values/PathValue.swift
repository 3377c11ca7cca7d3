/// One value of a FHIRPath collection: found in the resource, or computed.
public enum PathValue: Sendable {
    case element(PathElement)
    case boolean(Bool)
    case integer(Int)
    indirect case decimal(PathDecimal)
    case string(String)
    indirect case temporal(PathTemporal)
    indirect case quantity(PathQuantity)

    /// The value as found in the resource; nil if it is computed.
    public var element: PathElement? {
        if case .element(let element) = self { element } else { nil }
    }

    /// The name of its type: `Quantity`, `code`, `Patient.contact`; for a computed one `Boolean`, `String` and so on.
    public var typeName: String {
        switch self {
        case .element(let element): element.type.name
        case .boolean: "Boolean"
        case .integer: "Integer"
        case .decimal: "Decimal"
        case .string: "String"
        case .temporal(let temporal): temporal.kind.rawValue
        case .quantity: "Quantity"
        }
    }

    /// A primitive or a Quantity of the resource as the value that it stands for; anything else as it is.
    ///
    /// Source: https://hl7.org/fhir/R4/fhirpath.html#types
    var system: PathValue {
        guard case .element(let element) = self, let node = element.node else { return self }
        if let kind = element.type.primitive { return Self.system(node, kind) ?? self }
        if let quantity = PathQuantity(element) { return .quantity(quantity) }
        return self
    }

    private static func system(_ node: JSONNode, _ kind: PrimitiveKind) -> PathValue? {
        switch kind {
        case .boolean:
            return node.bool.map { .boolean($0) }
        case .integer, .unsignedInt, .positiveInt:
            return node.lexeme.flatMap { Int($0) }.map { .integer($0) }
        case .decimal:
            return node.lexeme.flatMap { PathDecimal($0) }.map { .decimal($0) }
        case .date, .dateTime, .instant:
            let wanted: PathTemporal.Kind = kind == .date ? .date : .dateTime
            return node.string.flatMap { PathTemporal($0, kind: wanted) }.map { .temporal($0) }
        case .time:
            return node.string.flatMap { PathTemporal($0, kind: .time) }.map { .temporal($0) }
        default:
            return node.string.map { .string($0) }
        }
    }
}
