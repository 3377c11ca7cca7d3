internal import WardFHIR

/// A refusal of this layer. Its words are fixed: nothing of the request is quoted but, beside them, the name of a parameter.
struct EdgeError: Error, Sendable {
    var status: Int
    var issue: IssueType
    var message: StaticString
    /// The parameter that is wrong, as `ParameterName.shown` gives it.
    var parameter: String?
    /// Methods, for `Allow`.
    var allow: String?
    /// Seconds, for `Retry-After`.
    var retryAfter: Int?

    init(_ status: Int, _ issue: IssueType, _ message: StaticString, allow: String? = nil, retryAfter: Int? = nil) {
        self.status = status
        self.issue = issue
        self.message = message
        self.allow = allow
        self.retryAfter = retryAfter
    }

    static let unauthenticated = EdgeError(401, .login, "A valid bearer token is needed.")
    static let signInFailed = EdgeError(401, .login, "Sign-in failed.")
    static let forbidden = EdgeError(403, .forbidden, "This is not permitted.")
    static let notFound = EdgeError(404, .notFound, "There is nothing here.")
    static let targetTooLong = EdgeError(414, .tooLong, "The request target is too long.")
    static let badTarget = EdgeError(400, .invalid, "The request target is not well formed.")
    static let doubledField = EdgeError(400, .invalid, "A header field that may stand once was sent twice.")
    static let notAcceptable = EdgeError(406, .notSupported, "Answers are application/fhir+json only.")
    static let badMetadataQuery = EdgeError(
        400, .notSupported, "The CapabilityStatement takes _format (json), _pretty (true or false) and mode=full.")
    static let badQuery = EdgeError(400, .invalid, "The query is not well formed.")
    static let tooManyParameters = EdgeError(400, .tooCostly, "The query has too many parameters.")
    static let badForm = EdgeError(400, .invalid, "The form is not well formed.")
    static let formExpected = EdgeError(415, .notSupported, "The body must be application/x-www-form-urlencoded.")
    static let foreignForm = EdgeError(403, .forbidden, "The form was not sent by a page of this server.")
    static let encodedBody = EdgeError(415, .notSupported, "The body must not be compressed.")
    static let bodyTooLarge = EdgeError(413, .tooLong, "The body is too large.")
    static let badBody = EdgeError(400, .invalid, "The body is not what is expected here.")
    static let brokenBody = EdgeError(400, .incomplete, "The body did not arrive whole.")
    static let busy = EdgeError(503, .throttled, "The server is busy; try again.", retryAfter: 1)
    static let unavailable = EdgeError(503, .transient, "The server cannot answer now; try again.", retryAfter: 5)
    static let internalError = EdgeError(
        500, .exception, "The server failed; the request id names the event in its log.")
}
