/// The type of a search parameter, which decides how its values compare.
///
/// Source: https://hl7.org/fhir/R4/search.html#ptypes
public enum SearchParameterType: UInt8, Sendable, CaseIterable {
    case number = 0, date, string, token, reference, composite, quantity, uri, special

    /// The code in the specification.
    public var code: String { String(describing: self) }
}

/// A search parameter as it applies to one resource type.
///
/// Source: https://hl7.org/fhir/R4/searchparameter-registry.html
public struct SearchParameterDefinition: Sendable {
    /// The name in a query, such as `birthdate`.
    public let code: String
    /// How its values compare.
    public let type: SearchParameterType
    /// The canonical URL of the definition.
    public let url: String
    /// The type that it is defined on: the resource type itself, `DomainResource` or `Resource`.
    public let base: String
    /// The FHIRPath that finds its values, cut down to the alternatives that begin at `base`; nil for `_text`,
    /// `_content` and `_query`, whose values are no elements.
    public let expression: String?
    /// The resource types that a reference may point to; empty when it is no reference.
    public let targets: [String]
    /// The parts of a composite parameter: the URL of each part's parameter, and its expression from where this one's
    /// ends.
    public let components: [Component]

    /// One part of a composite parameter.
    public struct Component: Sendable {
        /// The canonical URL of the parameter that compares this part.
        public let definition: String
        /// Where the part is, from each value of the composite's expression.
        public let expression: String
    }
}
