internal import Synchronization

/// Keeps opened data keys for a while, so that the key store is asked once and not for every record.
///
/// Bounded three ways: a number of owners (the least recently used goes), a time after loading, and a number of uses.
/// That an owner has no key is remembered as well, for a short time. Several callers that miss together share one load.
/// A hit takes one short lock.
public final class KeyCache: Sendable {
    /// The bounds.
    public struct Limits: Sendable {
        /// Owners kept at most.
        public var capacity: Int
        /// How long after loading keys are served.
        public var lifetime: Duration
        /// How long it is remembered that an owner has no key.
        public var absence: Duration
        /// After how many lookups keys are loaded again.
        public var uses: UInt64

        /// Bounds; by default 20,000 owners, ten minutes, five seconds, 2^24 lookups.
        public init(
            capacity: Int = 20_000, lifetime: Duration = .seconds(600), absence: Duration = .seconds(5),
            uses: UInt64 = 1 << 24
        ) {
            self.capacity = max(1, capacity)
            self.lifetime = lifetime
            self.absence = absence
            self.uses = uses
        }
    }

    /// What the cache knows of an owner.
    public enum Lookup: Sendable {
        case present(DataKeySet)
        /// The owner had no key a moment ago.
        case absent
        case unknown
    }

    private struct State {
        var table: RecencyTable
        var flights: [DataKeyOwner: Flight] = [:]
    }

    /// A load under way, and who waits for it.
    private struct Flight {
        var waiters: [CheckedContinuation<Result<DataKeySet?, KeyError>?, Never>] = []
        /// The owner was evicted meanwhile: what is being read may be gone.
        var isStale = false
    }

    private let limits: Limits
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    /// A cache; `now` tells monotonic time.
    public init(
        limits: Limits = Limits(), now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.limits = limits
        self.now = now
        state = Mutex(State(table: RecencyTable(capacity: limits.capacity)))
    }

    /// How many owners are kept now.
    public var count: Int { state.withLock { $0.table.count } }

    /// What is known of an owner, without waiting.
    public func lookup(_ owner: DataKeyOwner) -> Lookup {
        let now = now()
        return state.withLock { Self.find(owner, in: &$0, now: now, limits) }
    }

    /// The keys of an owner, loaded if need be; nil where it has none.
    ///
    /// `load` runs in the first caller's task; the others wait for it. Where `makesMissing`, `load` makes keys that are
    /// missing, and absence is not taken from the cache.
    /// - Throws: what `load` throws; nothing is kept then.
    public func keys(
        of owner: DataKeyOwner, makesMissing: Bool = false, load: () async throws(KeyError) -> DataKeySet?
    ) async throws(KeyError) -> DataKeySet? {
        while true {
            let outcome: Result<DataKeySet?, KeyError>?
            switch join(owner, makesMissing: makesMissing) {
            case .known(let keys): outcome = .success(keys)
            case .wait: outcome = await wait(for: owner)
            case .lead: outcome = await lead(owner, load)
            }
            guard let outcome else { continue }
            let keys = try outcome.get()
            if keys != nil || !makesMissing { return keys }
        }
    }

    /// Forgets an owner's keys, also those that are being loaded: after a rotation or a shredding.
    public func evict(_ owner: DataKeyOwner) {
        state.withLock { state in
            state.table.remove(owner)
            state.flights[owner]?.isStale = true
        }
    }

    /// Forgets everything.
    public func evictAll() {
        state.withLock { state in
            state.table = RecencyTable(capacity: limits.capacity)
            for owner in state.flights.keys { state.flights[owner]?.isStale = true }
        }
    }

    private enum Part {
        case known(DataKeySet?)
        case wait
        case lead
    }

    private func join(_ owner: DataKeyOwner, makesMissing: Bool) -> Part {
        let now = now()
        return state.withLock { state in
            switch Self.find(owner, in: &state, now: now, limits) {
            case .present(let keys): return .known(keys)
            case .absent where !makesMissing: return .known(nil)
            case .absent, .unknown: break
            }
            guard state.flights[owner] == nil else { return .wait }
            state.flights[owner] = Flight()
            return .lead
        }
    }

    /// Waits for a load under way; nil: ask again.
    private func wait(for owner: DataKeyOwner) async -> Result<DataKeySet?, KeyError>? {
        await withCheckedContinuation { continuation in
            let isWaiting = state.withLock { state in
                guard state.flights[owner] != nil else { return false }
                state.flights[owner]?.waiters.append(continuation)
                return true
            }
            if !isWaiting { continuation.resume(returning: nil) }
        }
    }

    /// Loads for all that wait; nil: the owner was evicted meanwhile, ask again.
    private func lead(
        _ owner: DataKeyOwner, _ load: () async throws(KeyError) -> DataKeySet?
    ) async -> Result<DataKeySet?, KeyError>? {
        let outcome: Result<DataKeySet?, KeyError>
        do throws(KeyError) { outcome = .success(try await load()) } catch { outcome = .failure(error) }
        let now = now()
        let flight = state.withLock { state in
            let flight = state.flights.removeValue(forKey: owner) ?? Flight()
            if !flight.isStale, case .success(let keys) = outcome {
                let expiry = now.advanced(by: keys == nil ? limits.absence : limits.lifetime)
                state.table.insert(owner, .init(keys: keys, expiry: expiry, uses: 0))
            }
            return flight
        }
        // A leader that was cancelled may have failed for that alone: the others try themselves.
        let mayShare = !flight.isStale && !Task.isCancelled
        for waiter in flight.waiters { waiter.resume(returning: mayShare ? outcome : nil) }
        return flight.isStale ? nil : outcome
    }

    private static func find(
        _ owner: DataKeyOwner, in state: inout State, now: ContinuousClock.Instant, _ limits: Limits
    ) -> Lookup {
        guard let entry = state.table.use(owner) else { return .unknown }
        guard now < entry.expiry, entry.uses <= limits.uses else {
            state.table.remove(owner)
            return .unknown
        }
        return entry.keys.map(Lookup.present) ?? .absent
    }
}
