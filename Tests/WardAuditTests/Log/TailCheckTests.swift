import Foundation
import GRDB
import Testing
@testable import WardAudit
import WardDatabase
import WardSQLite
import WardTesting

/// What lies behind the newest checkpoint is signed only if this log wrote it.
@Suite struct TailCheckTests {
    private func start(_ home: Home) async throws {
        let store = try SQLiteAuditStore.open(path: home.logPath)
        do {
            let log = try await home.open(store)
            try await Sequencer(log: log, signer: home.signer, anchor: home.anchor, heartbeat: 0).start()
            await store.close()
        } catch {
            await store.close()
            throw error
        }
    }

    private func write(_ entry: [UInt8], at position: Int64, in home: Home) throws {
        try home.tamper("INSERT OR REPLACE INTO entry (position, bytes) VALUES (?, ?)", [position, Data(entry)])
    }

    private func refuses(_ home: Home, _ position: Int64, _ what: String) async {
        await #expect(throws: AuditError(
            .tampered, "entry \(position), which is not signed yet, \(what): the log was written to by others")) {
            try await start(home)
        }
    }

    @Test func whatTheLogWroteIsSigned() async throws {
        let home = try await Home.withUnsignedTail()
        try await start(home)
        let report = try await home.verify(anchored: true)
        #expect(report.faults.isEmpty && report.unsequenced == 0 && report.entries == 12)
    }

    /// Every field of the header but the two that are filled in at the commit is sealed with the payload.
    @Test(arguments: [22, 24, 25, 29, 30, 31, 32, 47, 48, 63, 64, 112, 120])
    func aChangedByteIsNotSigned(offset: Int) async throws {
        let home = try await Home.withUnsignedTail()
        var entry = try home.blob("SELECT bytes FROM entry WHERE position = 10")
        entry[offset] ^= offset == 31 ? 4 : 1
        try write(entry, at: 10, in: home)
        await refuses(home, 10, "does not open under the log's keys")
    }

    @Test(arguments: [3, 9, 11]) func aCopyIsNotSigned(of position: Int) async throws {
        let home = try await Home.withUnsignedTail()
        var entry = try home.blob("SELECT bytes FROM entry WHERE position = \(position)")
        EntryHeader.setSequence(3, in: &entry)
        try write(entry, at: 12, in: home)
        await refuses(home, 12, "is a copy of an earlier one")
    }

    @Test func whatHasNoFormIsNotSigned() async throws {
        let home = try await Home.withUnsignedTail()
        try write(Array("junk".utf8), at: 12, in: home)
        await #expect(throws: AuditError(.tampered, "entry 12 of the audit log is none that this program wrote")) {
            try await start(home)
        }
    }

    /// A running log is halted, and signs nothing of it.
    @Test func aRunningLogIsHalted() async throws {
        let home = try Home()
        let store = try SQLiteAuditStore.open(path: home.logPath)
        let log = try await home.open(store)
        let sequencer = Sequencer(log: log, signer: home.signer, anchor: home.anchor, heartbeat: 0)
        _ = try await log.record([Home.writeEvent()], releasing: ())
        try await sequencer.sequenceAll()
        var entry = try home.blob("SELECT bytes FROM entry WHERE position = 0")
        EntryHeader.setSequence(2, in: &entry)
        try write(entry, at: 1, in: home)
        await #expect(throws: AuditError.self) { try await sequencer.sequenceAll() }
        #expect(try SignedCheckpoint(parsing: #require(await store.head(of: CalendarDate.year(of: home.clock.now()))).note)
            .checkpoint.size == 1)
        await store.close()
    }

    /// A row of somebody else whose time lies in a later year opens no book: what the log wrote after it would stand in that book
    /// for good.
    @Test(arguments: [false, true]) func nobodyElseOpensABook(isFirst: Bool) async throws {
        let home = isFirst ? try Home() : try await Home.withUnsignedTail()
        let store = try SQLiteAuditStore.open(path: home.logPath)
        let log = try await home.open(store)
        let sequencer = Sequencer(log: log, signer: home.signer, anchor: home.anchor, heartbeat: 0)
        if !isFirst { try await sequencer.sequenceAll() }
        _ = try await log.record([Home.writeEvent()], releasing: ())
        let place = isFirst ? 0 : 12
        var entry = try home.blob("SELECT bytes FROM entry WHERE position = \(place)")
        let later = CalendarDate.start(ofYear: CalendarDate.year(of: home.clock.now()) + 1)
        for index in 0..<8 { entry[17 + index] = UInt8(truncatingIfNeeded: later >> Int64(56 - 8 * index)) }
        try write(entry, at: Int64(place), in: home)
        let books = try await store.state().books
        await #expect(throws: AuditError(.tampered, """
            entry \(place), which is not signed yet, does not open under the log's keys: the log was written to by others
            """)) { try await sequencer.sequenceAll() }
        #expect(try await store.state().books == books)
        await store.close()
    }

    /// A verifier sees a copy that somebody had signed all the same.
    @Test func aCopyShowsInTheEntries() async throws {
        let home = try await Home.withUnsignedTail()
        var entry = try home.blob("SELECT bytes FROM entry WHERE position = 5")
        var check = EmitterCheck(isWhole: false)
        for (position, sequence) in [(Int64(5), UInt64(6)), (6, 7)] {
            EntryHeader.setSequence(sequence, in: &entry)
            entry.withUnsafeBytes { check.take($0, position: position, year: 1) }
        }
        #expect(check.faults.map(\.kind) == [.duplicate] && check.faults.map(\.entry) == [6])
    }
}
