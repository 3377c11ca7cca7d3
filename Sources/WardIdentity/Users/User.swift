internal import WardDatabase

/// An account, as it lies sealed in its collection. Its id is that of the collection's item, for ever; accounts are
/// never deleted.
///
/// What of it may be seen is ``UserSummary``.
public struct User: Codable, Sendable {
    /// The name of the sealed collection.
    public static let collectionName = "_user"

    /// The fields by which accounts are looked up.
    public static let lookups: [String: @Sendable (User) -> String?] = [
        "name": { UserName.fold($0.name) }, "external": { $0.external?.key },
    ]

    /// As written.
    var name: String
    var role: Role
    /// A PHC string; empty while the account waits for its person.
    var passwordHash: String
    /// PHC strings of the passwords before it, newest first.
    var formerPasswordHashes: [String] = []
    /// Base32, 160 bits.
    var totpSecret: String
    /// The step of the last code that was accepted; only a greater one is accepted from then on.
    var lastAcceptedStep: Int64 = -1
    /// Keyed hashes of the recovery codes that were not used.
    var recoveryCodes: [[UInt8]] = []
    /// While the account waits for its person, or for another password: what opens it. Nobody signs in meanwhile.
    var invitation: Invitation?
    /// The id of the one patient whose record the account is bound to, for ever, where its role is ``Role/patient``.
    var patient: String?
    /// The record that stands for the person, such as `Practitioner/…`.
    var fhirUser: String?
    /// Whom the organisation's provider means by this account.
    var external: ExternalIdentity?
    var isDisabled = false
    /// Whether this person must show a passkey, whatever their role.
    var requiresPasskey = false
    /// Passkeys of an older epoch are dead, whether or not their own records still lie there.
    var passkeyEpoch: UInt64 = 0
    /// What the person should know, the newest last.
    var notices: [AccountNotice] = []
    /// Where the account was signed in from.
    var places = SignInPlaces()
    /// By which browsers it was.
    var devices = SignInDevices()
    /// Failures since the last sign-in.
    var failures = 0
    /// No sign-in before this time, in microseconds since 1970.
    var lockedUntil: Int64 = 0
    /// Sessions of an older epoch are dead, whether or not their own records still lie there.
    var sessionEpoch: UInt64 = 0
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
        self.createdAt = createdAt
        self.credentialsChangedAt = createdAt
    }

    /// What was written before a field was there has the field's first value.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        name = try fields.decode(String.self, forKey: .name)
        role = try fields.decode(Role.self, forKey: .role)
        passwordHash = try fields.decode(String.self, forKey: .passwordHash)
        formerPasswordHashes = try fields.decodeIfPresent([String].self, forKey: .formerPasswordHashes) ?? []
        totpSecret = try fields.decode(String.self, forKey: .totpSecret)
        lastAcceptedStep = try fields.decode(Int64.self, forKey: .lastAcceptedStep)
        recoveryCodes = try fields.decodeIfPresent([[UInt8]].self, forKey: .recoveryCodes) ?? []
        invitation = try fields.decodeIfPresent(Invitation.self, forKey: .invitation)
        fhirUser = try fields.decodeIfPresent(String.self, forKey: .fhirUser)
        patient = try fields.decodeIfPresent(String.self, forKey: .patient)
        external = try fields.decodeIfPresent(ExternalIdentity.self, forKey: .external)
        isDisabled = try fields.decode(Bool.self, forKey: .isDisabled)
        notices = try fields.decodeIfPresent([AccountNotice].self, forKey: .notices) ?? []
        places = try fields.decodeIfPresent(SignInPlaces.self, forKey: .places) ?? SignInPlaces()
        devices = try fields.decodeIfPresent(SignInDevices.self, forKey: .devices) ?? SignInDevices()
        requiresPasskey = try fields.decodeIfPresent(Bool.self, forKey: .requiresPasskey) ?? false
        passkeyEpoch = try fields.decodeIfPresent(UInt64.self, forKey: .passkeyEpoch) ?? 0
        failures = try fields.decode(Int.self, forKey: .failures)
        lockedUntil = try fields.decode(Int64.self, forKey: .lockedUntil)
        sessionEpoch = try fields.decode(UInt64.self, forKey: .sessionEpoch)
        createdAt = try fields.decode(Int64.self, forKey: .createdAt)
        credentialsChangedAt = try fields.decode(Int64.self, forKey: .credentialsChangedAt)
        lastSignInAt = try fields.decodeIfPresent(Int64.self, forKey: .lastSignInAt)
    }

    /// How many passwords cannot come back, the current one among them.
    static let rememberedPasswords = 5

    /// Sets a new password, keeps the former ones, and counts as a change of credentials: sessions end.
    mutating func setPassword(_ hash: String, now: Int64) {
        if !passwordHash.isEmpty { formerPasswordHashes.insert(passwordHash, at: 0) }
        formerPasswordHashes = Array(formerPasswordHashes.prefix(Self.rememberedPasswords - 1))
        passwordHash = hash
        credentialsChangedAt = now
    }

    /// Sets an authenticator app up; `step` is that of the last code that was accepted.
    mutating func setApp(_ secret: [UInt8], step: Int64) {
        totpSecret = Base32.encode(secret)
        lastAcceptedStep = step
    }

    /// The patient that the account is bound to.
    var boundPatient: LogicalID? { role == .patient ? patient.flatMap { LogicalID($0) } : nil }

    /// Forgets what held the account back.
    mutating func forgetFailures() {
        failures = 0
        lockedUntil = 0
    }
}

/// What opens an account that waits for its person.
struct Invitation: Codable, Sendable, Hashable {
    /// SHA-256 of the token in the link.
    var tokenHash: [UInt8]
    /// Microseconds since 1970.
    var expiresAt: Int64
    /// What an administrator took back of an account that was open before; nil where it never was.
    var reset: Reset?

    /// What is chosen anew.
    enum Reset: String, Codable, Sendable, Hashable {
        /// The password; the second factor stays.
        case password
        /// The second factor too: it is lost.
        case everything
    }

    var isReset: Bool { reset != nil }
    var isFactorLost: Bool { reset == .everything }
    /// Whether the second factor is the one that there was before.
    var keepsFactor: Bool { reset == .password }
}
