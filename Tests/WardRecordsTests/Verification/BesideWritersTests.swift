import Synchronization
import Testing
import WardDatabase
import WardRecords

/// What honest clients write while the verifier reads is never named.
@Suite struct BesideWritersTests {
    @Test func versionsThatCameAfterTheEndOfTheLog() async throws {
        let ward = try await Ward()
        let patient = try await ward.create(Text.patient)
        let text = #"{"resourceType":"Patient","id":"\#(patient.dropFirst("Patient/".count))"}"#
        let update: @Sendable () async -> Void = {
            do {
                #expect(try await ward.send("PUT", patient, text).status == 200)
                _ = try await ward.create(Text.patient)
                try await ward.relay()
            } catch {
                Issue.record(error)
            }
        }
        let log = BusyAuditStore(ward.log, update)
        let report = try await ward.verify(reading: log)
        #expect(report.faults.map(\.description) == [])
        #expect(log.reads > 2, "the log was read in several pieces")
    }
}

/// A log to which clients write before each read of it. The first read of entries gives two, so that there is a second.
private final class BusyAuditStore: AuditStore {
    private let inner: any AuditStore
    private let write: @Sendable () async -> Void
    private let count = Mutex(0)

    init(_ inner: any AuditStore, _ write: @escaping @Sendable () async -> Void) {
        self.inner = inner
        self.write = write
    }

    var reads: Int { count.withLock { $0 } }

    /// - Returns: how often it was read before.
    private func busy() async -> Int {
        await write()
        return count.withLock { count in
            defer { count += 1 }
            return count
        }
    }

    func state() async throws(DatabaseError) -> AuditStoreState {
        _ = await busy()
        return try await inner.state()
    }

    func entries(from position: Int64, limit: Int, maximumBytes: Int) async throws(DatabaseError) -> EntryBlock {
        let isFirst = await busy() == 1
        return try await inner.entries(from: position, limit: isFirst ? 2 : limit, maximumBytes: maximumBytes)
    }

    func append(_ entries: [[UInt8]]) async throws(DatabaseError) -> Range<Int64> { try await inner.append(entries) }

    func relay(
        _ entries: [[UInt8]], from cursor: OutboxCursor, to next: OutboxCursor
    ) async throws(DatabaseError) -> Range<Int64> { try await inner.relay(entries, from: cursor, to: next) }

    func open(_ book: AuditBook, after previous: AuditBook?, size: Int64) async throws(DatabaseError) {
        try await inner.open(book, after: previous, size: size)
    }

    func publish(_ step: TreeExtension) async throws(DatabaseError) { try await inner.publish(step) }

    func expire(_ range: Range<Int64>, under tombstone: [UInt8]) async throws(DatabaseError) {
        try await inner.expire(range, under: tombstone)
    }

    func setAside(_ positions: [Int64], telling entry: [UInt8]) async throws(DatabaseError) {
        try await inner.setAside(positions, telling: entry)
    }

    func strays(after position: Int64, limit: Int) async throws(DatabaseError) -> EntryBlock {
        try await inner.strays(after: position, limit: limit)
    }

    func aside(from number: Int64, limit: Int) async throws(DatabaseError) -> [AsideRow] {
        try await inner.aside(from: number, limit: limit)
    }

    func flaws() async throws(DatabaseError) -> [StoreFlaw] { try await inner.flaws() }

    func countAside() async throws(DatabaseError) -> Int64 { try await inner.countAside() }

    func keepLoss(_ note: [UInt8]) async throws(DatabaseError) { try await inner.keepLoss(note) }

    func losses() async throws(DatabaseError) -> [[UInt8]] { try await inner.losses() }

    func tombstones() async throws(DatabaseError) -> [[UInt8]] { try await inner.tombstones() }

    func tiles(of year: Int, level: Int, from number: Int64, limit: Int) async throws(DatabaseError) -> [AuditTile] {
        try await inner.tiles(of: year, level: level, from: number, limit: limit)
    }

    func checkpoints(of year: Int, after size: Int64, limit: Int) async throws(DatabaseError) -> [StoredCheckpoint] {
        try await inner.checkpoints(of: year, after: size, limit: limit)
    }

    func head(of year: Int) async throws(DatabaseError) -> StoredCheckpoint? { try await inner.head(of: year) }

    func signedYears() async throws(DatabaseError) -> [Int] { try await inner.signedYears() }
}
