import Foundation
import GRDB
import Testing
@testable import WardAudit
import WardDatabase
import WardSQLite
import WardTesting

/// Numbers in the file that no log reaches: they are named, and nothing that reads them ends by an overflow.
@Suite struct StrayNumberTests {
    private static let beyond: [Int64] = [.max, .max - 1, AuditLimits.positions]

    private func repair(_ home: Home) async throws -> TailRepair.Summary {
        let store = try SQLiteAuditStore.open(path: home.logPath)
        let sealer = EntrySealer(origin: home.origin, keys: Home.keys)
        let summary = try await TailRepair(store: store, sealer: sealer, clock: home.clock).run(by: .system(), random: 5)
        await store.close()
        return summary
    }

    /// Opens the log as a server does, writes to it, and signs.
    private func serve(_ home: Home) async throws {
        let store = try SQLiteAuditStore.open(path: home.logPath)
        do {
            let log = try await home.open(store)
            let sequencer = Sequencer(log: log, signer: home.signer, anchor: home.anchor, heartbeat: 0)
            try await sequencer.start()
            _ = try await log.record([Home.writeEvent()], releasing: ())
            try await sequencer.sequenceAll()
            await store.close()
        } catch {
            await store.close()
            throw error
        }
    }

    @Test(arguments: beyond) func aRowBeyondTheLastNumberIsNamedAndTakenAside(at position: Int64) async throws {
        let home = try Home()
        try await home.fill(300)
        try home.tamper("INSERT INTO entry SELECT \(position), bytes FROM entry WHERE position = 7")
        for range in [nil, 0..<5, 290..<Int64.max] as [Range<Int64>?] {
            let faults = try await home.verify(range).faults
            #expect(faults.map(\.kind) == [.inserted] && faults.map(\.entry) == [position], "\(faults)")
        }
        try await serve(home)
        #expect(try await home.verify().entries == 301)
        #expect(try await repair(home) == TailRepair.Summary(rows: 1, hadGaps: false))
        try await serve(home)
        let report = try await home.verify(anchored: true)
        #expect(report.isWhole && report.aside == 1 && report.entries == 303, "\(report.faults)")
    }

    @Test func severalAreTakenAsideAndASignedEntryThatWasMovedThereStaysMissing() async throws {
        let home = try await Home.withUnsignedTail()
        try home.tamper("INSERT INTO entry VALUES(\(Int64.max), x'6a'), (\(Int64.max - 1), zeroblob(140)), (15, x'6b')")
        try home.tamper("UPDATE entry SET position = \(AuditLimits.positions) WHERE position = 4")
        let faults = try await home.verify().faults
        #expect(faults.map(\.entry).prefix(1) == [4] && faults.map(\.kind).contains(.inserted), "\(faults)")
        #expect(try await repair(home) == TailRepair.Summary(rows: 4, hadGaps: false))
        let after = try await home.verify().faults
        #expect(after.map(\.kind) == [.removed] && after.map(\.entry) == [4], "\(after)")
    }

    /// A book that somebody put there would be the newest one, have no entries, and nothing would be signed any more.
    @Test(arguments: [.max, .max - 1, .min, -1, 0, 11, 1 << 40] as [Int64]) func aBookThatDoesNotFollowIsNamed(start: Int64) async throws {
        for change in ["INSERT INTO book SELECT year + 1, \(start), opening FROM book", "UPDATE book SET start = \(start)"]
        where !change.hasPrefix("UPDATE") || start != 0 {
            let home = try Home()
            try await home.fill(10)
            try home.tamper(change)
            for range in [nil, 0..<5] as [Range<Int64>?] {
                #expect(try await !home.verify(range).isWhole, "\(change)")
            }
            await #expect(throws: AuditError.self, "\(change)") { try await serve(home) }
        }
    }

