internal import WardDatabase
internal import WardVault

/// What people change of their own account: password, recovery codes, sessions.
///
/// Each change asks for proof of who it is, beyond the session: a stolen session alone changes nothing. Failed proofs
/// count as failed sign-ins do, and hold the account back.
public final class OwnAccount: Sendable {
    let users: any CollectionStore<User>
    let register: SessionRegister
    let secondFactor: SecondFactor
    let passkeys: Passkeys
    let trail: IdentityTrail
    let clock: any WallClock
    private let hasher: PasswordHasher
    private let policy: PasswordPolicy
    let failures: AccountFailures
    private let tries: PasswordTries
    let refusals: RefusedRequests
    let listings: OwnListings
    let grants: GrantRegister
    let ending: AccessEnding
    let secrets: PageSecrets

    init(
        users: any CollectionStore<User>, register: SessionRegister, hasher: PasswordHasher, policy: PasswordPolicy,
        secondFactor: SecondFactor, passkeys: Passkeys, tries: PasswordTries, refusals: RefusedRequests, listings: OwnListings,
        ending: AccessEnding, secrets: PageSecrets, trail: IdentityTrail, clock: any WallClock
    ) {
        self.users = users
        self.register = register
        self.hasher = hasher
        self.policy = policy
        self.secondFactor = secondFactor
        self.passkeys = passkeys
        self.tries = tries
        self.refusals = refusals
        self.listings = listings
        grants = ending.grants
        self.ending = ending
        self.secrets = secrets
        self.failures = AccountFailures(users: users, trail: trail, clock: clock)
        self.trail = trail
        self.clock = clock
    }

    /// Sets a new password for who knows the current one. Every session ends, and a new one begins with the factors
    /// of the caller's. What costs nothing is asked before what costs hashes, and of those an account gets so many
    /// (``PasswordTries``).
    /// - Throws: ``OwnAccountError``: `.proofRefused`, `.passwordRefused` with the reason, `.throttled`, …
    public func changePassword(
        _ caller: Caller, current: String, new: String, channel: SessionChannel = .bearer
    ) async throws(OwnAccountError) -> IssuedSession {
        try await OwnAccountError.wrapping {
            try self.requireFactors(caller)
            return try await self.retrying(caller) { item in
                guard let name = UserName(item.value.name) else { throw OwnAccountError(.unavailable) }
                if let fault = self.policy.fault(in: new, for: name) { throw OwnAccountError(.passwordRefused(fault)) }
                guard Normalisation.nfc(new) != Normalisation.nfc(current) else {
                    throw OwnAccountError(.passwordRefused(.usedBefore))
                }
                let hash = try await self.tries.run(of: item.id, TrailActor(caller)) {
                    try await self.checkPassword(current, of: item, caller)
                    return try await self.hasher.accepted(new, besides: item.value.formerPasswordHashes)
                }
                var user = item.value
                user.setPassword(hash, now: self.clock.now())
                user.note(.passwordChanged, now: self.clock.now(), source: caller.source)
                user.forgetFailures()
                user.sessionEpoch += 1
                let event = try self.trail.outbox(.passwordChanged(user: item.id), TrailActor(caller))
                let written = try await self.users.put(item.id, user, expecting: item.version, events: [event])
                try await self.register.endAll(of: item.id)
                let token = SessionToken.make(channel)
                let actor = TrailActor(
                    source: caller.source, tenant: caller.tenant, subject: caller.subject, role: caller.role,
                    session: token.session.id)
                return try await self.register.begin(
                    token, for: written, factors: caller.factors.sorted { $0.rawValue < $1.rawValue },
                    source: caller.source, isFresh: false,
                    events: [self.trail.outbox(.signedIn(session: token.session.id), actor)])
            }
        }
    }

    /// Makes new recovery codes for who shows a fresh one-time code; the old ones work no more. The codes are told
    /// once.
    /// - Throws: ``OwnAccountError`` with `.proofRefused` where the code is wrong or was used.
    public func makeRecoveryCodes(_ caller: Caller, code: String) async throws(OwnAccountError) -> [String] {
        try await OwnAccountError.wrapping {
            try self.requireFactors(caller)
            return try await self.retrying(caller) { item in
                let proof = try await self.checkFactor(code, of: item, caller)
                var user = item.value
                user.use(proof)
                user.forgetFailures()
                return try await self.writeRecoveryCodes(item, user, caller)
            }
        }
    }

