internal import WardDatabase
internal import WardVault

/// Opens accounts for the people who were invited: they choose the password and prove the second factor themselves, so
/// that nobody else ever knew either.
public final class Activation: Sendable {
    private let users: any CollectionStore<User>
    private let hasher: PasswordHasher
    private let policy: PasswordPolicy
    private let secondFactor: SecondFactor
    private let limiter: SourceLimiter
    private let trail: IdentityTrail
    private let untold: UntoldRefusals
    private let clock: any WallClock
    private let tenant: TenantID

    init(
        users: any CollectionStore<User>, hasher: PasswordHasher, policy: PasswordPolicy, secondFactor: SecondFactor,
        limiter: SourceLimiter, trail: IdentityTrail, untold: UntoldRefusals, clock: any WallClock, tenant: TenantID
    ) {
        self.users = users
        self.hasher = hasher
        self.policy = policy
        self.secondFactor = secondFactor
        self.limiter = limiter
        self.trail = trail
        self.untold = untold
        self.clock = clock
        self.tenant = tenant
    }

    /// What a link opens: whose account it is, and the second factor to set up. Nothing is used up.
    /// - Throws: ``OwnAccountError`` with `.invitationRefused`, or `.busy` for an address that tries too often.
    public func offer(token: String, source: String) async throws(OwnAccountError) -> ActivationOffer {
        try await OwnAccountError.wrapping {
            let item = try await self.invited(token, source)
            guard let name = UserName(item.value.name), let secret = Base32.decode(item.value.totpSecret) else {
                throw OwnAccountError(.unavailable)
            }
            return ActivationOffer(name: name.text, totpURI: OTPAuthURI.make(name: name, secret: secret))
        }
    }

    /// Opens the account with this password; `code` proves that the second factor is set up. The link is used up.
    /// - Returns: recovery codes, told once.
    /// - Throws: ``OwnAccountError``: `.invitationRefused`, `.passwordRefused`, `.proofRefused`, …
    public func activate(
        token: String, password: String, code: String, source: String
    ) async throws(OwnAccountError) -> [String] {
        try await OwnAccountError.wrapping {
            let item = try await self.invited(token, source)
            guard let name = UserName(item.value.name) else { throw OwnAccountError(.unavailable) }
            if let fault = self.policy.fault(in: password, for: name) {
                throw OwnAccountError(.passwordRefused(fault))
            }
            guard
                case .success(.oneTimeCode(let step)) = self.secondFactor.judge(
                    code, item.value, item.id, now: self.clock.now())
            else { throw OwnAccountError(.proofRefused) }
            let codes = RecoveryCodes.make()
            var user = item.value
            user.setPassword(try await self.hasher.hash(password), now: self.clock.now())
            user.lastAcceptedStep = step
            user.recoveryCodes = codes.map { self.secondFactor.recoveryCodes.hash($0, of: item.id) }
            user.invitation = nil
            let actor = TrailActor(
                source: source, tenant: self.tenant, subject: .user(item.id, name: user.name), role: user.role)
            let event = try self.trail.outbox(.userActivated(user: item.id), actor)
            do {
                try await self.users.put(item.id, user, expecting: item.version, events: [event])
            } catch let error as DatabaseError where error.code == .versionConflict {
                // Another request used the link, or the account changed: look again.
                throw OwnAccountError(.busy)
            }
            return codes
        }
    }

    /// The account that a link opens. Links that open none are told to the audit log; an address that tries too many
    /// is held back.
    private func invited(_ text: String, _ source: String) async throws -> CollectionItem<User> {
        guard case .admitted = limiter.admit(source, now: clock.now()) else {
            untold.add(.invitations, from: source)
            throw OwnAccountError(.busy)
        }
        if let token = InvitationToken(text), let item = try await users.get(token.account),
            let invitation = item.value.invitation, ConstantTime.equal(invitation.tokenHash, token.hash),
            invitation.expiresAt > clock.now(), !item.value.isDisabled
        {
            limiter.giveBack(source)
            return item
        }
        try await trail.record(.activationRefused, TrailActor(source: source, tenant: tenant))
        throw OwnAccountError(.invitationRefused)
    }
}

/// What the link of an invitation opens.
public struct ActivationOffer: Sendable, CustomStringConvertible, CustomReflectable {
    /// The name by which the person will sign in.
    public let name: String
    /// `otpauth://totp/…` for an authenticator app. It holds the secret.
    public let totpURI: String

    /// Without the secret.
    public var description: String { "ActivationOffer" }
    /// Empty: a dump must not show the secret.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
