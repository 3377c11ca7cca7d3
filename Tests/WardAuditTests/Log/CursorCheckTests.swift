import Foundation
import Testing
@testable import WardAudit
import WardDatabase
import WardSQLite
import WardTesting

/// Nothing signs the cursor of the outbox: whatever somebody writes there is named, halts the log, and ends nothing.
@Suite struct CursorCheckTests {
    private func records(_ home: Home) throws -> SQLiteRecordStore {
        try SQLiteRecordStore(path: home.folder.appendingPathComponent("ward.db").path)
    }

    private func commit(_ log: AuditLog, to records: any RecordStore) async throws {
        let event = try log.seal(Home.writeEvent(), digest: [UInt8](repeating: 3, count: 32))
        _ = try await records.commit(WriteBatch(events: [event]))
    }

    /// A log of reads, two events of the outbox, and reads again.
    private func home(after reads: Int = 3) async throws -> Home {
        let home = try Home()
        try await home.fill(5)
        let (store, records) = (try SQLiteAuditStore.open(path: home.logPath), try records(home))
        let log = try await home.open(store)
        for _ in 0..<2 { try await commit(log, to: records) }
        try await OutboxRelay(from: records, to: log).relayAll()
        if reads > 0 { _ = try await log.record((0..<reads).map { _ in Home.writeEvent() }, releasing: ()) }
        try await Sequencer(log: log, signer: home.signer, anchor: home.anchor, heartbeat: 0).sequenceAll()
        await store.close()
        await records.close()
        return home
    }

    private static let numbers: [Int64] = [.min, .min + 1, -1, 0, 1, 3, 4, 1 << 60, .max - 1, .max]

