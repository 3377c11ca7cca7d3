/// The tokens that a client gets. They are told once. Source: RFC 6749 §5.1, SMART App Launch 2.2.
public struct TokenAnswer: Sendable, CustomStringConvertible, CustomReflectable {
    public let accessToken: String
    public let expiresInSeconds: Int
    /// What was granted.
    public let scope: String
    public let refreshToken: String?
    public let idToken: String?
    /// The patient of the launch.
    public let patient: String?

    /// Without the tokens.
    public var description: String { "TokenAnswer" }
    /// Empty: a dump must not show the tokens.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// What a token is good for, for a resource server that asks. Source: RFC 7662 §2.2.
public enum Introspection: Sendable, Hashable {
    /// It is good for nothing, for whatever cause.
    case inactive
    case active(client: String, subject: String, scope: String, expiresAtSeconds: Int64, patient: String?, certificate: String?)
}
