import Foundation
import Testing
@testable import WardAudit
import WardDatabase
import WardSQLite
import WardTesting

@Suite struct AuditLogTests {
    @Test func aValueIsReleasedOnceItsEventIsDurable() async throws {
        let home = try Home()
        let store = try SQLiteAuditStore.open(path: home.logPath)
        let log = try await home.open(store)
        let audited = try await log.record(Home.writeEvent(), releasing: 7)
        #expect(audited.value == 7 && audited.map { "\($0)" }.value == "7"
            && audited.map { $0 }.events == audited.events)
        let block = try await store.entries(from: 0, limit: 9, maximumBytes: 999)
        let (header, event) = try EntrySealer(origin: home.origin, keys: Home.keys).open(Array(block[0]))
        #expect(header.eventID == audited.events[0] && header.sequence == 1 && header.emitter == log.emitter)
        #expect(event == Home.writeEvent())
        await #expect(throws: AuditError.self) { try await log.record([], releasing: 1) }
        await store.close()
    }

    @Test func manyAtOnceAreDenseAndAllThere() async throws {
        let home = try Home()
        let store = try SQLiteAuditStore.open(path: home.logPath)
        let log = try await home.open(store)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<64 {
                group.addTask { for _ in 0..<20 { try await log.record(Home.writeEvent()) } }
            }
            try await group.waitForAll()
        }
        #expect(try await store.state().nextPosition == 1_280)
        await store.close()
        #expect(try await home.verify().isWhole)
    }

    @Test func moreThanOneAppendTakesGoInBySlices() async throws {
        let home = try Home()
        let store = try SQLiteAuditStore.open(path: home.logPath)
        let faulty = FaultyAuditStore(store)
        let log = try await home.open(faulty)
        let events = [AuditEvent](repeating: Home.writeEvent(), count: AuditLimits.entriesPerAppend * 2 + 1)
        #expect(try await log.record(events, releasing: 7).events.count == events.count)
        #expect(try await store.state().nextPosition == Int64(events.count))
        faulty.set { $0 % 2 == 0 ? .before : nil }
        await #expect(throws: AuditError.self, "nothing is released unless all are durable") {
            try await log.record(events, releasing: 7)
        }
        await store.close()
        #expect(try await home.verify().isWhole)
    }

    @Test func aCancelledCallerTakesNobodyWithIt() async throws {
        let home = try Home()
        let store = try SQLiteAuditStore.open(path: home.logPath)
        let log = try await home.open(store)
        let tasks = (0..<20).map { _ in Task { try await log.record(Home.writeEvent()) } }
        for task in tasks.prefix(10) { task.cancel() }
        for task in tasks { try await task.value }
        #expect(try await store.state().nextPosition == 20)
        await store.close()
    }

    @Test(arguments: FaultyAuditStore.Moment.allCases)
    func itFailsClosedUntilAProbeSucceeds(moment: FaultyAuditStore.Moment) async throws {
        let home = try Home()
        let store = try SQLiteAuditStore.open(path: home.logPath)
        let faulty = FaultyAuditStore(store)
        let log = try await home.open(faulty)
        try await log.record(Home.writeEvent())
        try log.requireWritable()
        faulty.set { _ in moment }
        await #expect(throws: AuditError(.unavailable, "append to the audit log: unavailable")) {
            try await log.record(Home.writeEvent(), releasing: 1)
        }
        #expect(!log.isWritable)
        #expect(throws: AuditError.self) { try log.requireWritable() }
        #expect(throws: AuditError.self) { try log.seal(Home.writeEvent()) }
        faulty.set { _ in nil }
        await #expect(throws: AuditError.self) { try await log.record(Home.writeEvent()) }
        try await log.probe()
        #expect(log.isWritable)
        try await log.record(Home.writeEvent())
        await store.close()
        // Whether the append that failed was durable or not: no gap, no double.
        let report = try await home.verify()
        #expect(report.faults == [] && report.entries == (moment == .before ? 3 : 4))
    }

    @Test func aClockThatIsSetBackStopsTheLogUntilItCaughtUp() async throws {
        let home = try Home()
        let store = try SQLiteAuditStore.open(path: home.logPath)
        let log = try await home.open(store)
        try await log.record(Home.writeEvent())
        home.clock.advance(by: .seconds(-3))
        try await log.record(Home.writeEvent())
        home.clock.advance(by: .seconds(-60))
        await #expect(throws: AuditError(.clock, "the clock is behind the newest entry of the audit log")) {
            try await log.record(Home.writeEvent())
        }
        #expect(throws: AuditError.self) { try log.requireWritable() }
        await #expect(throws: AuditError.self) { try await home.open(store) }
        home.clock.advance(by: .seconds(70))
        try log.requireWritable()
        try await log.record(Home.writeEvent())
        await store.close()
        #expect(try await home.verify().isWhole)
    }

    @Test func aFullDiskIsToldAsUnavailable() async throws {
        let home = try Home()
        let store = try SQLiteAuditStore.open(path: home.logPath)
        let faulty = FaultyAuditStore(store, error: DatabaseError(.full, "injected")) { _ in .before }
        let log = try await home.open(faulty)
        await #expect(throws: AuditError(.unavailable, "append to the audit log: full")) {
            try await log.record(Home.writeEvent())
        }
        await store.close()
    }

    /// Somebody takes entries from the end while the log is open: nothing else takes their places, signed or not.
    @Test(arguments: [false, true]) func whatWasTakenFromTheEndIsNotWrittenOver(isSigned: Bool) async throws {
        let home = try Home()
        let store = try SQLiteAuditStore.open(path: home.logPath)
        let log = try await home.open(store)
        let sequencer = Sequencer(log: log, signer: home.signer, anchor: home.anchor, heartbeat: 0)
        for _ in 0..<5 { try await log.record(Home.writeEvent()) }
        if isSigned { try await sequencer.sequenceAll() }
        try home.tamper("DELETE FROM entry WHERE position >= 3")
        await #expect(throws: AuditError.self) { try await log.record(Home.writeEvent()) }
        #expect(!log.isWritable)
        try? await log.probe()
        #expect(!log.isWritable)
        if isSigned { #expect(try await store.state().nextPosition == 3) }
        await store.close()
    }
}
