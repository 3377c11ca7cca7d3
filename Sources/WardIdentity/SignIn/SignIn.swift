internal import Synchronization
internal import WardDatabase
internal import WardVault

/// Signs people in and out.
///
/// - Whatever is wrong, the answer and the work are the same: one run of scrypt, one durable entry of the audit log.
/// - A code works once, also for attempts at the same moment: its step is stored by compare-and-set before a
///   session begins.
/// - A code is judged by the time at which the attempt came (RFC 6238, section 5.2), however long its password's hash then
///   took, which gives way to everybody else's work.
/// - Failures hold the account back (``Lockout``) and the address they come from.
/// - Every attempt that was looked at stands in the audit log before the answer leaves. Of attempts that are turned
///   away unseen (address held back, too many at once) the first of each time stands there at once, and the others by
///   their number, within a minute, so that a flood cannot fill the disk (``UntoldRefusals``).
/// - Where too many come at once, those from networks where somebody signed in lately go first (``FamiliarNetworks``).
public final class SignIn: Sendable {
    let users: any CollectionStore<User>
    let passkeys: Passkeys
    let limiter: SourceLimiter
    let clock: any WallClock
    let register: SessionRegister
    let grants: GrantRegister
    private let hasher: PasswordHasher
    private let secondFactor: SecondFactor
    private let failures: AccountFailures
    let trail: IdentityTrail
    let tenant: TenantID
    let untold: UntoldRefusals
    private let familiar = FamiliarNetworks()
    private let toldBusyAt = Mutex(Int64.min)

    init(
        users: any CollectionStore<User>, register: SessionRegister, grants: GrantRegister, hasher: PasswordHasher,
        limiter: SourceLimiter, secondFactor: SecondFactor, passkeys: Passkeys, trail: IdentityTrail, untold: UntoldRefusals,
        clock: any WallClock, tenant: TenantID
    ) {
        self.users = users
        self.register = register
        self.grants = grants
        self.hasher = hasher
        self.limiter = limiter
        self.secondFactor = secondFactor
        self.passkeys = passkeys
        self.failures = AccountFailures(users: users, trail: trail, clock: clock)
        self.trail = trail
        self.untold = untold
        self.clock = clock
        self.tenant = tenant
    }

    /// Begins a session for who knows the password and holds the second factor.
    /// - Parameters:
    ///   - code: the six digits that the authenticator app shows, or a recovery code.
    ///   - channel: where the session's token is carried.
    ///   - source: the network address of the client, without port.
    ///   - device: what the browser keeps, by which it is known again; nil for a program.
    /// - Throws: ``SignInError``.
    public func signIn(
        name: String, password: String, code: String, source: String, channel: SessionChannel = .bearer,
        device: String? = nil
    ) async throws(SignInError) -> IssuedSession {
        try await limited(source) {
            try await self.attempt(
                name: name, password: password, .code(code), source: source, channel: channel, device: device)
        }
    }

    /// Runs an attempt from an address that may make one; whatever goes wrong becomes a ``SignInError``.
    func limited(
        _ source: String, _ attempt: () async throws -> IssuedSession
    ) async throws(SignInError) -> IssuedSession {
        try await admit(source)
        do {
            let session = try await attempt()
            limiter.giveBack(source)
            return session
        } catch let error as SignInError {
            throw error
        } catch is PasswordHasher.Busy {
            limiter.giveBack(source)
            try await tellBusy(source)
            throw SignInError(.busy(retryAfterSeconds: Self.busySeconds))
        } catch {
            limiter.giveBack(source)
            throw SignInError(.unavailable)
        }
    }

    /// Ends the caller's own session, at once and for good; for the token of an application, what it was allowed. A caller
    /// without a session has nothing to end.
    /// - Throws: ``SignInError`` with `.unavailable` where the store or the audit log cannot be written.
    public func signOut(_ caller: Caller) async throws(SignInError) {
        guard let session = caller.session else { return }
        do {
            guard caller.authorization == nil else {
                _ = try await grants.end(session, ownedBy: nil, .byClient, TrailActor(caller))
                return
            }
            _ = try await register.end(
                session, events: [trail.outbox(.signedOut(session: session), TrailActor(caller))])
        } catch {
            throw SignInError(.unavailable)
        }
    }

    private static let busySeconds = 3
    /// One entry says that there was too much, and the next one not before so many microseconds; the rest is counted.
    private static let busyTelling: Int64 = 60_000_000
    static let attempts = 64

    /// Lets an attempt from this address go on, or throws.
    private func admit(_ source: String) async throws(SignInError) {
        guard case .heldBack(let seconds, let isFirst) = limiter.admit(source, now: clock.now()) else { return }
        if isFirst { try await record(.signInRefused(user: nil, .throttled), source) } else { untold.add(.throttled, from: source) }
        throw SignInError(.throttled(retryAfterSeconds: seconds))
    }

    private func tellBusy(_ source: String) async throws(SignInError) {
        let now = clock.now()
        let isDue = toldBusyAt.withLock { told in
            guard told == .min || now - told >= Self.busyTelling || now < told else { return false }
            told = now
            return true
        }
        if isDue { try await record(.signInRefused(user: nil, .busy), source) } else { untold.add(.busy, from: source) }
    }

    func record(_ fact: IdentityFact, _ source: String) async throws(SignInError) {
        do {
            try await trail.record(fact, TrailActor(source: source, tenant: tenant))
        } catch {
            throw SignInError(.unavailable)
        }
    }

    /// What somebody shows beside the password.
    enum Shown: Sendable {
        case code(String)
        /// A passkey that passed every check; nil where it did not.
        case passkey(ProvedPasskey?)
    }

