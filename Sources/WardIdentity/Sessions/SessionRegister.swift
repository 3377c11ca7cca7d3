internal import WardDatabase
internal import WardVault

/// Begins, checks and ends sessions.
///
/// The truth lies in the sealed collections: a session lives if its record is there, is within its limits, and
/// belongs to an account that is not disabled and whose ``User/sessionEpoch`` it has. The cache only remembers that
/// this was so.
final class SessionRegister: Sendable {
    private let sessions: any CollectionStore<Session>
    private let users: any CollectionStore<User>
    private let cache: SessionCache
    private let policy: SessionPolicy
    private let tokens: AccessTokenCache
    private let demand: PasskeyDemand
    private let trail: IdentityTrail
    private let clock: any WallClock
    private let tenant: TenantID

    init(
        sessions: any CollectionStore<Session>, users: any CollectionStore<User>, policy: SessionPolicy,
        tokens: AccessTokenCache, demand: PasskeyDemand, trail: IdentityTrail, clock: any WallClock, tenant: TenantID
    ) {
        self.sessions = sessions
        self.users = users
        self.cache = SessionCache(policy: policy)
        self.policy = policy
        self.tokens = tokens
        self.demand = demand
        self.trail = trail
        self.clock = clock
        self.tenant = tenant
    }

    /// How many sessions are held in memory.
    var cached: Int { cache.count }

    /// Begins a session; `events` commit with it. Where the user has too many, the one not used for longest ends.
    /// - Parameter isFresh: whether the person has shown a second factor right now.
    func begin(
        _ token: SessionToken, for user: CollectionItem<User>, factors: [Factor], source: String,
        isFresh: Bool = true, events: [OutboxEvent]
    ) async throws -> IssuedSession {
        let now = clock.now()
        try await makeRoom(for: user, now: now)
        let session = Session(
            user: user.id.text, tokenHash: token.hash, epoch: user.value.sessionEpoch, factors: factors,
            source: source,
            createdAt: now, lastUsedAt: now, expiresAt: now + policy.absolute, provenAt: isFresh ? now : nil)
        try await sessions.put(token.session.id, session, expecting: nil, events: events)
        return IssuedSession(token: token.text, idleSeconds: policy.idleMinutes * 60, expiresAt: session.expiresAt)
    }

    /// Gives a session another token, for the person has shown these factors anew; `events` commit with it. It ends when
    /// the old one would have ended in any case. The old one ends first: where it is over already, by whatever hand, nothing
    /// takes its place.
    /// - Returns: nil where the old one is over.
    func rotate(
        _ id: LogicalID, to token: SessionToken, adding factors: [Factor], of user: CollectionItem<User>, source: String,
        events: [OutboxEvent]
    ) async throws -> IssuedSession? {
        let now = clock.now()
        guard let old = try await sessions.get(id), old.value.user == user.id.text, now < old.value.expiresAt,
            old.value.epoch == user.value.sessionEpoch
        else { return nil }
        var session = old.value
        session.tokenHash = token.hash
        session.factors = Set(session.factors + factors).sorted { $0.rawValue < $1.rawValue }
        session.source = source
        session.lastUsedAt = now
        session.provenAt = now
        guard try await end(id, events: []) else { return nil }
        try await sessions.put(token.session.id, session, expecting: nil, events: events)
        return IssuedSession(token: token.text, idleSeconds: policy.idleMinutes * 60, expiresAt: session.expiresAt)
    }

    /// The caller whose token this is.
    func caller(token text: String, source: String) async throws(AuthenticationError) -> Caller {
        guard let token = SessionToken(text) else { throw AuthenticationError(.notAuthenticated) }
        for _ in 0..<Self.attempts {
            let now = clock.now()
            switch cache.use(token, now: now) {
            case .live(let entry):
                return caller(entry, source, now)
            case .livePersist(let entry):
                try await persist(entry, token.session, now: now)
                return caller(entry, source, now)
            case .over(let entry, let ending):
                await remove(entry.item, ending, name: entry.name)
                throw AuthenticationError(.notAuthenticated)
            case .unknown(let generation):
                let entry = try await load(token, now: now)
                if cache.insert(entry, token.session, generation: generation) { continue }
            }
        }
        throw AuthenticationError(.unavailable)
    }

    /// Ends a session; `events` commit with its end. False where it was over already.
    func end(_ id: LogicalID, events: [OutboxEvent]) async throws -> Bool {
        defer { if let key = SessionKey(id) { cache.forget(key) } }
        for _ in 0..<Self.attempts {
            guard let item = try await sessions.get(id) else { return false }
            do {
                try await sessions.delete(id, expecting: item.version, events: events)
                return true
            } catch let error as DatabaseError where error.code == .versionConflict {
                continue
            }
        }
        throw DatabaseError(.unavailable, "end of a session: too many writes at once")
    }

    /// Ends a session if it is one of this user; `events` commit with its end. False where it is not, or was over.
    func end(_ id: LogicalID, ownedBy user: LogicalID, events: [OutboxEvent]) async throws -> Bool {
        guard let item = try await sessions.get(id), item.value.user == user.text else { return false }
        return try await end(id, events: events)
    }

    /// The live sessions of a user, the newest first.
    func summaries(of user: CollectionItem<User>, current: LogicalID?) async throws -> [SessionSummary] {
        let now = clock.now()
        return try await sessions.find("user", user.id.text)
            .filter { $0.value.epoch == user.value.sessionEpoch }
            .compactMap { item in
                let used = SessionKey(item.id).flatMap { cache.lastUse(of: $0) } ?? item.value.lastUsedAt
                guard item.value.ending(at: now, lastUsedAt: used, policy) == nil else { return nil }
                return SessionSummary(
                    id: item.id, source: item.value.source, factors: item.value.factors,
                    createdAt: item.value.createdAt, lastUsedAt: used, expiresAt: item.value.expiresAt,
                    isCurrent: item.id == current)
            }
            .sorted { $0.createdAt > $1.createdAt }
    }

