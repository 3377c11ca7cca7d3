import Foundation
import GRDB
import Testing
@testable import WardAudit
import WardDatabase
import WardSQLite
import WardTesting

/// Each kind of tampering, by editing the database file, and what `verify` says of it.
@Suite struct TamperingTests {
    private func faults(
        of count: Int = 2_000, steps: Int = 4, anchored: Bool = false, after tamper: (Home) throws -> Void
    ) async throws -> [Fault] {
        let home = try Home()
        try await home.fill(count, steps: steps)
        #expect(try await home.verify(anchored: true).faults == [])
        try tamper(home)
        return try await home.verify(anchored: anchored).faults
    }

    private func expect(
        _ faults: [Fault], _ kind: Fault.Kind, at entry: Int64, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(faults.first?.kind == kind && faults.first?.entry == entry, "\(faults.prefix(3))",
            sourceLocation: sourceLocation)
        #expect(faults.count == 1, "\(faults.prefix(5))", sourceLocation: sourceLocation)
    }

    @Test func aWholeLogHasNoFault() async throws {
        let home = try Home()
        try await home.fill(2_000, steps: 4)
        let report = try await home.verify(anchored: true)
        #expect(report.isWhole && report.entries == 2_000 && report.unsequenced == 0)
        #expect(report.checkpoints >= 4 && report.head?.checkpoint.size == 2_000)
    }

    /// What the first reading did not give was looked at by the second only: that is not called whole.
    @Test(arguments: [2_000, 10_000]) func whatIsThereOnTheSecondLookIsNamed(count: Int) async throws {
        let home = try Home()
        try await home.fill(count, steps: 4)
        let inner = try SQLiteAuditStore.openForReading(path: home.logPath)
        let store = FaultyAuditStore(inner)
        store.hideNextReading(of: EntryPipeline.rows)
        let verifier = AuditVerifier(store: store, keys: home.logKeys)
        let found = try await verifier.verify().faults
        #expect(found.map(\.kind) == [.changed] && found.first?.entry == 0 && found.first?.through == Int64(count - 1), "\(found)")
        #expect(try await verifier.verify().isWhole)
        await inner.close()
    }

    @Test(arguments: [0, 255, 256, 777, 1_999]) func aChangedByteIsNamed(entry: Int64) async throws {
        let found = try await faults { home in
            var bytes = try home.blob("SELECT bytes FROM entry WHERE position = \(entry)")
            bytes[bytes.count - 20] ^= 1
            try home.tamper("UPDATE entry SET bytes = ? WHERE position = ?", [Data(bytes), entry])
        }
        expect(found, .changed, at: entry)
    }

    @Test(arguments: [0, 1_000, 1_998]) func aRemovedRowIsNamed(entry: Int64) async throws {
        expect(try await faults { try $0.tamper("DELETE FROM entry WHERE position = ?", [entry]) }, .removed, at: entry)
    }

    @Test func aRemovedRunIsNamedAsARange() async throws {
        let found = try await faults { try $0.tamper("DELETE FROM entry WHERE position BETWEEN 300 AND 1500") }
        expect(found, .removed, at: 300)
        #expect(found.first?.through == 1_500)
    }

    @Test func aRemovedRowWithRenumberingIsNamed() async throws {
        let found = try await faults { home in
            try home.tamper("DELETE FROM entry WHERE position = 700")
            try home.tamper("UPDATE entry SET position = -position WHERE position > 700")
            try home.tamper("UPDATE entry SET position = -position - 1 WHERE position < 0")
        }
        #expect(found.first?.kind == .removed && found.first?.entry == 700, "\(found)")
    }

    @Test func anInsertedEntryIsNamed() async throws {
        let found = try await faults { home in
            try home.tamper("UPDATE entry SET position = -position - 1 WHERE position >= 700")
            try home.tamper("UPDATE entry SET position = -position WHERE position < 0")
            try home.tamper("INSERT INTO entry SELECT 700, bytes FROM entry WHERE position = 100")
        }
        #expect(found.first?.kind == .inserted && found.first?.entry == 700, "\(found)")
    }

    @Test(arguments: [(10, 11), (10, 1_500)]) func swappedEntriesAreNamed(pair: (Int64, Int64)) async throws {
        let found = try await faults { home in
            for (from, to) in [(pair.0, -1), (pair.1, pair.0), (-1, pair.1)] {
                try home.tamper("UPDATE entry SET position = ? WHERE position = ?", [to, from])
            }
        }
        #expect(found.map(\.kind) == [.reordered, .reordered] && found.map(\.entry) == [pair.0, pair.1], "\(found)")
    }

    @Test func aCutEndIsNamed() async throws {
        expect(try await faults { try $0.tamper("DELETE FROM entry WHERE position >= 1900") }, .truncated, at: 1_900)
    }

