import Foundation
import Testing
@testable import WardAudit
import WardDatabase
import WardSQLite
import WardTesting

/// What somebody else wrote behind the newest checkpoint is taken aside at a person's word, and nothing else is touched.
@Suite struct TailRepairTests {
    private let somebody = EventOrigin(actor: .init(id: "os:root", name: "root", roles: ["operator"]))

    private func repair(_ home: Home) async throws -> TailRepair.Summary {
        let store = try SQLiteAuditStore.open(path: home.logPath)
        do {
            let sealer = EntrySealer(origin: home.origin, keys: Home.keys)
            let summary = try await TailRepair(store: store, sealer: sealer, clock: home.clock).run(by: somebody, random: 5)
            await store.close()
            return summary
        } catch {
            await store.close()
            throw error
        }
    }

    /// Goes on with the log and says what verification finds.
    private func goOn(_ home: Home) async throws -> VerificationReport {
        try await home.fill(3)
        return try await home.verify(anchored: true)
    }

    @Test func junkIsTakenAsideAndTheLogGoesOn() async throws {
        let home = try await Home.withUnsignedTail()
        try home.tamper("UPDATE entry SET position = 15 WHERE position = 11")
        try home.tamper("INSERT INTO entry VALUES(11, x'6a756e6b')")
        try home.tamper("INSERT INTO entry SELECT 12, bytes FROM entry WHERE position = 4")
        try home.tamper("INSERT INTO entry VALUES(-3, zeroblob(200))")
        await #expect(throws: AuditError.self) { try await goOn(home) }
        #expect(try await repair(home) == TailRepair.Summary(rows: 3, hadGaps: true))
        let report = try await goOn(home)
        #expect(report.faults == [] && report.aside == 3 && report.entries == 16, "\(report.faults)")
        // They are kept as they were, and an entry tells of them.
        let store = try SQLiteAuditStore.openForReading(path: home.logPath)
        #expect(try await store.countAside() == 3)
        let block = try await store.entries(from: 12, limit: 1, maximumBytes: 1)
        let (header, event) = try EntrySealer(origin: home.origin, keys: Home.keys).open(Array(block[0]))
        #expect(header.kind == .acceptance && event.count == 3 && event.origin == somebody)
        #expect(header.digest != [UInt8](repeating: 0, count: 32))
        await store.close()
        #expect(try home.blob("SELECT bytes FROM quarantine WHERE position = 11") == Array("junk".utf8))
        // What is put among them, or changed there, is told by no entry.
        for (change, undo) in [
            ("INSERT INTO quarantine(position, bytes) VALUES(99, x'00')", "DELETE FROM quarantine WHERE position = 99"),
            ("INSERT INTO quarantine VALUES(-1, 99, x'00')", "DELETE FROM quarantine WHERE position = 99"),
            ("INSERT INTO quarantine VALUES(\(Int64.min), 99, x'00')", "DELETE FROM quarantine WHERE position = 99"),
            ("INSERT INTO quarantine VALUES(\(Int64.max), 99, x'00')", "DELETE FROM quarantine WHERE position = 99"),
            ("UPDATE quarantine SET id = -id", "UPDATE quarantine SET id = -id"),
            ("UPDATE quarantine SET id = id + 1000", "UPDATE quarantine SET id = id - 1000"),
            ("UPDATE quarantine SET position = 10 WHERE position = 11", "UPDATE quarantine SET position = 11 WHERE position = 10"),
            ("UPDATE quarantine SET bytes = x'6a756e6a' WHERE position = 11", "UPDATE quarantine SET bytes = x'6a756e6b' WHERE position = 11"),
        ] {
            try home.tamper(change)
            for range in [nil, 0..<5] as [Range<Int64>?] {
                #expect(try await home.verify(range).faults.map(\.kind) == [.inserted], "\(change)")
            }
            try home.tamper(undo)
        }
        #expect(try await home.verify().isWhole)
        // There is nothing left to take aside.
        await #expect(throws: AuditError(
            .noEvidence, "nothing stands behind the newest checkpoint that this log did not write")) { try await repair(home) }
    }

    /// An entry of the log's own that was changed is lost, and verification keeps saying so.
    @Test func aChangedEntryStaysAnEntryThatIsMissing() async throws {
        let home = try await Home.withUnsignedTail()
        try home.tamper("UPDATE entry SET bytes = zeroblob(length(bytes)) WHERE position = 10")
        #expect(try await repair(home).rows == 1)
        let report = try await goOn(home)
        #expect(report.faults.map(\.kind) == [.removed] && report.faults[0].entry == 10, "\(report.faults)")
    }

    /// What is signed is evidence: it is restored, not taken aside.
    @Test func whatIsSignedIsNotTouched() async throws {
        let home = try await Home.withUnsignedTail()
        try home.tamper("UPDATE entry SET bytes = zeroblob(length(bytes)) WHERE position = 3")
        await #expect(throws: AuditError.self) { try await repair(home) }
        let store = try SQLiteAuditStore.open(path: home.logPath)
        await #expect(throws: DatabaseError.self) { try await store.setAside([3], telling: [1]) }
        #expect(try await store.countAside() == 0)
        await store.close()
    }
}
