internal import WardDatabase
internal import WardVault

/// Opens accounts for the people who were invited, and gives them back to those whose password was reset: they choose the
/// password and prove the second factor themselves, so that nobody else ever knew either.
public final class Activation: Sendable {
    private let users: any CollectionStore<User>
    private let hasher: PasswordHasher
    private let policy: PasswordPolicy
    private let secondFactor: SecondFactor
    private let secrets: PageSecrets
    private let tries: PasswordTries
    private let limiter: SourceLimiter
    private let failures: AccountFailures
    private let refusals: RefusedRequests
    private let trail: IdentityTrail
    private let untold: UntoldRefusals
    private let clock: any WallClock
    private let tenant: TenantID

    init(
        users: any CollectionStore<User>, hasher: PasswordHasher, policy: PasswordPolicy, secondFactor: SecondFactor,
        secrets: PageSecrets, tries: PasswordTries, limiter: SourceLimiter, refusals: RefusedRequests, trail: IdentityTrail,
        untold: UntoldRefusals, clock: any WallClock, tenant: TenantID
    ) {
        self.users = users
        self.hasher = hasher
        self.policy = policy
        self.secondFactor = secondFactor
        self.secrets = secrets
        self.tries = tries
        self.limiter = limiter
        failures = AccountFailures(users: users, trail: trail, clock: clock)
        self.refusals = refusals
        self.trail = trail
        self.untold = untold
        self.clock = clock
        self.tenant = tenant
    }

    /// What a link opens: whose account it is, and the second factor to set up or to show. Nothing is used up.
    /// - Parameter view: the view of the page whose form came back with a fault; nil: a new one, with another secret.
    /// - Throws: ``OwnAccountError`` with `.invitationRefused`, or `.busy` for an address that tries too often.
    public func offer(token: String, view: String? = nil, source: String) async throws(OwnAccountError) -> ActivationOffer {
        try await OwnAccountError.wrapping {
            let (item, invitation) = try await self.invited(token, source)
            guard let name = UserName(item.value.name) else { throw OwnAccountError(.unavailable) }
            let known = view.flatMap { view in self.secrets.secret(of: view, boundTo: invitation.tokenHash).map { (view, $0) } }
            let fresh = PageSecrets.makeView()
            guard let (view, secret) = known ?? self.secrets.secret(of: fresh, boundTo: invitation.tokenHash).map({ (fresh, $0) })
            else { throw OwnAccountError(.unavailable) }
            return ActivationOffer(
                name: name.text, isReset: invitation.isReset, view: view,
                totpURI: invitation.keepsFactor ? nil : OTPAuthURI.make(name: name, secret: secret))
        }
    }

    /// Opens the account with this password; `code` proves that the second factor is set up, or that it is still held where it
    /// stays. The link is used up.
    /// - Parameter view: that of the page that showed the secret.
    /// - Returns: recovery codes, told once; none where the second factor stays, and with it the codes that there are.
    /// - Throws: ``OwnAccountError``: `.invitationRefused`, `.passwordRefused`, `.proofRefused`, `.throttled`, …
    public func activate(
        token: String, view: String, password: String, code: String, source: String
    ) async throws(OwnAccountError) -> [String] {
        try await OwnAccountError.wrapping {
            let (item, invitation) = try await self.invited(token, source)
            guard let name = UserName(item.value.name) else { throw OwnAccountError(.unavailable) }
            if let fault = self.policy.fault(in: password, for: name) { throw OwnAccountError(.passwordRefused(fault)) }
            let actor = TrailActor(
                source: source, tenant: self.tenant, subject: .user(item.id, name: name.text), role: item.value.role)
            var user = item.value
            let used = try await self.prove(code, view, item, invitation, &user, actor)
            // Only who proved the factor is owed the work of hashing.
            let former = ([user.passwordHash] + user.formerPasswordHashes).filter { !$0.isEmpty }
            let hash = try await self.tries.run(of: item.id, actor) {
                try await self.hasher.accepted(password, besides: former)
            }
            user.setPassword(hash, now: self.clock.now())
            user.invitation = nil
            user.forgetFailures()
            let codes = invitation.keepsFactor ? [] : RecoveryCodes.make()
            if !invitation.keepsFactor { user.recoveryCodes = codes.map { self.secondFactor.recoveryCodes.hash($0, of: item.id) } }
            if invitation.isReset { user.note(.passwordChanged, now: self.clock.now(), source: source) }
            let fact: IdentityFact = invitation.isReset ? .resetUsed(user: item.id) : .userActivated(user: item.id)
            do {
                try await self.users.put(
                    item.id, user, expecting: item.version, events: [self.trail.outbox(fact, actor)] + used)
            } catch let error as DatabaseError where error.code == .versionConflict {
                // Another request used the link, or the account changed: look again.
                throw OwnAccountError(.busy)
            }
            return codes
        }
    }

