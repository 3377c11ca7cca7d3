internal import Synchronization
internal import WardDatabase
internal import WardVault

/// Live sessions in memory: what a request's token is checked against.
///
/// A session comes in only if none was ended between the moment its record was read and the moment it comes in
/// (``generation``), so an ended session cannot come back through a slow read. Bounded; past the bound the sessions
/// not used for longest go, and are read from the store again when they are used.
final class SessionCache: Sendable {
    struct Entry: Sendable {
        var item: CollectionItem<Session>
        var user: LogicalID
        var name: String
        var role: Role
        var patient: LogicalID?
        var factors: Set<Factor>
        var owesPasskey = false
        /// The true time of last use; the item's own may be behind.
        var lastUsedAt: Int64
        var isPersisting = false
    }

    /// What the cache knows of a token.
    enum Answer: Sendable {
        case live(Entry)
        /// It lives, and this caller is to write down that it was used.
        case livePersist(Entry)
        case over(Entry, SessionEnding)
        /// The cache does not hold it; the generation under which it may be brought in.
        case unknown(generation: UInt64)
    }

    private struct State {
        var entries: [SessionKey: Entry] = [:]
        var generation: UInt64 = 0
    }

    private let policy: SessionPolicy
    private let state = Mutex(State())

    init(policy: SessionPolicy) { self.policy = policy }

    /// Looks a token up and marks its session as used now.
    func use(_ token: SessionToken, now: Int64) -> Answer {
        state.withLock { state in
            guard let index = state.entries.index(forKey: token.session),
                ConstantTime.equal(state.entries.values[index].item.value.tokenHash, token.hash)
            else { return .unknown(generation: state.generation) }
            let entry = state.entries.values[index]
            if let ending = entry.item.value.ending(at: now, lastUsedAt: entry.lastUsedAt, policy) {
                state.entries.remove(at: index)
                state.generation += 1
                return .over(entry, ending)
            }
            state.entries.values[index].lastUsedAt = max(now, entry.lastUsedAt)
            guard now - entry.item.value.lastUsedAt >= policy.persistence, !entry.isPersisting else {
                return .live(entry)
            }
            state.entries.values[index].isPersisting = true
            return .livePersist(entry)
        }
    }

    /// Brings a session in; false if one was ended since `generation`, and the caller reads again.
    func insert(_ entry: Entry, _ key: SessionKey, generation: UInt64) -> Bool {
        state.withLock { state in
            guard state.generation == generation else { return false }
            if state.entries[key] != nil { return true }
            if state.entries.count >= policy.cachedSessions { Self.makeRoom(&state.entries) }
            state.entries[key] = entry
            return true
        }
    }

    /// The use of a session was written down, or could not be.
    func persisted(_ item: CollectionItem<Session>?, _ key: SessionKey) {
        state.withLock { state in
            state.entries[key]?.isPersisting = false
            if let item { state.entries[key]?.item = item }
        }
    }

    /// The session is over, for every request that comes from now on.
    func forget(_ key: SessionKey) {
        state.withLock { state in
            state.entries[key] = nil
            state.generation += 1
        }
    }

    /// All sessions of a user are over, for every request that comes from now on.
    func forgetAll(of user: LogicalID) {
        state.withLock { state in
            state.entries = state.entries.filter { $0.value.user != user }
            state.generation += 1
        }
    }

    /// When a session was last used, if it is held.
    func lastUse(of key: SessionKey) -> Int64? { state.withLock { $0.entries[key]?.lastUsedAt } }

    /// How many sessions are held.
    var count: Int { state.withLock { $0.entries.count } }

    /// An eighth goes, so that making room costs little on average.
    private static func makeRoom(_ entries: inout [SessionKey: Entry]) {
        let spare = max(1, entries.count / 8)
        for (key, _) in entries.sorted(by: { $0.value.lastUsedAt < $1.value.lastUsedAt }).prefix(spare) {
            entries[key] = nil
        }
    }
}
