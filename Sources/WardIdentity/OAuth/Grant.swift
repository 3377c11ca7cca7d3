/// What a client was allowed, by a person or for itself, as it lies sealed in its collection: every token hangs on one,
/// and dies with it.
public struct Grant: Codable, Sendable {
    /// The name of the sealed collection.
    public static let collectionName = "_grant"

    /// The fields by which grants are looked up.
    public static let lookups: [String: @Sendable (Grant) -> String?] = ["user": { $0.user }]

    /// The `client_id`.
    var client: String
    /// The client's ``Client/epoch`` when this was given.
    var clientEpoch: UInt64
    /// The account of the person that the client acts for; nil where it acts for itself.
    var user: String?
    /// The account's ``User/sessionEpoch`` when this was given.
    var userEpoch: UInt64?
    /// How the person, or the client, showed who they are.
    var factors: [Factor]
    /// A list of scopes.
    var scopes: String
    /// The patient of the launch.
    var patient: String?
    /// The code by which the client fetches its first token, until it does.
    var code: PendingCode?
    /// Whether a code was exchanged: one that comes back was stolen.
    var isCodeUsed = false
    /// What makes refresh tokens; nil where there are none.
    var refresh: RefreshChain?
    /// SHA-256 of the certificate that every token of it is bound to; nil where they are bound to none.
    var certificate: [UInt8]?
    /// Where it was given.
    var source: String
    /// Microseconds since 1970.
    var createdAt: Int64
    /// Microseconds since 1970.
    var expiresAt: Int64
    /// When the person signed in; microseconds since 1970. Nil in what was written before this was kept.
    var signedInAt: Int64?
    var isRevoked = false

    /// Whether tokens of it are good, as far as it can say by itself.
    func isLive(at now: Int64) -> Bool { !isRevoked && now < expiresAt }
}

/// A code that waits for its client. Source: RFC 6749 §4.1.2, RFC 7636.
struct PendingCode: Codable, Sendable {
    /// SHA-256 of the code.
    var hash: [UInt8]
    /// `code_challenge`, of the method S256.
    var challenge: String
    var redirectURI: String
    var nonce: String?
    /// Microseconds since 1970.
    var expiresAt: Int64
}

/// The refresh tokens of a grant: one secret makes them all, each by its number, so that an old one is known for what
/// it is without keeping any.
struct RefreshChain: Codable, Sendable {
    /// 32 random bytes.
    var secret: [UInt8]
    /// The number of the token that is good.
    var number: UInt32 = 0
}
