import WardFHIR

/// Bounds of what one resource may be found by; past them it is refused. Real records stay far below.
public struct IndexLimits: Sendable {
    /// Values of one search parameter.
    public var values: Int
    /// Terms of the blind index, over all parameters.
    public var terms: Int

    /// Bounds; see the properties.
    public init(values: Int, terms: Int) {
        self.values = values
        self.terms = terms
    }

    /// 20,000 values of a parameter, 40,000 terms: a Group may have 20,000 members.
    public static let standard = IndexLimits(values: 20_000, terms: 40_000)

    func tooManyValues(_ parameter: String) -> FHIRError {
        FHIRError(
            status: 422, .tooCostly, "a resource may have at most \(values) different values of one search parameter",
            at: parameter)
    }

    func tooManyTerms(_ parameter: String) -> FHIRError {
        FHIRError(
            status: 422, .tooCostly,
            "a resource may be found by at most \(terms) terms, and this parameter passes the bound", at: parameter)
    }
}