    /// The second factor of who opens the account: the one that stays, or the one that the page has just shown.
    private func prove(
        _ code: String, _ view: String, _ item: CollectionItem<User>, _ invitation: Invitation, _ user: inout User, _ actor: TrailActor
    ) async throws -> [OutboxEvent] {
        let now = clock.now()
        guard invitation.keepsFactor else {
            guard let secret = secrets.secret(of: view, boundTo: invitation.tokenHash),
                let step = TOTP(secret: secret).acceptedStep(for: code, at: now)
            else { throw OwnAccountError(.proofRefused) }
            user.setApp(secret, step: step)
            return []
        }
        // Who sent the link knows it: it must not be a door at which codes can be guessed.
        guard item.value.lockedUntil <= now else {
            try await refusals.record(.proofRefused(user: item.id, .locked), actor, source: actor.source)
            throw OwnAccountError(.proofRefused)
        }
        switch secondFactor.judge(code, item.value, item.id, at: now) {
        case .success(let proof):
            user.use(proof)
            if case .recoveryCode = proof { user.note(.recoveryCodeUsed, now: now, source: actor.source) }
            return try RecoveryCodes.useEvents(of: proof, item.id, user, trail, actor)
        case .failure(let error):
            do {
                try await failures.count(item, .proofRefused(user: item.id, error.fault), actor)
            } catch let error as DatabaseError where error.code == .versionConflict {
                throw OwnAccountError(.busy)
            }
            throw OwnAccountError(.proofRefused)
        }
    }

    /// The account that a link opens. Links that open none are told to the audit log; an address that tries too many
    /// is held back.
    private func invited(_ text: String, _ source: String) async throws -> (CollectionItem<User>, Invitation) {
        guard case .admitted = limiter.admit(source, now: clock.now()) else {
            untold.add(.invitations, from: source)
            throw OwnAccountError(.busy)
        }
        if let token = InvitationToken(text), let item = try await users.get(token.account),
            let invitation = item.value.invitation, ConstantTime.equal(invitation.tokenHash, token.hash),
            invitation.expiresAt > clock.now(), !item.value.isDisabled
        {
            limiter.giveBack(source)
            return (item, invitation)
        }
        try await trail.record(.activationRefused, TrailActor(source: source, tenant: tenant))
        throw OwnAccountError(.invitationRefused)
    }
}

/// What the link of an invitation or of a reset opens.
public struct ActivationOffer: Sendable, CustomStringConvertible, CustomReflectable {
    /// The name by which the person will sign in.
    public let name: String
    /// Whether the account was there before, and its password was taken back.
    public let isReset: Bool
    /// What the page's form brings back, so that its secret is known again.
    public let view: String
    /// `otpauth://totp/…` for an authenticator app; nil where the second factor stays. It holds the secret.
    public let totpURI: String?

    /// Without the secret.
    public var description: String { "ActivationOffer" }
    /// Empty: a dump must not show the secret.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
