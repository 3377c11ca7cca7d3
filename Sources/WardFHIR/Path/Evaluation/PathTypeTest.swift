/// The type that `is`, `as` and `ofType` ask for.
enum PathTypeTest: Sendable {
    case fhir(TypeDefinition)
    /// A type of the language itself: `Boolean`, `String`, `Integer`, `Decimal`, `Date`, `DateTime`, `Time`,
    /// `Quantity`.
    case system(String)

    private static let systemNames: Set<String> = [
        "Boolean", "String", "Integer", "Decimal", "Date", "DateTime", "Time", "Quantity",
    ]

    /// Types of FHIR are sought first, as the specification says.
    init(_ name: String, in definitions: FHIRDefinitions) throws(FHIRPathError) {
        let plain = name.hasPrefix("FHIR.") ? String(name.dropFirst(5)) : name
        if !name.hasPrefix("System."), let type = definitions.type(named: plain) {
            self = .fhir(type)
            return
        }
        let system = name.hasPrefix("System.") ? String(name.dropFirst(7)) : name
        guard Self.systemNames.contains(system) else { throw FHIRPathError(.unknownType, name) }
        self = .system(system)
    }

    /// Whether `as` and `ofType` keep the value. A primitive must be of the very type, as a choice of types has it: a
    /// `canonical` is not found as `uri`, though it is one.
    func selects(_ value: PathValue) -> Bool {
        if case .fhir(let type) = self, type.kind == .primitive { return value.element?.type === type }
        return matches(value)
    }

    /// The same for a value in a document.
    func selects(_ place: PathPlace) -> Bool {
        switch self {
        case .fhir(let type): type.kind == .primitive ? place.type === type : place.type.isKind(of: type)
        case .system(let name): name == "Any"
        }
    }

    /// Whether the value `is` of the type, or of one that specialises it.
    func matches(_ value: PathValue) -> Bool {
        switch (self, value) {
        case (.fhir(let type), .element(let element)): element.type.isKind(of: type)
        case (.fhir(let type), .quantity): type.name == "Quantity"
        case (.system(let name), .element): name == "Any"
        case (.system(let name), _): value.typeName == name
        case (.fhir, _): false
        }
    }
}
