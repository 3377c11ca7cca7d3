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
    /// When the person last showed a factor; microseconds since 1970. Nil in what was written before this was kept.
    var provenAt: Int64?

    /// Whether the person showed a factor within the last minutes. A clock that was set back makes nothing fresh.
    func isFresh(at now: Int64) -> Bool {
        guard let provenAt else { return false }
        return (-60_000_000..<SessionPolicy.freshness).contains(now - provenAt)
    }

    /// Why the session is over at this time, given when it was last used; nil where it lives.
    func ending(at now: Int64, lastUsedAt: Int64, _ policy: SessionPolicy) -> SessionEnding? {
        if now >= expiresAt { return .absolute }
        // A clock set back by more than a minute must not lengthen a session.
        if now - lastUsedAt >= policy.idle || lastUsedAt - now > 60_000_000 { return .idle }
        return nil
    }
}
