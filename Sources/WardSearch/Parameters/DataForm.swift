import WardFHIR

/// What a data type of FHIR offers to searches.
enum DataForm: UInt8, Sendable {
    case other, boolean, code, text, uri, canonical, date
    case coding, codeableConcept, identifier, contactPoint, humanName, address, reference, period, timing, resource
    case number, quantity, money, range, sampledData

    /// The form of each type, by `TypeDefinition.id`.
    static func table(_ definitions: FHIRDefinitions) -> [DataForm] {
        definitions.types.map { form(of: $0) }
    }

    private static func form(of type: TypeDefinition) -> DataForm {
        if type.kind == .resource { return .resource }
        switch type.name {
        case "boolean": return .boolean
        case "code", "id", "oid", "uuid": return .code
        case "string", "markdown": return .text
        case "uri", "url": return .uri
        case "canonical": return .canonical
        case "date", "dateTime", "instant": return .date
        case "Coding": return .coding
        case "CodeableConcept": return .codeableConcept
        case "Identifier": return .identifier
        case "ContactPoint": return .contactPoint
        case "HumanName": return .humanName
        case "Address": return .address
        case "Reference": return .reference
        case "Period": return .period
        case "Timing": return .timing
        case "decimal", "integer", "positiveInt", "unsignedInt": return .number
        case "Quantity", "Age", "Count", "Distance", "Duration": return .quantity
        case "Money": return .money
        case "Range": return .range
        case "SampledData": return .sampledData
        default: return .other
        }
    }
}
