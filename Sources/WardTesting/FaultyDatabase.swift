internal import Synchronization
public import WardDatabase

/// A record store that fails when told to, around one that does not.
///
/// Without faults it behaves exactly as the store inside, and passes the conformance suite.
public final class FaultyDatabase: RecordStore {
    /// What goes wrong, and how often.
    public struct Fault: Sendable {
        /// Which calls fail.
        public enum Call: Sendable {
            /// Commits fail before anything is written: the batch leaves nothing behind.
            case commit
            /// Commits fail after they are durable: the caller cannot know, as when power fails before the answer.
            case acknowledgement
            /// Reads of records, candidates and scans fail.
            case read
            /// Calls that read or remove outbox rows fail.
            case outbox
        }

        public var call: Call
        public var error: DatabaseError
        /// Calls that still succeed before the first one fails.
        public var after: Int
        /// Calls that fail then.
        public var times: Int

        /// A fault; by default the next call fails once.
        public init(_ call: Call, _ error: DatabaseError, after: Int = 0, times: Int = 1) {
            self.call = call
            self.error = error
            self.after = after
            self.times = times
        }
    }

    private let inner: any RecordStore
    private let faults = Mutex<[Fault]>([])

    /// Wraps a store that works.
    public init(_ inner: any RecordStore, faults: [Fault] = []) {
        self.inner = inner
        self.faults.withLock { $0 = faults }
    }

    /// Adds a fault.
    public func inject(_ fault: Fault) {
        faults.withLock { $0.append(fault) }
    }

    /// Takes all faults away.
    public func heal() {
        faults.withLock { $0 = [] }
    }

    /// Counts a call, and throws if a fault is due.
    private func pass(_ call: Fault.Call) throws(DatabaseError) {
        let error: DatabaseError? = faults.withLock { faults in
            for index in faults.indices where faults[index].call == call && faults[index].times > 0 {
                if faults[index].after > 0 {
                    faults[index].after -= 1
                    continue
                }
                faults[index].times -= 1
                return faults[index].error
            }
            return nil
        }
        if let error { throw error }
    }

    public func commit(_ batch: WriteBatch) async throws(DatabaseError) -> CommitReceipt {
        try pass(.commit)
        let receipt = try await inner.commit(batch)
        try pass(.acknowledgement)
        return receipt
    }

    public func newest(_ key: RecordKey) async throws(DatabaseError) -> StoredRecord? {
        try pass(.read)
        return try await inner.newest(key)
    }

    public func version(_ version: UInt64, of key: RecordKey) async throws(DatabaseError) -> StoredRecord? {
        try pass(.read)
        return try await inner.version(version, of: key)
    }

    public func history(
        of key: RecordKey, before: UInt64?, limit: Int
    ) async throws(DatabaseError) -> [StoredRecord] {
        try pass(.read)
        return try await inner.history(of: key, before: before, limit: limit)
    }

    public func candidates(_ query: CandidateQuery) async throws(DatabaseError) -> CandidatePage {
        try pass(.read)
        return try await inner.candidates(query)
    }

    public func records(_ sequences: [Int64]) async throws(DatabaseError) -> [StoredRecord] {
        try pass(.read)
        return try await inner.records(sequences)
    }

    public func newestSequence() async throws(DatabaseError) -> Int64 {
        try pass(.read)
        return try await inner.newestSequence()
    }

    public func scan(after sequence: Int64, limit: Int) async throws(DatabaseError) -> ScanPage {
        try pass(.read)
        return try await inner.scan(after: sequence, limit: limit)
    }

    public func flaws(relayed: Int64, types: Set<String>) async throws(DatabaseError) -> [StoreFlaw] {
        try pass(.read)
        return try await inner.flaws(relayed: relayed, types: types)
    }

    public func closeCompartment(of patient: LogicalID, tenant: TenantID) async throws(DatabaseError) {
        try pass(.commit)
        try await inner.closeCompartment(of: patient, tenant: tenant)
        try pass(.acknowledgement)
    }

    public func closedCompartments(tenant: TenantID) async throws(DatabaseError) -> Set<LogicalID> {
        try pass(.read)
        return try await inner.closedCompartments(tenant: tenant)
    }

    public func compartment(
        of patient: LogicalID, tenant: TenantID, after sequence: Int64
    ) async throws(DatabaseError) -> CompartmentPage {
        try pass(.read)
        return try await inner.compartment(of: patient, tenant: tenant, after: sequence)
    }

    public func stale(
        _ type: String, tenant: TenantID, before time: Int64, limit: Int
    ) async throws(DatabaseError) -> [StoredRecord] {
        try pass(.read)
        return try await inner.stale(type, tenant: tenant, before: time, limit: limit)
    }

    public func firstSequence(since time: Int64) async throws(DatabaseError) -> Int64? {
        try pass(.read)
        return try await inner.firstSequence(since: time)
    }

    public func keyUses(
        tenant: TenantID, after sequence: Int64, limit: Int
    ) async throws(DatabaseError) -> KeyUsePage {
        try pass(.read)
        return try await inner.keyUses(tenant: tenant, after: sequence, limit: limit)
    }

    public func marks(of key: RecordKey) async throws(DatabaseError) -> [VersionMark] {
        try pass(.read)
        return try await inner.marks(of: key)
    }

    public func tokens(of sequences: [Int64]) async throws(DatabaseError) -> [[Int64]] {
        try pass(.read)
        return try await inner.tokens(of: sequences)
    }

    public func strays(from place: IndexPlace?, limit: Int) async throws(DatabaseError) -> IndexPage {
        try pass(.read)
        return try await inner.strays(from: place, limit: limit)
    }

    public func indexState() async throws(DatabaseError) -> IndexState {
        try pass(.read)
        return try await inner.indexState()
    }

    public func beginIndex(epoch: UInt32) async throws(DatabaseError) { try await inner.beginIndex(epoch: epoch) }

    public func unindexed(limit: Int) async throws(DatabaseError) -> UnindexedPage {
        try pass(.read)
        return try await inner.unindexed(limit: limit)
    }

    public func reindex(
        _ versions: [ReindexedVersion], after: Int64, through: Int64, epoch: UInt32
    ) async throws(DatabaseError) {
        try pass(.commit)
        try await inner.reindex(versions, after: after, through: through, epoch: epoch)
        try pass(.acknowledgement)
    }

    public func endOlderIndex() async throws(DatabaseError) -> Bool { try await inner.endOlderIndex() }

    public func indexSize(bound: Int) async throws(DatabaseError) -> IndexSize {
        try pass(.read)
        return try await inner.indexSize(bound: bound)
    }

    public func outbox(after number: Int64, limit: Int) async throws(DatabaseError) -> [OutboxRow] {
        try pass(.outbox)
        return try await inner.outbox(after: number, limit: limit)
    }

    public func removeOutbox(through number: Int64) async throws(DatabaseError) {
        try pass(.outbox)
        try await inner.removeOutbox(through: number)
    }

    public func waitForOutbox(after number: Int64) async throws(DatabaseError) {
        try await inner.waitForOutbox(after: number)
    }

    public func close() async { await inner.close() }
}
