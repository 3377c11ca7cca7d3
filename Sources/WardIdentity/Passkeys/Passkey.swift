internal import Crypto
public import WardDatabase

/// A person's passkey, as it lies sealed in its collection. Its id is made of the credential's, so that no two accounts can
/// have the same one.
public struct Passkey: Codable, Sendable {
    /// The name of the sealed collection.
    public static let collectionName = "_passkey"

    /// The fields by which passkeys are looked up.
    public static let lookups: [String: @Sendable (Passkey) -> String?] = ["user": { $0.user }]

    /// How many an account may have.
    static let maximumCount = 16

    /// The account's id.
    var user: String
    /// The account's ``User/passkeyEpoch`` when it was registered.
    var epoch: UInt64
    /// The credential's id, as the authenticator gives it.
    var credential: [UInt8]
    /// The public key, as CBOR.
    var key: [UInt8]
    /// The authenticator's count of uses, as it was last seen.
    var counter: UInt32
    /// The authenticator's model; zeros where it does not say.
    var model: [UInt8]
    var isBackupEligible: Bool
    var isBackedUp: Bool
    /// Whether its maker vouched for it.
    var isAttested: Bool
    /// What its owner calls it.
    var label: String
    /// Microseconds since 1970.
    var createdAt: Int64
    /// Microseconds since 1970.
    var lastUsedAt: Int64?

    /// The id under which a credential lies.
    static func id(of credential: [UInt8]) -> LogicalID {
        SessionKey(hash: Array(SHA256.hash(data: credential))).id
    }
}

/// What may be seen of a passkey.
public struct PasskeySummary: Sendable, Hashable {
    /// Its name in this house.
    public let id: LogicalID
    /// The id as text.
    public var name: String { id.text }
    /// What its owner calls it.
    public let label: String
    /// Whether it is kept on more than one device, as its authenticator says.
    public let isBackedUp: Bool
    /// Whether its maker vouched for it.
    public let isAttested: Bool
    /// Microseconds since 1970-01-01T00:00:00Z.
    public let createdAt: Int64
    /// Microseconds since 1970-01-01T00:00:00Z; nil before the first use.
    public let lastUsedAt: Int64?

    init(_ id: LogicalID, _ passkey: Passkey) {
        self.id = id
        label = passkey.label
        isBackedUp = passkey.isBackedUp
        isAttested = passkey.isAttested
        createdAt = passkey.createdAt
        lastUsedAt = passkey.lastUsedAt
    }
}