    /// Looks at a name, a password and what is shown beside it.
    func attempt(
        name: String, password: String, _ shown: Shown, source: String, channel: SessionChannel, device: String? = nil
    ) async throws -> IssuedSession {
        let arrival = clock.now()
        let standing = familiar.standing(of: source, now: arrival)
        try hasher.requireRoom(for: standing)
        let known = try await find(name)
        let verifiedHash = known?.value.passwordHash
        let isRight = try await hasher.verify(password, against: verifiedHash, for: standing)
        var newHash: String?
        if isRight, let verifiedHash, hasher.isOutdated(verifiedHash) { newHash = try? await hasher.hash(password) }

        var current = known
        for _ in 0..<Self.attempts {
            guard let item = current else { break }
            let isStillRight = isRight && item.value.passwordHash == verifiedHash
            let judgement = judge(item, isRight: isStillRight, shown, arrival: arrival)
            do {
                switch judgement {
                case .accepted(let proof):
                    return try await accept(
                        item, [.password] + proof.factors, proof, newHash: newHash, source: source, channel: channel,
                        device: device)
                case .failed(let fault):
                    try await failures.count(
                        item, .signInRefused(user: item.id, fault), TrailActor(source: source, tenant: tenant),
                        knowsPassword: fault != .wrongPassword)
                    throw SignInError(.refused)
                case .refused(let fault):
                    try await trail.record(
                        .signInRefused(user: item.id, fault), TrailActor(source: source, tenant: tenant))
                    throw SignInError(.refused)
                }
            } catch let error as DatabaseError where error.code == .versionConflict {
                current = try await users.get(item.id)
            }
        }
        guard known == nil else { throw PasswordHasher.Busy() }
        try await trail.record(.signInRefused(user: nil, .unknownName), TrailActor(source: source, tenant: tenant))
        throw SignInError(.refused)
    }

    private func find(_ text: String) async throws -> CollectionItem<User>? {
        // A name of another form is looked up as well, by one that no account has: the work is the same.
        try await users.find("name", UserName(text)?.folded ?? "").first
    }

    private enum Judgement {
        case accepted(SecondFactor.Proof)
        /// It counts against the account.
        case failed(SignInFault)
        /// The account cannot be used at all now; it does not count.
        case refused(SignInFault)
    }

    private func judge(_ item: CollectionItem<User>, isRight: Bool, _ shown: Shown, arrival: Int64) -> Judgement {
        let user = item.value
        let proof: Result<SecondFactor.Proof, SecondFactor.FactorFault> =
            switch shown {
            case .code(let code): secondFactor.judge(code, user, item.id, at: arrival)
            case .passkey(let proved?) where proved.isOf(item): .success(.passkey(proved))
            case .passkey: .failure(SecondFactor.FactorFault(.wrongPasskey))
            }
        if user.isDisabled || user.invitation != nil { return .refused(.disabled) }
        if user.lockedUntil > clock.now() { return .refused(.locked) }
        guard isRight else { return .failed(.wrongPassword) }
        switch proof {
        case .success(let proof): return .accepted(proof)
        case .failure(let error): return .failed(error.fault)
        }
    }

    /// What this sign-in is a sign of; the person is told of a new place.
    private func strange(
        _ user: inout User, _ item: CollectionItem<User>, _ source: String, _ device: String?, now: Int64
    ) async throws -> [AccountSign] {
        var signs = user.places.visit(source, now: now)
        if signs.contains(.newPlace) { user.note(.newPlace, now: now, source: source) }
        if user.devices.visit(device) {
            signs.append(.newDevice)
            user.note(.newDevice, now: now, source: source)
        }
        if try await register.isInUse(item, apartFrom: SignInPlaces.network(of: source)) { signs.append(.twoPlaces) }
        return signs
    }

    /// Uses up the code, then begins the session. The entry of the audit log commits with the session; it is sealed
    /// before anything changes, so that nothing does while the log cannot be written.
    func accept(
        _ item: CollectionItem<User>, _ factors: [Factor], _ proof: SecondFactor.Proof?, newHash: String? = nil,
        source: String, channel: SessionChannel, isFresh: Bool = true, device: String? = nil
    ) async throws -> IssuedSession {
        let token = SessionToken.make(channel)
        let actor = TrailActor(
            source: source, tenant: tenant, subject: .user(item.id, name: item.value.name), role: item.value.role,
            session: token.session.id)
        let event = try trail.outbox(.signedIn(session: token.session.id), actor)
        var user = item.value
        if let proof { user.use(proof) }
        // Who signs in without this house's second factor has said nothing about the failures at it.
        if proof != nil { user.forgetFailures() }
        let now = clock.now()
        user.lastSignInAt = now
        let signs = try await strange(&user, item, source, device, now: now)
        if case .recoveryCode = proof { user.note(.recoveryCodeUsed, now: now, source: source) }
        if let newHash { user.passwordHash = newHash }
        if case .passkey(let proved) = proof { try await passkeys.use(proved, actor) }
        let used = try (proof.map { try RecoveryCodes.useEvents(of: $0, item.id, user, trail, actor) } ?? [])
            + signs.map { try trail.outbox(.accountSign(user: item.id, $0), actor) }
        let written = try await users.put(item.id, user, expecting: item.version, events: used)
        do {
            let session = try await register.begin(
                token, for: written, factors: factors, source: source, isFresh: isFresh, events: [event])
            familiar.note(source, now: now)
            return session
        } catch {
            // The code is used up. A conflict here is no reason to judge again.
            throw SignInError(.unavailable)
        }
    }
}