    @Test(arguments: [.max, .max - 1, -1] as [Int64]) func aCheckpointOrTombstoneThatCannotBeIsNamed(size: Int64) async throws {
        let note = "audit.test/main/2026\n\(size)\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\u{2014} x AAAAAAAA\n"
        for change in [
            "INSERT INTO checkpoint SELECT year, \(size), '\(note)' FROM book", "UPDATE checkpoint SET size = \(size)",
            "INSERT INTO checkpoint SELECT year, \(size), note FROM checkpoint LIMIT 1",
            "INSERT INTO tombstone VALUES(\(size), \(Int64.max), x'00')", "INSERT INTO tombstone VALUES(0, \(size), x'00')",
            "INSERT INTO tile SELECT year, 0, \(abs(size)), hashes FROM tile",
        ] {
            let home = try Home()
            try await home.fill(10)
            try home.tamper(change.replacing("'audit", with: "CAST('audit").replacing("\n' FROM", with: "\n' AS BLOB) FROM"))
            // A part is led to the newest checkpoint alone.
            let isOlder = size < 0 && change.hasPrefix("INSERT INTO checkpoint")
            let ranges: [Range<Int64>?] = isOlder ? [nil] : [nil, 0..<5]
            for range in ranges {
                #expect(try await !home.verify(range).isWhole, "\(change)")
            }
            try? await serve(home)
        }
    }

    /// A row far behind the end that is no entry: nothing is missing before it.
    @Test(arguments: [Int64(13), 9_007_199_254_740_993]) func aRowFarBehindTheEndIsNamedItself(place: Int64) async throws {
        let home = try await Home.withUnsignedTail()
        try home.tamper("INSERT INTO entry VALUES(?, x'00')", [place])
        let faults = try await home.verify().faults
        #expect(faults.map(\.kind) == [.malformed] && faults.first?.entry == place && faults.first?.through == place, "\(faults)")
    }

    /// Times in the clear part of an entry that nobody signed yet.
    @Test(arguments: [Int64.min, .min + 1, .max, -9_000_000_000_000_000_000, 260_000_000_000_000_000])
    func aTimeOfNoYearIsNoEntry(time: Int64) async throws {
        let home = try await Home.withUnsignedTail()
        var entry = try home.blob("SELECT bytes FROM entry WHERE position = 11")
        for index in 0..<8 { entry[17 + index] = UInt8(truncatingIfNeeded: time >> Int64(56 - 8 * index)) }
        for kind in [entry[29], EventKind.acceptance.rawValue] {
            entry[29] = kind
            try home.tamper("UPDATE entry SET bytes = ? WHERE position = 11", [Data(entry)])
            await #expect(throws: AuditError(.tampered, "entry 11 of the audit log is none that this program wrote")) {
                try await serve(home)
            }
            #expect(try await !home.verify().isWhole)
        }
    }

    /// Rows and tables that no server leaves behind, and that nobody reads.
    @Test(arguments: [
        "INSERT INTO tile SELECT year, 7, 0, hashes FROM tile WHERE level = 0 AND number = 0",
        "INSERT INTO tile SELECT year, 1, 0, hashes FROM tile WHERE level = 0 AND number = 0",
        "INSERT INTO tile SELECT year, \(Int64.max), 0, hashes FROM tile WHERE level = 0 AND number = 0",
        "INSERT INTO tile SELECT year, \(Int64.min), 0, hashes FROM tile WHERE level = 0 AND number = 0",
        "INSERT INTO tile SELECT year, 0, \(Int64.min), hashes FROM tile WHERE level = 0 AND number = 0",
        "INSERT INTO tile SELECT 1999, 0, 0, hashes FROM tile WHERE level = 0 AND number = 0",
        "INSERT INTO checkpoint SELECT \(Int64.min), size, note FROM checkpoint LIMIT 1",
        "INSERT INTO checkpoint SELECT year, \(Int64.min), x'00' FROM book",
        "PRAGMA ignore_check_constraints = 1; INSERT INTO outbox_cursor VALUES(2, 5, x'')",
        "CREATE TABLE stray(a)", "CREATE INDEX stray ON entry(bytes)",
    ]) func aRowThatNobodyReadsIsNamed(change: String) async throws {
        let home = try Home()
        try await home.fill(200)
        #expect(try await home.verify().isWhole)
        try home.tamper(change)
        for range in [nil, 0..<5] as [Range<Int64>?] {
            let faults = try await home.verify(range).faults
            #expect(faults.map(\.kind) == [.inserted], "\(faults)")
        }
    }

    /// What was put behind the newest checkpoint and is none sets nothing back: the one before it is still the newest.
    @Test func aCheckpointThatIsNoneIsNamedAndNothingElse() async throws {
        let home = try Home()
        try await home.fill(300, steps: 3)
        try home.tamper("INSERT INTO checkpoint SELECT year, size + 100, x'00' FROM checkpoint ORDER BY size DESC LIMIT 1")
        let report = try await home.verify(anchored: true)
        #expect(report.faults.map(\.kind) == [.signature] && report.head?.checkpoint.size == 300, "\(report.faults)")
    }
}
