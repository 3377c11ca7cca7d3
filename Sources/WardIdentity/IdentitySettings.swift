/// What can be set about sign-in; the defaults are the safe choice.
public struct IdentitySettings: Sendable {
    /// Limits of sessions.
    public var sessions: SessionPolicy
    /// Which new passwords are taken.
    public var passwords: PasswordPolicy
    /// The cost of new password hashes; older ones are made anew at the next sign-in.
    public var scrypt: ScryptSettings
    /// How many hashes run and wait.
    public var hashing: PasswordHasher.Limits
    /// Roles of which a passkey is demanded.
    public var passkeyRoles: Set<Role>
    /// What a new passkey must show of who made it.
    public var attestation: AttestationPolicy
    /// The organisation's provider; nil where there is none.
    public var provider: ExternalProvider?
    /// Refused sign-ins from one address before it is held back.
    public var refusalsPerSource: Int
    /// After this long one more is allowed.
    public var refusalRefill: Duration
    /// Addresses that are remembered.
    public var sourcesHeld: Int

    /// The defaults, each of which can be set.
    public init(
        sessions: SessionPolicy = .standard, passwords: PasswordPolicy = .guide, scrypt: ScryptSettings = .standard,
        hashing: PasswordHasher.Limits = PasswordHasher.Limits(), passkeyRoles: Set<Role> = [],
        attestation: AttestationPolicy = .none, provider: ExternalProvider? = nil, refusalsPerSource: Int = 30,
        refusalRefill: Duration = .seconds(2), sourcesHeld: Int = 10_000
    ) {
        self.sessions = sessions
        self.passwords = passwords
        self.scrypt = scrypt
        self.hashing = hashing
        self.passkeyRoles = passkeyRoles
        self.attestation = attestation
        self.provider = provider
        self.refusalsPerSource = refusalsPerSource
        self.refusalRefill = refusalRefill
        self.sourcesHeld = sourcesHeld
    }
}
