internal import Synchronization
public import WardDatabase

/// An audit store that fails when told to, around one that does not.
///
/// A write can fail before anything is written, or after it is durable, as when the process is killed before it
/// learns of it.
public final class FaultyAuditStore: AuditStore {
    /// Where a write fails.
    public enum Moment: Sendable, CaseIterable {
        /// Nothing was written.
        case before
        /// Everything is durable, and the caller is told that it is not.
        case after
    }

    private let inner: any AuditStore
    private let choose: Mutex<@Sendable (_ write: Int) -> Moment?>
    private let writes = Mutex(0)
    private let hidden = Mutex<Int?>(nil)
    private let error: DatabaseError

    /// Wraps a store that works. `choose` says for each write, counted from 1 on, whether and where it fails.
    public init(
        _ inner: any AuditStore, error: DatabaseError = DatabaseError(.unavailable, "injected"),
        choose: @escaping @Sendable (_ write: Int) -> Moment? = { _ in nil }
    ) {
        self.inner = inner
        self.error = error
        self.choose = Mutex(choose)
    }

    /// Lets the next reading of `limit` entries find none, as where a disk does not give what it holds.
    public func hideNextReading(of limit: Int) { hidden.withLock { $0 = limit } }

    /// Replaces what chooses the faults.
    public func set(_ choose: @escaping @Sendable (_ write: Int) -> Moment?) {
        self.choose.withLock { $0 = choose }
    }

    private func write<Value>(_ body: () async throws(DatabaseError) -> Value) async throws(DatabaseError) -> Value {
        let count = writes.withLock { count in
            count += 1
            return count
        }
        let moment = choose.withLock { $0 }(count)
        if moment == .before { throw error }
        let value = try await body()
        if moment == .after { throw error }
        return value
    }

    public func append(_ entries: [[UInt8]]) async throws(DatabaseError) -> Range<Int64> {
        try await write { () async throws(DatabaseError) in try await inner.append(entries) }
    }

    public func relay(
        _ entries: [[UInt8]], from cursor: OutboxCursor, to next: OutboxCursor
    ) async throws(DatabaseError) -> Range<Int64> {
        try await write { () async throws(DatabaseError) in try await inner.relay(entries, from: cursor, to: next) }
    }

    public func open(_ book: AuditBook, after previous: AuditBook?, size: Int64) async throws(DatabaseError) {
        try await write { () async throws(DatabaseError) in try await inner.open(book, after: previous, size: size) }
    }

    public func publish(_ step: TreeExtension) async throws(DatabaseError) {
        try await write { () async throws(DatabaseError) in try await inner.publish(step) }
    }

    public func expire(_ range: Range<Int64>, under tombstone: [UInt8]) async throws(DatabaseError) {
        try await write { () async throws(DatabaseError) in try await inner.expire(range, under: tombstone) }
    }

    public func setAside(_ positions: [Int64], telling entry: [UInt8]) async throws(DatabaseError) {
        try await write { () async throws(DatabaseError) in try await inner.setAside(positions, telling: entry) }
    }

    public func strays(after position: Int64, limit: Int) async throws(DatabaseError) -> EntryBlock {
        try await inner.strays(after: position, limit: limit)
    }

    public func aside(from number: Int64, limit: Int) async throws(DatabaseError) -> [AsideRow] {
        try await inner.aside(from: number, limit: limit)
    }

    public func flaws() async throws(DatabaseError) -> [StoreFlaw] { try await inner.flaws() }

    public func countAside() async throws(DatabaseError) -> Int64 { try await inner.countAside() }

    public func keepLoss(_ note: [UInt8]) async throws(DatabaseError) {
        try await write { () async throws(DatabaseError) in try await inner.keepLoss(note) }
    }

    public func losses() async throws(DatabaseError) -> [[UInt8]] { try await inner.losses() }

    public func tombstones() async throws(DatabaseError) -> [[UInt8]] { try await inner.tombstones() }

    public func state() async throws(DatabaseError) -> AuditStoreState { try await inner.state() }

    public func entries(from position: Int64, limit: Int, maximumBytes: Int) async throws(DatabaseError) -> EntryBlock {
        let isHidden = hidden.withLock { hidden in
            guard hidden == limit else { return false }
            hidden = nil
            return true
        }
        return isHidden ? EntryBlock() : try await inner.entries(from: position, limit: limit, maximumBytes: maximumBytes)
    }

    public func tiles(
        of year: Int, level: Int, from number: Int64, limit: Int) async throws(DatabaseError
    ) -> [AuditTile] {
        try await inner.tiles(of: year, level: level, from: number, limit: limit)
    }

    public func checkpoints(
        of year: Int, after size: Int64, limit: Int) async throws(DatabaseError
    ) -> [StoredCheckpoint] {
        try await inner.checkpoints(of: year, after: size, limit: limit)
    }

    public func head(of year: Int) async throws(DatabaseError) -> StoredCheckpoint? { try await inner.head(of: year) }

    public func signedYears() async throws(DatabaseError) -> [Int] { try await inner.signedYears() }
}
