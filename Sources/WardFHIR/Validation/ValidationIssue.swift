/// One fault that validation found: where and what kind, never the value.
public struct ValidationIssue: Sendable, Equatable, CustomStringConvertible {
    /// The kind of fault.
    public let code: IssueType
    /// The element, by the names it has in JSON: `Patient.name[0].given[1]`, `Observation.valueQuantity`. The `_name` of
    /// a primitive counts as the primitive. A name that does not look like an element's is written `*`.
    public let path: String
    /// What is wrong, in words.
    public let message: String

    /// Makes an issue.
    public init(code: IssueType, path: String, message: String) {
        self.code = code
        self.path = path
        self.message = message
    }

    public var description: String { "\(path): \(message) (\(code.rawValue))" }

    /// The same, as part of an ``OperationOutcome``.
    public var issue: OperationOutcome.Issue {
        OperationOutcome.Issue(.error, code, message, expression: [path])
    }
}

extension FHIRError {
    /// The refusal of a resource that is not valid (400, "failed basic FHIR validation rules"), or nil without issues.
    ///
    /// Source: https://hl7.org/fhir/R4/http.html#create
    public init?(_ issues: [ValidationIssue]) {
        guard !issues.isEmpty else { return nil }
        self.init(status: 400, issues: issues.map(\.issue))
    }
}
