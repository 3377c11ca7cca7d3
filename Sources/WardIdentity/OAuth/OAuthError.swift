/// The answer to a token request that is refused. Source: RFC 6749 §5.2, RFC 7009, RFC 7662.
public struct OAuthError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What to answer.
    public let code: Code
    /// Words for the developer of the client; nothing of the request is quoted.
    public let description: String
    /// What exactly was wrong with a client's assertion. It is told to nobody: the words are the same whatever it was.
    let cause: JOSEError?
    /// Seconds until it may be tried again, where the one who asks tried too often.
    public let retryAfterSeconds: Int?

    /// Kinds of answer, by their `error`.
    public enum Code: String, Sendable, Hashable {
        case invalidRequest = "invalid_request"
        case invalidClient = "invalid_client"
        case invalidGrant = "invalid_grant"
        case unauthorizedClient = "unauthorized_client"
        case unsupportedGrantType = "unsupported_grant_type"
        case unsupportedResponseType = "unsupported_response_type"
        case invalidScope = "invalid_scope"
        case accessDenied = "access_denied"
        /// Source: OpenID Connect Core 1.0 §3.1.2.6, as the next ones.
        case loginRequired = "login_required"
        case consentRequired = "consent_required"
        case requestNotSupported = "request_not_supported"
        case requestURINotSupported = "request_uri_not_supported"
        case registrationNotSupported = "registration_not_supported"
        /// Source: RFC 7591 §3.2.2.
        case invalidRedirectURI = "invalid_redirect_uri"
        /// Source: RFC 7591 §3.2.2.
        case invalidClientMetadata = "invalid_client_metadata"
        case temporarilyUnavailable = "temporarily_unavailable"
    }

    init(_ code: Code, _ description: String, cause: JOSEError? = nil, retryAfterSeconds: Int? = nil) {
        self.cause = cause
        self.retryAfterSeconds = retryAfterSeconds
        self.code = code
        self.description = description
    }

    /// The HTTP status of the token endpoint.
    public var status: Int {
        switch code {
        case .invalidClient: 401
        case .temporarilyUnavailable: retryAfterSeconds == nil ? 503 : 429
        default: 400
        }
    }

    static let unavailable = OAuthError(.temporarilyUnavailable, "this cannot be done now; try again")

    /// A registration whose metadata are not of the right form. Source: RFC 7591 §3.2.2.
    public static func invalidMetadata(_ description: String) -> OAuthError { OAuthError(.invalidClientMetadata, description) }

    /// A registration whose redirect addresses are not of the right form. Source: RFC 7591 §3.2.2.
    public static func invalidRedirects(_ description: String) -> OAuthError { OAuthError(.invalidRedirectURI, description) }
}
