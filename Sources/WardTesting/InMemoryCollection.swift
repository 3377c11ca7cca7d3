#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif
internal import Synchronization
public import WardDatabase
public import WardVault

/// A sealed collection's double: the same compare-and-set and lookups, in memory, unsealed. It lives on when those
/// who use it are made anew, as a disk does.
public final class InMemoryCollection<Value: Codable & Sendable>: CollectionStore {
    private struct State {
        var current: [LogicalID: CollectionItem<Value>] = [:]
        var versions: [LogicalID: UInt64] = [:]
        var events: [OutboxEvent] = []
        var order: [LogicalID: UInt64] = [:]
        var writes: UInt64 = 0
        var failure: DatabaseError?
    }

    private let clock: any WallClock
    private let lookups: [String: @Sendable (Value) -> String?]
    private let state = Mutex(State())
    private let onFind = Mutex<@Sendable () -> Void>({})

    /// A collection with these lookup fields.
    public init(
        clock: any WallClock = SystemWallClock(), lookups: [String: @Sendable (Value) -> String?] = [:]
    ) {
        self.clock = clock
        self.lookups = lookups
    }

    /// The events that were committed, in order.
    public var events: [OutboxEvent] { state.withLock { $0.events } }

    /// How many writes were committed.
    public var writes: UInt64 { state.withLock { $0.writes } }

    /// Makes every call fail with this error until it is set to nil.
    public func fail(with error: DatabaseError?) { state.withLock { $0.failure = error } }

    /// Does this at each look-up: what happens while a disk, or whoever waits for it, takes its time.
    public func whileFinding(_ body: @escaping @Sendable () -> Void) { onFind.withLock { $0 = body } }

    public func get(_ id: LogicalID) async throws -> CollectionItem<Value>? {
        await pause()
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.current[id]
        }
    }

    public func find(_ field: String, _ text: String) async throws -> [CollectionItem<Value>] {
        guard let lookup = lookups[field] else { throw DatabaseError(.corrupt, "find: no such lookup field") }
        await pause()
        onFind.withLock { $0 }()
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.current.values.filter { lookup($0.value) == text }
        }
    }

    public func all(limit: Int) async throws -> [CollectionItem<Value>] {
        await pause()
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            let order = state.order
            return Array(
                state.current.values.sorted { order[$0.id, default: 0] > order[$1.id, default: 0] }.prefix(limit))
        }
    }

    @discardableResult
    public func put(
        _ id: LogicalID, _ value: Value, expecting version: UInt64?, events: [OutboxEvent]
    ) async throws -> CollectionItem<Value> {
        await pause()
        // Through its encoding and back, so that what is not encoded is lost here as it would be on a disk.
        let value = try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
        return try state.withLock { state in
            try Self.advance(&state, id, expecting: version, events)
            let item = CollectionItem(id: id, version: state.versions[id] ?? 0, updatedAt: clock.now(), value: value)
            state.current[id] = item
            return item
        }
    }

    public func delete(_ id: LogicalID, expecting version: UInt64, events: [OutboxEvent]) async throws {
        await pause()
        try state.withLock { state in
            try Self.advance(&state, id, expecting: version, events)
            state.current[id] = nil
        }
    }

    private static func advance(
        _ state: inout State, _ id: LogicalID, expecting version: UInt64?, _ events: [OutboxEvent]
    ) throws {
        if let failure = state.failure { throw failure }
        let expected = version.map { state.current[id]?.version == $0 } ?? (state.versions[id] == nil)
        guard expected else { throw DatabaseError(.versionConflict, "put") }
        state.versions[id, default: 0] += 1
        state.events += events
        state.writes += 1
        state.order[id] = state.writes
    }

    /// Lets other tasks come between a read and the write that follows it, as a disk would.
    private func pause() async { await Task.yield() }
}
