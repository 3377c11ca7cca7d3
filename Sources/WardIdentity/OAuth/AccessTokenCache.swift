internal import Synchronization
internal import WardDatabase

/// Access tokens that were checked, in memory: what a request's token is compared with.
///
/// A token comes in only if nothing was revoked between the moment its grant was read and the moment it comes in
/// (``generation``), so what was revoked cannot come back through a slow read. Bounded; past the bound it starts anew.
final class AccessTokenCache: Sendable {
    struct Entry: Sendable {
        /// SHA-256 of the token.
        var hash: [UInt8]
        var caller: Caller
        var grant: LogicalID
        /// Microseconds since 1970.
        var expiresAt: Int64
    }

    private struct State {
        var entries: [SessionKey: Entry] = [:]
        var generation: UInt64 = 0
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int = 10_000) { self.limit = limit }

    /// The number under which an entry may be brought in.
    var generation: UInt64 { state.withLock { $0.generation } }

    /// Who holds the token, if it was checked before and is still good.
    func caller(_ key: SessionKey, hash: [UInt8], now: Int64) -> Caller? {
        state.withLock { state in
            guard let entry = state.entries[key], ConstantTime.equal(entry.hash, hash) else { return nil }
            if now < entry.expiresAt { return entry.caller }
            state.entries[key] = nil
            return nil
        }
    }

    /// Brings a token in; false if something was revoked since `generation`, and the caller reads again.
    func insert(_ entry: Entry, _ key: SessionKey, generation: UInt64) -> Bool {
        state.withLock { state in
            guard state.generation == generation else { return false }
            if state.entries.count >= limit { state.entries.removeAll(keepingCapacity: true) }
            state.entries[key] = entry
            return true
        }
    }

    /// The tokens of a grant are over.
    func forget(grant: LogicalID) { forget { $0.grant == grant } }

    /// The tokens that act for a person are over.
    func forgetAll(ofUser user: LogicalID) { forget { $0.caller.user == user } }

    /// The tokens of a client are over.
    func forgetAll(ofClient client: LogicalID) { forget { $0.caller.client == client } }

    private func forget(_ isOver: (Entry) -> Bool) {
        state.withLock { state in
            state.entries = state.entries.filter { !isOver($0.value) }
            state.generation += 1
        }
    }
}