    /// Writes new recovery codes into `user`, as it becomes of `item`.
    func writeRecoveryCodes(
        _ item: CollectionItem<User>, _ user: User, _ caller: Caller
    ) async throws -> [String] {
        let codes = RecoveryCodes.make()
        var user = user
        user.recoveryCodes = codes.map { secondFactor.recoveryCodes.hash($0, of: item.id) }
        user.note(.recoveryCodesMade, now: clock.now(), source: caller.source)
        let event = try trail.outbox(.recoveryCodesMade(user: item.id, count: codes.count), TrailActor(caller))
        try await users.put(item.id, user, expecting: item.version, events: [event])
        return codes
    }

    /// What the caller should know of their account, the newest first.
    public func notices(_ caller: Caller) async throws(OwnAccountError) -> [AccountNotice] {
        try await OwnAccountError.wrapping { try await self.account(caller).value.notices.reversed() }
    }

    /// The caller's sessions, the newest first.
    public func sessions(_ caller: Caller) async throws(OwnAccountError) -> [SessionSummary] {
        try await OwnAccountError.wrapping {
            let item = try await self.account(caller)
            let found = try await self.register.summaries(of: item, current: caller.session)
            try await self.listings.record(.sessionsListed(user: item.id, count: found.count), of: item.id, TrailActor(caller))
            return found
        }
    }

    /// Ends one of the caller's own sessions, at once.
    /// - Throws: ``OwnAccountError`` with `.notFound` where the caller has no such session.
    public func endSession(_ name: String, _ caller: Caller) async throws(OwnAccountError) {
        try await OwnAccountError.wrapping {
            try self.requireTwoFactors(caller)
            guard let id = LogicalID(name) else { throw OwnAccountError(.notFound) }
            let item = try await self.account(caller)
            let event = try self.trail.outbox(.sessionRevoked(session: id, user: item.id), TrailActor(caller))
            guard try await self.register.end(id, ownedBy: item.id, events: [event]) else {
                throw OwnAccountError(.notFound)
            }
        }
    }

    /// A session of one factor alone, of somebody who comes from the organisation's provider, changes nothing but to become
    /// one of two.
    func requireTwoFactors(_ caller: Caller) throws(OwnAccountError) {
        guard caller.hasTwoFactors else { throw OwnAccountError(.proofRefused) }
    }

    /// Refuses who may not change factors: who has one factor only, and who must show a passkey and has not.
    func requireFactors(_ caller: Caller) throws(OwnAccountError) {
        try requireTwoFactors(caller)
        guard !caller.owesPasskey else { throw OwnAccountError(.passkeyOwed) }
    }

    func account(_ caller: Caller) async throws -> CollectionItem<User> {
        // A client that acts for the person changes nothing of the account.
        guard caller.authorization == nil, let id = caller.user, let item = try await users.get(id), !item.value.isDisabled else {
            throw OwnAccountError(.notFound)
        }
        return item
    }

    private func checkPassword(_ password: String, of item: CollectionItem<User>, _ caller: Caller) async throws {
        guard item.value.lockedUntil <= clock.now() else { throw try await refused(item, .locked, caller) }
        guard try await hasher.verify(password, against: item.value.passwordHash) else {
            try await failures.count(item, .proofRefused(user: item.id, .wrongPassword), TrailActor(caller))
            throw OwnAccountError(.proofRefused)
        }
    }

    func checkFactor(
        _ code: String, of item: CollectionItem<User>, _ caller: Caller
    ) async throws -> SecondFactor.Proof {
        let now = clock.now()
        guard item.value.lockedUntil <= now else { throw try await refused(item, .locked, caller) }
        switch secondFactor.judge(code, item.value, item.id, at: now) {
        case .success(let proof): return proof
        case .failure(let error):
            try await failures.count(item, .proofRefused(user: item.id, error.fault), TrailActor(caller))
            throw OwnAccountError(.proofRefused)
        }
    }

    private func refused(
        _ item: CollectionItem<User>, _ fault: SignInFault, _ caller: Caller
    ) async throws -> OwnAccountError {
        // Who is held back may ask without end: an address has so many entries, and the rest is counted.
        try await refusals.record(.proofRefused(user: item.id, fault), TrailActor(caller), source: caller.source)
        return OwnAccountError(.proofRefused)
    }

    private static let attempts = 16

    /// Runs `body` with the caller's account, and again where the account changed meanwhile.
    func retrying<Result: Sendable>(
        _ caller: Caller, _ body: (CollectionItem<User>) async throws -> Result
    ) async throws -> Result {
        for _ in 0..<Self.attempts {
            do {
                return try await body(try await account(caller))
            } catch let error as DatabaseError where error.code == .versionConflict {
                continue
            }
        }
        throw OwnAccountError(.busy)
    }
}
