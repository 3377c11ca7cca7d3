/// A session, as it lies sealed in its collection. Its token is not in it, only the token's hash.
public struct Session: Codable, Sendable {
    /// The name of the sealed collection.
    public static let collectionName = "_session"

    /// The fields by which sessions are looked up.
    public static let lookups: [String: @Sendable (Session) -> String?] = ["user": { $0.user }]

    /// The account's id.
    var user: String
    /// SHA-256 of the token.
    var tokenHash: [UInt8]
    /// The account's ``User/sessionEpoch`` when the session began.
    var epoch: UInt64
    var factors: [Factor]
    /// Where it began.
    var source: String
    /// Microseconds since 1970.
    var createdAt: Int64
    /// Microseconds since 1970; up to ``SessionPolicy/persistence`` behind.
    var lastUsedAt: Int64
    /// Microseconds since 1970.
    var expiresAt: Int64

    /// Why the session is over at this time, given when it was last used; nil where it lives.
    func ending(at now: Int64, lastUsedAt: Int64, _ policy: SessionPolicy) -> SessionEnding? {
        if now >= expiresAt { return .absolute }
        // A clock set back by more than a minute must not lengthen a session.
        if now - lastUsedAt >= policy.idle || lastUsedAt - now > 60_000_000 { return .idle }
        return nil
    }
}
