/// A refusal or failure of a FHIR request: the HTTP status and the issues that tell why.
///
/// Made in every layer above the vault, rendered in one place at the edge. Safe to log: it holds no values.
///
/// Source: https://hl7.org/fhir/R4/http.html#Status-Codes
public struct FHIRError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The HTTP status.
    public var status: Int
    /// The reasons, at least one.
    public var issues: [OperationOutcome.Issue]
    /// After how many seconds it is worth to try again.
    public var retryAfterSeconds: Int?
    /// The methods that are offered instead, where the status is 405.
    public var allowedMethods: [String] = []

    /// Makes an error of several issues.
    public init(status: Int, issues: [OperationOutcome.Issue], retryAfterSeconds: Int? = nil) {
        self.status = status
        self.issues = issues
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// Makes an error of one issue.
    public init(status: Int, _ code: IssueType, _ diagnostics: String, at path: String? = nil) {
        self.init(status: status, issues: [.init(.error, code, diagnostics, expression: path.map { [$0] } ?? [])])
    }

    /// The same refusal as one of a part of something larger, such as `Bundle.entry[3]`: every issue names the part.
    public func within(_ place: String) -> FHIRError {
        var error = self
        for index in error.issues.indices {
            let written = error.issues[index].expression
            if written.first?.hasPrefix(place) == true { continue }
            error.issues[index].expression = written.isEmpty ? [place] : written.map { "\(place): \($0)" }
        }
        return error
    }

    /// The issues as a resource.
    public var outcome: OperationOutcome { OperationOutcome(issues: issues) }

    public var description: String {
        let reasons = issues.map { issue in
            ([issue.code.rawValue] + (issue.diagnostics.map { [$0] } ?? []) + issue.expression).joined(separator: ": ")
        }
        return "\(status) " + reasons.joined(separator: "; ")
    }
}
