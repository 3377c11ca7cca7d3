public import WardDatabase

/// What may be seen of a session: no token.
public struct SessionSummary: Sendable, Hashable {
    /// Its name; not the secret.
    public let id: LogicalID
    /// The id as text.
    public var name: String { id.text }
    /// Where it began.
    public let source: String
    /// How its owner showed who they are.
    public let factors: [Factor]
    /// Microseconds since 1970-01-01T00:00:00Z.
    public let createdAt: Int64
    /// Microseconds since 1970-01-01T00:00:00Z.
    public let lastUsedAt: Int64
    /// When it is over in any case; microseconds since 1970-01-01T00:00:00Z.
    public let expiresAt: Int64
    /// True for the session that asks.
    public let isCurrent: Bool
}
