/// The type that `is`, `as` and `ofType` ask for.
enum PathTypeTest: Sendable {
    case fhir(TypeDefinition)
    /// A type of the language itself: `Boolean`, `String`, `Integer`, `Decimal`, `Date`, `DateTime`, `Time`, `Quantity`.
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