    /// Whether a user has a session that was used within the last minutes and began in another network than this.
    func isInUse(_ user: CollectionItem<User>, apartFrom network: String) async throws -> Bool {
        let now = clock.now()
        return try await summaries(of: user, current: nil).contains {
            now - $0.lastUsedAt < SessionPolicy.freshness && SignInPlaces.network(of: $0.source) != network
        }
    }

    /// Ends all sessions of a user whose epoch has just been raised, and the tokens of clients that act for them: at once
    /// for requests; then the sessions' records are
    /// cleared away.
    /// - Parameter event: what the end of a session tells the audit log, if anything.
    func endAll(
        of user: LogicalID, telling event: (LogicalID) throws -> OutboxEvent? = { _ in nil }
    ) async throws {
        cache.forgetAll(of: user)
        tokens.forgetAll(ofUser: user)
        for item in try await sessions.find("user", user.text) {
            try await discard(item, events: try event(item.id).map { [$0] } ?? [])
        }
    }

    private static let attempts = 16

    private func caller(_ entry: SessionCache.Entry, _ source: String, _ now: Int64) -> Caller {
        Caller(
            subject: .user(entry.user, name: entry.name), role: entry.role, patient: entry.patient, session: entry.item.id,
            factors: entry.factors, tenant: tenant, source: source, owesPasskey: entry.owesPasskey,
            isFresh: entry.item.value.isFresh(at: now), signedInAt: entry.item.value.createdAt)
    }

    private func load(_ token: SessionToken, now: Int64) async throws(AuthenticationError) -> SessionCache.Entry {
        let found: (CollectionItem<Session>, CollectionItem<User>)?
        do {
            found = try await records(of: token)
        } catch {
            throw AuthenticationError(.unavailable)
        }
        guard let (item, user) = found, !user.value.isDisabled, user.value.sessionEpoch == item.value.epoch else {
            throw AuthenticationError(.notAuthenticated)
        }
        if let ending = item.value.ending(at: now, lastUsedAt: item.value.lastUsedAt, policy) {
            await remove(item, ending, name: user.value.name)
            throw AuthenticationError(.notAuthenticated)
        }
        return SessionCache.Entry(
            item: item, user: user.id, name: user.value.name, role: user.value.role, patient: user.value.boundPatient,
            factors: Set(item.value.factors),
            owesPasskey: demand.isOwed(by: user.value, having: item.value.factors), lastUsedAt: item.value.lastUsedAt)
    }

    private func records(of token: SessionToken) async throws -> (CollectionItem<Session>, CollectionItem<User>)? {
        guard let item = try await sessions.get(token.session.id),
            ConstantTime.equal(item.value.tokenHash, token.hash),
            let id = LogicalID(item.value.user), let user = try await users.get(id)
        else { return nil }
        return (item, user)
    }

    /// Writes down that the session was used, so that a restart knows it.
    private func persist(_ entry: SessionCache.Entry, _ key: SessionKey, now: Int64) async throws(AuthenticationError)
    {
        var session = entry.item.value
        session.lastUsedAt = now
        do {
            let item = try await sessions.put(entry.item.id, session, expecting: entry.item.version, events: [])
            cache.persisted(item, key)
        } catch let error as DatabaseError where error.code == .versionConflict {
            // It was ended meanwhile.
            cache.forget(key)
            throw AuthenticationError(.notAuthenticated)
        } catch {
            cache.persisted(nil, key)
            throw AuthenticationError(.unavailable)
        }
    }

    /// Clears away a session that is over. It is refused whether or not this succeeds.
    private func remove(_ item: CollectionItem<Session>, _ ending: SessionEnding, name: String) async {
        guard let user = LogicalID(item.value.user) else { return }
        let actor = TrailActor(
            source: item.value.source, tenant: tenant, subject: .user(user, name: name), session: item.id)
        guard let event = try? trail.outbox(.sessionEnded(session: item.id, user: user, ending), actor) else {
            return
        }
        try? await discard(item, events: [event])
    }

    private func makeRoom(for user: CollectionItem<User>, now: Int64) async throws {
        var live: [CollectionItem<Session>] = []
        for item in try await sessions.find("user", user.id.text) {
            if item.value.epoch != user.value.sessionEpoch {
                try await discard(item, events: [])
            } else if let ending = item.value.ending(at: now, lastUsedAt: item.value.lastUsedAt, policy),
                !isInUse(item, now)
            {
                await remove(item, ending, name: user.value.name)
            } else {
                live.append(item)
            }
        }
        let excess = live.count - policy.sessionsPerUser + 1
        guard excess > 0 else { return }
        for item in live.sorted(by: { $0.value.lastUsedAt < $1.value.lastUsedAt }).prefix(excess) {
            await remove(item, .displaced, name: user.value.name)
            if let key = SessionKey(item.id) { cache.forget(key) }
        }
    }

    /// Whether the stored time of last use is behind: the record alone says the session is idle, the cache knows
    /// better.
    private func isInUse(_ item: CollectionItem<Session>, _ now: Int64) -> Bool {
        guard now < item.value.expiresAt, let key = SessionKey(item.id), let used = cache.lastUse(of: key) else {
            return false
        }
        return now - used < policy.idle
    }

    private func discard(_ item: CollectionItem<Session>, events: [OutboxEvent]) async throws {
        do {
            try await sessions.delete(item.id, expecting: item.version, events: events)
        } catch let error as DatabaseError where error.code == .versionConflict {
            return
        }
    }
}
