/// A session that has just begun. The token is told once and is not kept.
public struct IssuedSession: Sendable, CustomStringConvertible, CustomReflectable {
    /// `ward_…`: goes into `Authorization: Bearer`.
    public let token: String
    /// Unused for this long, the session is over.
    public let idleSeconds: Int
    /// When it is over in any case; microseconds since 1970-01-01T00:00:00Z.
    public let expiresAt: Int64

    /// Without the token.
    public var description: String { "IssuedSession" }
    /// Empty: a dump must not show the token.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
