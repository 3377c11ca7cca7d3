import Foundation
import ServiceLifecycle
import Testing
@testable import WardAudit
import WardDatabase
import WardSQLite
import WardTesting

@Suite struct OutboxRelayTests {
    private func records(_ home: Home, _ name: String = "ward.db") throws -> SQLiteRecordStore {
        try SQLiteRecordStore(path: home.folder.appendingPathComponent(name).path)
    }

    private func commit(_ log: AuditLog, to records: any RecordStore) async throws -> EventID {
        let event = try log.seal(Home.writeEvent(), digest: [UInt8](repeating: 3, count: 32))
        let receipt = try await records.commit(WriteBatch(events: [event]))
        let audited = try Audited("done", committed: receipt, events: [event.id])
        return audited.events[0]
    }

    private func ids(_ store: any AuditStore, of emitter: EmitterID = .outbox) async throws -> [EventID] {
        let block = try await store.entries(from: 0, limit: 100_000, maximumBytes: 1 << 28)
        let headers = try (0..<block.count).map { try EntryHeader(parsing: block[$0]) }
        return headers.filter { $0.emitter == emitter }.map(\.eventID)
    }

    @Test func committedEventsReachTheLogWithinMillisecondsAndLeaveTheOutbox() async throws {
        let home = try Home()
        let (store, records) = (try SQLiteAuditStore.open(path: home.logPath), try records(home))
        let log = try await home.open(store)
        let group = ServiceGroup(services: [OutboxRelay(from: records, to: log)], logger: Home.quiet)
        let running = Task { try await group.run() }
        var committed: [EventID] = []
        for _ in 0..<30 { committed.append(try await commit(log, to: records)) }
        let deadline = ContinuousClock.now + .seconds(600)
        while try await ids(store).count < 30, .now < deadline { try await Task.sleep(for: .milliseconds(5)) }
        #expect(try await ids(store) == committed)
        committed.append(try await commit(log, to: records))
        await group.triggerGracefulShutdown()
        try await running.value
        #expect(try await ids(store) == committed)
        #expect(try await records.outbox(after: 0, limit: 1).isEmpty)
        await store.close()
        await records.close()
        #expect(try await home.verify().isWhole)
    }

    /// Somebody moves the cursor ahead: what would be passed over stays in the outbox, and the log halts.
    @Test func aCursorThatWasMovedAheadPassesNothingOver() async throws {
        let home = try Home()
        let (store, records) = (try SQLiteAuditStore.open(path: home.logPath), try records(home))
        let log = try await home.open(store)
        let relay = OutboxRelay(from: records, to: log)
        _ = try await commit(log, to: records)
        try await relay.relayAll()
        _ = try await commit(log, to: records)
        try await relay.relayAll()
        try home.tamper("UPDATE outbox_cursor SET number = number + 2")
        for _ in 0..<3 { _ = try await commit(log, to: records) }
        await #expect(throws: AuditError.self) { try await relay.relayBatch() }
        #expect(throws: AuditError.self) { try log.requireWritable() }
        #expect(try await records.outbox(after: 0, limit: 9).count == 3, "nothing was removed")
        #expect(try await ids(store).count == 2)
        await store.close()
        await records.close()
    }

    /// Random failures of every write and of the outbox, and a new relay each time, as after a kill.
    @Test(arguments: UInt64(0)..<6) func eachEventOnceWhateverFails(seed: UInt64) async throws {
        let home = try Home()
        let (store, inner) = (try SQLiteAuditStore.open(path: home.logPath), try records(home))
        var random = SeededRandom(seed: seed)
        var committed: [EventID] = []
        for _ in 0..<25 {
            let faulty = FaultyAuditStore(store)
            let records = FaultyDatabase(inner)
            let log = try await home.open(faulty)
            for _ in 0..<Int.random(in: 0...20, using: &random) { committed.append(try await commit(log, to: inner)) }
            let moment: FaultyAuditStore.Moment = Bool.random(using: &random) ? .before : .after
            if Bool.random(using: &random) { faulty.set { _ in moment } }
            if Bool.random(using: &random) {
                let after = Int.random(in: 0...4, using: &random)
                records.inject(.init(.outbox, DatabaseError(.unavailable, "injected"), after: after, times: 99))
            }
            _ = try? await OutboxRelay(from: records, to: log).relayAll()
        }
        try await OutboxRelay(from: inner, to: try await home.open(store)).relayAll()
        #expect(try await ids(store) == committed)
        await store.close()
        await inner.close()
        #expect(try await home.verify().isWhole)
    }

    @Test func anOutboxThatWasSetBackHaltsTheLog() async throws {
        let home = try Home()
        let (store, old) = (try SQLiteAuditStore.open(path: home.logPath), try records(home))
        let log = try await home.open(store)
        for _ in 0..<5 { _ = try await commit(log, to: old) }
        try await OutboxRelay(from: old, to: log).relayAll()
        await old.close()
        let fresh = try records(home, "older.db")
        _ = try await commit(log, to: fresh)
        await #expect {
            try await OutboxRelay(from: fresh, to: log).relayAll()
        } throws: { error in
            guard let error = error as? AuditError else { return false }
            return error.code == .outboxRolledBack && error.context.hasPrefix("row 1 of the outbox")
                && error.context.contains("restore the newest records.db")
        }
        #expect(!log.isWritable)
        await #expect(throws: AuditError.self) { try await log.probe() }
        #expect(!log.isWritable)
        await store.close()
        await fresh.close()
    }

    @Test func evidenceIsOnlyWhatTheReceiptHolds() async throws {
        let home = try Home()
        let (store, records) = (try SQLiteAuditStore.open(path: home.logPath), try records(home))
        let log = try await home.open(store)
        let (event, other) = (try log.seal(Home.writeEvent()), try log.seal(Home.writeEvent()))
        let receipt = try await records.commit(WriteBatch(events: [event]))
        #expect(throws: AuditError.self) { try Audited(1, committed: receipt, events: []) }
        #expect(throws: AuditError.self) { try Audited(1, committed: receipt, events: [event.id, other.id]) }
        #expect(try Audited(1, committed: receipt, events: [event.id]).value == 1)
        await store.close()
        await records.close()
    }
}
