/// The primitive types of FHIR R4.
///
/// The raw value is the type's name in the specification. Source: https://hl7.org/fhir/R4/datatypes.html#primitive
public enum PrimitiveKind: String, Sendable, CaseIterable {
    case boolean, integer, string, decimal, uri, url, canonical, base64Binary, instant, date, dateTime, time
    case code, oid, id, markdown, unsignedInt, positiveInt, uuid, xhtml

    /// The kind of value that carries it in JSON: `true`, a number, or a string.
    ///
    /// Source: https://hl7.org/fhir/R4/json.html#primitive
    public var jsonForm: JSONForm {
        switch self {
        case .boolean: .boolean
        case .integer, .unsignedInt, .positiveInt, .decimal: .number
        default: .string
        }
    }

    /// A form of value in JSON that a primitive may take.
    public enum JSONForm: Sendable {
        case boolean, number, string
    }
}
