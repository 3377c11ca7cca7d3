/// A request to the FHIR endpoint, freed of HTTP: what the interactions read.
///
/// Query and body hold PHI: a request is never logged or described.
public struct FHIRRequest: Sendable {
    /// `GET`, `POST`, `PUT`, `DELETE`, …, in capitals.
    public var method: String
    /// Path segments after `/fhir`, percent-decoded: `["Patient", "1"]`; empty for the base itself.
    public var path: [String]
    /// Query parameters in order, decoded; for `POST …/_search` those of the form body follow those of the URL.
    public var query: [(name: String, value: String)]
    /// `If-Match`, as sent.
    public var ifMatch: String?
    /// `If-None-Match`, as sent.
    public var ifNoneMatch: String?
    /// `If-Modified-Since`, as sent.
    public var ifModifiedSince: String?
    /// `If-Unmodified-Since`, as sent.
    public var ifUnmodifiedSince: String?
    /// `If-None-Exist`: the query of a conditional create, as sent.
    public var ifNoneExist: String?
    /// `Prefer`, as sent: `return=minimal|representation|OperationOutcome`, `handling=strict|lenient`.
    public var prefer: String?
    /// `Content-Type`, as sent.
    public var contentType: String?
    /// `Accept`, as sent.
    public var accept: String?
    /// The body, whole.
    public var body: [UInt8]
    /// The request's id, as in the log and in `X-Request-Id`.
    public var requestID: String
    /// The client's network address, without port.
    public var source: String
    /// The server's own base URL, such as `https://127.0.0.1:8443/fhir`, without a slash at the end.
    public var baseURL: String
    /// Whether links to further pages must ask for many lines too.
    var isPretty = false

    /// A request; header fields that were not sent are nil.
    public init(
        method: String, path: [String], query: [(name: String, value: String)] = [], body: [UInt8] = [],
        requestID: String, source: String, baseURL: String
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
        self.requestID = requestID
        self.source = source
        self.baseURL = baseURL
    }
}