    @Test func aChangedTileIsNotBlamedOnAnEntry() async throws {
        let found = try await faults { home in
            var tile = try home.blob("SELECT hashes FROM tile WHERE level = 1 AND number = 0")
            tile[0] ^= 1
            try home.tamper("UPDATE tile SET hashes = ? WHERE level = 1", [Data(tile)])
        }
        #expect(found.map(\.kind) == [.changed] && found[0].entry == nil, "\(found)")
    }

    @Test func anEntryAndItsLeafHashChangedTogetherAreFound() async throws {
        let found = try await faults { home in
            var bytes = try home.blob("SELECT bytes FROM entry WHERE position = 300")
            bytes[bytes.count - 20] ^= 1
            try home.tamper("UPDATE entry SET bytes = ? WHERE position = 300", [Data(bytes)])
            var tile = try home.blob("SELECT hashes FROM tile WHERE level = 0 AND number = 1")
            tile.replaceSubrange(44 * 32..<45 * 32, with: MerkleHash.leaf(bytes).bytes)
            try home.tamper("UPDATE tile SET hashes = ? WHERE level = 0 AND number = 1", [Data(tile)])
        }
        let first = try #require(found.first)
        #expect(first.kind == .changed && (first.entry ?? .max) <= 300 && (first.through ?? 0) >= 300, "\(found)")
    }

    @Test func aForgedCheckpointIsNamed() async throws {
        let found = try await faults { home in
            var note = try home.blob("SELECT note FROM checkpoint WHERE size = 2000")
            note[note.count - 10] = note[note.count - 10] == 65 ? 66 : 65
            try home.tamper("UPDATE checkpoint SET note = ? WHERE size = 2000", [Data(note)])
        }
        #expect(found.map(\.kind) == [.signature], "\(found)")
        let older = try await faults { home in
            let note = try home.blob("SELECT note FROM checkpoint WHERE size = 2000")
            try home.tamper("UPDATE checkpoint SET note = ? WHERE size = 1000", [Data(note)])
        }
        #expect(older.map(\.kind) == [.signature], "\(older)")
    }

    @Test func anOlderHeadIsNamed() async throws {
        expect(try await faults { try $0.tamper("DELETE FROM checkpoint WHERE size = 2000") }, .rolledBack, at: 1_500)
        expect(try await faults { try $0.tamper("DELETE FROM checkpoint") }, .rolledBack, at: 0)
    }

    @Test func anOlderCopyOfTheWholeLogIsNamedByTheAnchor() async throws {
        let home = try Home()
        try await home.fill(600)
        let copy = try Data(contentsOf: URL(fileURLWithPath: home.logPath))
        try await home.fill(400)
        try copy.write(to: URL(fileURLWithPath: home.logPath))
        #expect(try await home.verify().isWhole)
        let report = try await home.verify(anchored: true)
        #expect(report.faults.map(\.kind) == [.rolledBack] && report.faults[0].entry == 600, "\(report.faults)")
        let store = try SQLiteAuditStore.open(path: home.logPath)
        let sequencer = Sequencer(log: try await home.open(store), signer: home.signer, anchor: home.anchor)
        await #expect(throws: AuditError.self) { try await sequencer.start() }
        await store.close()
    }

    @Test func anotherLogSignedWithTheSameKeyIsNamedByTheAnchor() async throws {
        let (home, other) = (try Home(), try Home())
        try await home.fill(600)
        try await other.fill(700)
        try FileManager.default.removeItem(atPath: home.logPath)
        try FileManager.default.copyItem(atPath: other.logPath, toPath: home.logPath)
        let report = try await home.verify(anchored: true)
        #expect(report.faults.map(\.kind) == [.forked], "\(report.faults)")
    }

    @Test func lossBeforeSequencingShowsInTheNumbers() async throws {
        let home = try Home()
        let store = try SQLiteAuditStore.open(path: home.logPath)
        let log = try await home.open(store)
        for _ in 0..<13 { try await log.record(Home.writeEvent()) }
        await store.close()
        try home.tamper("DELETE FROM entry WHERE position BETWEEN 7 AND 9")
        try home.tamper("UPDATE entry SET position = position - 3 WHERE position >= 10")
        expect(try await home.verify().faults, .removed, at: 7)
        try home.tamper("UPDATE entry SET bytes = (SELECT bytes FROM entry WHERE position = 5) WHERE position = 7")
        #expect(try await home.verify().faults.first?.kind == .duplicate)
    }

    @Test func whatIsNoEntryIsNamed() async throws {
        let home = try Home()
        try await home.fill(10)
        let store = try SQLiteAuditStore.open(path: home.logPath)
        _ = try await store.append([[2, 3, 4]])
        await store.close()
        expect(try await home.verify().faults, .malformed, at: 10)
    }
}
