import Foundation
import GRDB
import Testing
@testable import WardAudit
import WardDatabase
import WardSQLite
import WardTesting

/// `verify` of a part of the log finds what is wrong in it, and does not read the rest.
@Suite struct RangeTests {
    private func report(_ home: Home, _ range: Range<Int64>) async throws -> VerificationReport {
        try await home.verify(range)
    }

    @Test(arguments: [0..<1, 0..<2_000, 255..<257, 511..<513, 1_999..<2_000, 300..<300, 1_990..<5_000])
    func everyPartOfAWholeLogIsWhole(range: Range<Int64>) async throws {
        let home = try Home()
        try await home.fill(2_000, steps: 4)
        let report = try await report(home, range)
        #expect(report.isWhole, "\(report.faults)")
        #expect(report.entries == Int64(range.clamped(to: 0..<2_000).count))
    }

    @Test func aChangedEntryShowsInItsPartOnly() async throws {
        let home = try Home()
        try await home.fill(1_000)
        var bytes = try home.blob("SELECT bytes FROM entry WHERE position = 400")
        bytes[bytes.count - 20] ^= 1
        try home.tamper("UPDATE entry SET bytes = ? WHERE position = 400", [Data(bytes)])
        let found = try await report(home, 390..<410).faults
        #expect(found.map(\.kind) == [.changed] && found[0].entry == 400, "\(found)")
        #expect(try await report(home, 401..<1_000).isWhole)
    }

    @Test func removedEntriesShow() async throws {
        let home = try Home()
        try await home.fill(1_000)
        try home.tamper("DELETE FROM entry WHERE position BETWEEN 400 AND 404")
        let found = try await report(home, 390..<410).faults
        #expect(found.first?.kind == .removed && found.first?.entry == 400 && found.first?.through == 404, "\(found)")
        try home.tamper("DELETE FROM entry WHERE position >= 700")
        #expect(try await report(home, 690..<800).faults.first?.kind == .truncated)
    }

    @Test func leafHashesThatDoNotLeadToTheRootShow() async throws {
        let home = try Home()
        try await home.fill(1_000)
        var bytes = try home.blob("SELECT bytes FROM entry WHERE position = 400")
        bytes[bytes.count - 20] ^= 1
        try home.tamper("UPDATE entry SET bytes = ? WHERE position = 400", [Data(bytes)])
        var tile = try home.blob("SELECT hashes FROM tile WHERE level = 0 AND number = 1")
        tile.replaceSubrange(144 * 32..<145 * 32, with: MerkleHash.leaf(bytes).bytes)
        try home.tamper("UPDATE tile SET hashes = ? WHERE level = 0 AND number = 1", [Data(tile)])
        let found = try await report(home, 300..<310).faults
        #expect(found.map(\.kind) == [.changed] && (found[0].entry ?? .max) <= 400, "\(found)")
        #expect(try await report(home, 600..<700).isWhole)
    }

    /// The witness contradicted the log: a part that tells of it is as little whole as the log, and as much once it is over.
    @Test func aContradictionShowsInAPartToo() async throws {
        let home = try Home()
        try await home.fill(10)
        let store = try SQLiteAuditStore.open(path: home.logPath)
        let log = try await home.open(store)
        let sequencer = Sequencer(log: log, signer: home.signer, anchor: home.anchor, heartbeat: 0)
        let witness = EventOrigin.system()
        for (outcome, isWhole) in [(EventOutcome.majorFailure, false), (.success, true)] {
            try await log.record(AuditEvent(.witness, by: witness, outcome: outcome))
            _ = try await log.record([Home.writeEvent(), Home.writeEvent()], releasing: ())
            try await sequencer.sequenceAll()
            for range in [nil, 10..<11, 11..<13, 12..<13] as [Range<Int64>?] {
                let faults = try await home.verify(range).faults
                #expect(faults.map(\.kind) == (isWhole ? [] : [.rolledBack]), "\(faults)")
            }
        }
        await store.close()
    }
}
