/// The resource types of a compartment, and the search parameters that place them in it.
///
/// Source: https://hl7.org/fhir/R4/compartmentdefinition.html
public struct CompartmentDefinition: Sendable {
    /// The type that the compartment is of, such as `Patient`.
    public let code: String
    /// Type to the codes of the parameters, by which a resource of this type is in the compartment; empty for types
    /// that never are. `{def}` stands for the resource itself, where the definition uses it.
    public let parameters: [String: [String]]

    /// The parameter codes that place a resource of `type` in this compartment; empty if it never is.
    public func parameters(for type: String) -> [String] {
        parameters[type] ?? []
    }
}