    @Test(arguments: numbers) func anotherNumberIsNamedAndHaltsTheLog(number: Int64) async throws {
        let home = try await home()
        #expect(try await home.verify(anchored: true).isWhole)
        try home.tamper("UPDATE outbox_cursor SET number = \(number)")
        for range in [nil, 0..<4] as [Range<Int64>?] {
            let faults = try await home.verify(range).faults
            #expect(faults.map(\.kind) == [.changed] && faults.first?.what.contains("outbox_cursor") == true, "\(faults)")
        }
        let (store, records) = (try SQLiteAuditStore.open(path: home.logPath), try records(home))
        let log = try await home.open(store)
        let relay = OutboxRelay(from: records, to: log)
        try await commit(log, to: records)
        let error = await #expect(throws: AuditError.self) { try await relay.relayAll() }
        #expect(error?.code == .tampered && error?.context.contains("VALUES(1, 2, x'") == true, "\(String(describing: error))")
        #expect(throws: AuditError.self) { try log.requireWritable() }
        #expect(try await records.outbox(after: 0, limit: 9).count == 1, "nothing was removed")
        await store.close()
        // The words say what sets it right.
        let words = try #require(error?.context)
        try home.tamper(String(words[try #require(words.range(of: "INSERT OR REPLACE")).lowerBound...]))
        let again = try SQLiteAuditStore.open(path: home.logPath)
        #expect(try await OutboxRelay(from: records, to: try await home.open(again)).relayAll() == 1)
        await again.close()
        await records.close()
        #expect(try await home.verify().isWhole)
    }

    @Test(arguments: ["UPDATE outbox_cursor SET event = zeroblob(16)", "UPDATE outbox_cursor SET event = x''", "DELETE FROM outbox_cursor"])
    func anotherEventOrNoneIsNamed(change: String) async throws {
        let home = try await home()
        try home.tamper(change)
        for range in [nil, 0..<4] as [Range<Int64>?] {
            #expect(try await home.verify(range).faults.map(\.kind) == [.changed])
        }
    }

    /// While the relay runs: nothing more is acknowledged, also where what comes next would seem to follow.
    @Test(arguments: [1, Int64.max]) func aCursorThatIsMovedMeanwhileHaltsTheLog(number: Int64) async throws {
        let home = try await home()
        let (store, records) = (try SQLiteAuditStore.open(path: home.logPath), try records(home))
        let log = try await home.open(store)
        let relay = OutboxRelay(from: records, to: log)
        try await commit(log, to: records)
        try await relay.relayAll()
        try await commit(log, to: records)
        try home.tamper("UPDATE outbox_cursor SET number = \(number)")
        let running = Task { try await relay.run() }
        let deadline = ContinuousClock.now + .seconds(600)
        while log.isWritable, .now < deadline { try await Task.sleep(for: .milliseconds(2)) }
        #expect(!log.isWritable)
        #expect(throws: AuditError.self) { try log.seal(Home.writeEvent()) }
        #expect(try await records.outbox(after: 0, limit: 9).count == 1)
        running.cancel()
        _ = try? await running.value
        await store.close()
        await records.close()
    }

    /// An entry as the relay brings it: of the outbox, under a number there.
    private func outboxEntry(_ number: UInt64, of log: AuditLog) throws -> (bytes: [UInt8], cursor: OutboxCursor) {
        var entry = try log.seal(Home.writeEvent()).entry
        EntryHeader.setSequence(number, in: &entry)
        return (entry, OutboxCursor(number: Int64(number), event: try EntryHeader(parsing: entry).eventID))
    }

    /// What others wrote behind the newest checkpoint may have moved it, and was taken aside.
    @Test func aCursorThatNamesWhatLiesAsideIsRight() async throws {
        let home = try await home(after: 0)
        let written = try SQLiteAuditStore.open(path: home.logPath)
        let (entry, cursor) = try outboxEntry(3, of: try await home.open(written))
        let forged = entry.dropLast() + [entry[entry.count - 1] ^ 1]
        _ = try await written.relay([Array(forged)], from: try await written.state().cursor, to: cursor)
        let sealer = EntrySealer(origin: home.origin, keys: Home.keys)
        #expect(try await TailRepair(store: written, sealer: sealer, clock: home.clock).run(by: .system(), random: 5).rows == 1)
        await written.close()
        try await home.fill(3)
        let store = try SQLiteAuditStore.openForReading(path: home.logPath)
        let check = CursorCheck(of: store)
        #expect(try await check.finding() == nil)
        for range in [nil, 0..<4] as [Range<Int64>?] { #expect(try await home.verify(range).isWhole) }
        for change in ["number = 4", "number = 3, event = zeroblob(16)"] {
            try home.tamper("UPDATE outbox_cursor SET \(change)")
            #expect(try await check.finding() != nil, "\(change)")
        }
        await store.close()
    }

    /// The last event of the outbox may have expired with all that came from there.
    @Test func anEventThatExpiredIsNotMissed() async throws {
        let aging = try await AgingLog()
        let (entry, cursor) = try outboxEntry(1, of: aging.log)
        _ = try await aging.store.relay([entry], from: .start, to: cursor)
        try await aging.fill(300)
        try await aging.grow(years: 7)
        #expect(try await aging.expire().before == 301)
        #expect(try await CursorCheck(of: aging.store).finding() == nil)
        #expect(try await aging.home.verify(anchored: true).isWhole)
        try aging.home.tamper("UPDATE outbox_cursor SET number = 0")
        #expect(try await CursorCheck(of: aging.store).finding() != nil)
        await aging.close()
    }

    /// The last event of the outbox is far behind: it is found by its own time.
    @Test func anEventFarBehindTheEndIsFound() async throws {
        let home = try await home(after: 0)
        try await home.fill(Int(CursorCheck.window) + 10)
        let store = try SQLiteAuditStore.openForReading(path: home.logPath)
        #expect(try await CursorCheck(of: store).finding() == nil)
        try home.tamper("UPDATE outbox_cursor SET number = 7")
        #expect(try await CursorCheck(of: store).finding()?.remedy == "`ward audit restore`")
        await store.close()
    }
}
