/// The kinds of issue in an ``OperationOutcome``.
///
/// Source: https://hl7.org/fhir/R4/valueset-issue-type.html
public enum IssueType: String, Sendable, Equatable, CaseIterable {
    /// Content that is not valid against the specification.
    case invalid
    /// Content that does not have the required structure.
    case structure
    /// A required element is missing.
    case required
    /// A value is out of range or not of its format.
    case value
    /// A rule of the specification is broken.
    case invariant
    /// The request was refused for a reason of security.
    case security
    /// The caller must sign in.
    case login
    /// The user or system is not known.
    case unknown
    /// The session has expired.
    case expired
    /// The caller may not do this.
    case forbidden
    /// Something was withheld.
    case suppressed
    /// A processing failure.
    case processing
    /// The interaction, operation or content is not supported.
    case notSupported = "not-supported"
    /// The same content is already there.
    case duplicate
    /// A criterion that should match one resource matches several.
    case multipleMatches = "multiple-matches"
    /// The reference or resource was not found.
    case notFound = "not-found"
    /// The resource was deleted.
    case deleted
    /// Content is too long.
    case tooLong = "too-long"
    /// A code is not of its code system.
    case codeInvalid = "code-invalid"
    /// An extension is not acceptable.
    case `extension`
    /// The request would cost too much.
    case tooCostly = "too-costly"
    /// A business rule is broken.
    case businessRule = "business-rule"
    /// An edit conflicts with another.
    case conflict
    /// A failure that may pass.
    case transient
    /// A lock could not be obtained.
    case lockError = "lock-error"
    /// No persistent store is available.
    case noStore = "no-store"
    /// An unexpected internal failure.
    case exception
    /// Something took too long.
    case timeout
    /// The answer is not complete.
    case incomplete
    /// Too many requests.
    case throttled
    /// Information only.
    case informational
}
