/// An account, as it lies sealed in its collection. Its id is that of the collection's item, for ever; accounts are
/// never deleted.
///
/// What of it may be seen is ``UserSummary``.
public struct User: Codable, Sendable {
    /// The name of the sealed collection.
    public static let collectionName = "_user"

    /// The fields by which accounts are looked up.
    public static let lookups: [String: @Sendable (User) -> String?] = ["name": { UserName.fold($0.name) }]

    /// As written.
    var name: String
    var role: Role
    /// A PHC string.
    var passwordHash: String
    /// Base32, 160 bits.
    var totpSecret: String
    /// The step of the last code that was accepted; only a greater one is accepted from then on.
    var lastAcceptedStep: Int64
    var isDisabled: Bool
    /// Failures since the last sign-in.
    var failures: Int
    /// No sign-in before this time, in microseconds since 1970.
    var lockedUntil: Int64
    /// Sessions of an older epoch are dead, whether or not their own records still lie there.
    var sessionEpoch: UInt64
    /// Microseconds since 1970.
    var createdAt: Int64
    /// Microseconds since 1970.
    var credentialsChangedAt: Int64
    /// Microseconds since 1970; nil before the first sign-in.
    var lastSignInAt: Int64?

    init(name: UserName, role: Role, passwordHash: String, totpSecret: [UInt8], createdAt: Int64) {
        self.name = name.text
        self.role = role
        self.passwordHash = passwordHash
        self.totpSecret = Base32.encode(totpSecret)
        self.lastAcceptedStep = -1
        self.isDisabled = false
        self.failures = 0
        self.lockedUntil = 0
        self.sessionEpoch = 0
        self.createdAt = createdAt
        self.credentialsChangedAt = createdAt
        self.lastSignInAt = nil
    }
}
