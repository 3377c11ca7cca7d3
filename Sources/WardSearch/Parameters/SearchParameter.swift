public import WardFHIR

/// A search parameter of one resource type, as this server knows it.
///
/// Source: https://hl7.org/fhir/R4/searchparameter-registry.html
public struct SearchParameter: Sendable {
    /// The name in a query, such as `birthdate`.
    public let code: String
    /// How its values compare.
    public let type: SearchParameterType
    /// The canonical URL of the definition.
    public let url: String
    /// The page of the specification that says how values of this type compare.
    public var documentation: String { "https://hl7.org/fhir/R4/search.html#\(type.code)" }
    /// Its place among all parameters of the type, sorted by code: the name that the filter record gives it.
    public let number: UInt8
    /// The resource types that a reference may point to; empty when it is no reference.
    public let targets: [String]
    /// Whether it can be searched. What cannot is refused by name.
    public let isSupported: Bool
    /// Whether a resource has at most one value of it.
    public let isSingle: Bool
    /// Whether its references to patients put a resource into the compartment of the patient.
    public let placesInPatientCompartment: Bool
    /// Whether tokens compare without case: those of telephone numbers and electronic mail.
    public let foldsCase: Bool
}

extension SearchParameter {
    /// The parameter types that this version compares.
    static let supportedTypes: Set<SearchParameterType> = [.token, .string, .reference, .date, .uri, .number, .quantity]
}
