import Foundation
import GRDB
import Testing
@testable import WardAudit
import WardDatabase
import WardSQLite
import WardTesting

/// A log with people and patients in it, and its questions.
final class AskedLog {
    let home: Home
    let store: SQLiteAuditStore
    let index: SQLiteAuditIndex
    let log: AuditLog
    let sequencer: Sequencer

    init() async throws {
        home = try Home()
        store = try SQLiteAuditStore.open(path: home.logPath)
        index = try SQLiteAuditIndex(path: home.folder.appendingPathComponent("index.db").path)
        log = try await home.open(store)
        sequencer = Sequencer(log: log, signer: home.signer, heartbeat: 0)
    }

    static func patient(_ number: Int) throws -> LogicalID { try #require(LogicalID("p\(number)")) }

    func origin(_ name: String, role: String = "clinician", source: String = "10.1.2.3") -> EventOrigin {
        EventOrigin(actor: .init(id: "id-of-\(name)", name: name, roles: [role]), source: source)
    }

    func read(_ name: String, _ patient: Int, role: String = "clinician", kind: EventKind = .read) async throws {
        let id = try Self.patient(patient)
        try await log.record(
            AuditEvent(kind, by: origin(name, role: role), record: .init(type: "Patient", id: id), patient: id, status: 200))
    }

    /// Events of writes, by the outbox.
    func writeMuch(_ count: Int) async throws {
        let sealer = EntrySealer(origin: home.origin, keys: Home.keys)
        let ids = TimeOrderedIDs(clock: home.clock)
        var cursor = try await store.state().cursor
        let end = cursor.number + Int64(count)
        while cursor.number < end {
            var (entries, next): ([[UInt8]], OutboxCursor) = ([], cursor)
            while next.number < end, entries.count < AuditLimits.entriesPerAppend {
                let id = try #require(EventID(ids.next()))
                next = OutboxCursor(number: next.number + 1, event: id)
                entries.append(try sealer.seal(
                    AuditEvent(.update, by: origin("ada")), id: id, time: home.clock.now(), emitter: .outbox,
                    sequence: UInt64(next.number), digest: nil))
            }
            _ = try await store.relay(entries, from: cursor, to: next)
            cursor = next
        }
    }

    func ask(
        _ question: AuditQuestion, names: [LogicalID: LogQuestions.PatientName] = [:], hours: String = "07:00-19:00"
    ) async throws -> AuditAnswer {
        try await sequencer.sequenceAll()
        return try await LogQuestions(
            store: store, index: EntryIndex(of: store, in: index), sealer: EntrySealer(origin: home.origin, keys: Home.keys),
            keys: home.logKeys, tenant: .first,
            hours: try #require(WorkHours(hours: hours, days: "1-5") { _ in 0 }), clock: home.clock,
            names: { ids in names.filter { ids.contains($0.key) } }
        ).answer(question)
    }

    func close() async {
        await index.close()
        await store.close()
    }
}

@Suite struct QuestionTests {
    @Test func whoSawAndWhatDidFindExactlyTheirsInPages() async throws {
        let asked = try await AskedLog()
        for round in 0..<40 {
            for name in ["ada", "bob"] { try await asked.read(name, round % 4) }
        }
        try await asked.log.record(AuditEvent(
            .refusal, by: asked.origin("eve"), patient: try AskedLog.patient(1), outcome: .minorFailure, status: 403))
        for wholeLog in [false, true] {
            var question = AuditQuestion(.whoSaw, subject: "Patient/p1", limit: 7, readsWholeLog: wholeLog)
            var lines: [AuditLine] = []
            repeat {
                let answer = try await asked.ask(question)
                lines += answer.entries
                question.before = answer.next
                #expect(answer.proof.unsigned == 0 && answer.proof.proved > 0)
                #expect(answer.proof.foundBy == (wholeLog ? "whole log" : "index"))
            } while question.before != nil
            #expect(lines.count == 20 && Set(lines.map(\.entry)).count == 20, "\(wholeLog)")
            #expect(lines.allSatisfy { $0.patient == "Patient/p1" && $0.event == "read" })
            #expect(lines.map(\.entry) == lines.map(\.entry).sorted(by: >))
            let did = try await asked.ask(AuditQuestion(.whatDid, subject: "ADA", limit: 500, readsWholeLog: wholeLog))
            #expect(did.entries.count == 40 && did.entries.allSatisfy { $0.actor == "ada" } && did.next == nil)
        }
        #expect(try await asked.ask(AuditQuestion(.whatDid, subject: "id-of-bob")).entries.first?.actor == "bob")
        await #expect(throws: AuditError(.noEvidence, "the log knows nobody of that name")) {
            try await asked.ask(AuditQuestion(.whatDid, subject: "nobody"))
        }
        for question in [AuditQuestion(.whoSaw), AuditQuestion(.whoSaw, subject: "p1"), AuditQuestion(.denied, subject: "x")] {
            await #expect(throws: AuditError.self) { try await asked.ask(question) }
        }
        await asked.close()
    }

    @Test func timesBoundAnAnswer() async throws {
        let asked = try await AskedLog()
        var times: [Int64] = []
        for _ in 0..<10 {
            times.append(asked.home.clock.now())
            try await asked.read("ada", 1)
            asked.home.clock.advance(by: .seconds(3_600))
        }
        let answer = try await asked.ask(AuditQuestion(.whoSaw, subject: "Patient/p1", from: times[3], to: times[7]))
        #expect(answer.entries.map(\.time) == times[3..<7].reversed().map(LogTime.text))
        await asked.close()
    }

    @Test func refusalsExportsAndEmergenciesAreFoundByKind() async throws {
        let asked = try await AskedLog()
        let by = asked.origin("ada")
        for event in [
            AuditEvent(.refusal, by: by, outcome: .minorFailure, reason: "no-rule", status: 403),
            AuditEvent(.signInFailed, by: by, outcome: .minorFailure, reason: "wrong-code"),
            AuditEvent(.read, by: by, outcome: .minorFailure, reason: "not-found", status: 404),
            AuditEvent(.export, by: by, count: 3), AuditEvent(.backup, by: by),
            AuditEvent(.logRead, by: by, details: [.init("what", "export-csv")]),
            AuditEvent(.logRead, by: by, details: [.init("what", "show")]),
            AuditEvent(.breakGlass, by: by), AuditEvent(.breakGlassReview, by: by),
        ] { try await asked.log.record(event) }
        func kinds(_ kind: AuditQuestion.Kind) async throws -> [String] {
            try await asked.ask(AuditQuestion(kind)).entries.map(\.event).reversed()
        }
        #expect(try await kinds(.denied) == ["refusal", "sign-in-failed"])
        #expect(try await kinds(.leftTheBuilding) == ["export", "backup", "log-read"])
        #expect(try await kinds(.breakGlass) == ["break-glass", "break-glass-review"])
        await asked.close()
    }

    @Test func aTamperedLogGivesNoAnswer() async throws {
        let asked = try await AskedLog()
        for _ in 0..<300 { try await asked.read("ada", 1) }
        _ = try await asked.ask(AuditQuestion(.whoSaw, subject: "Patient/p1"))
        var bytes = try asked.home.blob("SELECT bytes FROM entry WHERE position = 270")
        bytes[bytes.count - 20] ^= 1
        try asked.home.tamper("UPDATE entry SET bytes = ? WHERE position = 270", [Data(bytes)])
        await #expect(throws: AuditError.self) { try await asked.ask(AuditQuestion(.whoSaw, subject: "Patient/p1", limit: 50)) }
        await #expect(throws: AuditError.self) { try await asked.ask(AuditQuestion(.gaps)) }
        await asked.close()
    }

    @Test func anIndexThatLeavesOutIsNoWayRoundTheWholeLogAndIsMadeAnew() async throws {
        let asked = try await AskedLog()
        for _ in 0..<10 { try await asked.read("ada", 1) }
        let question = AuditQuestion(.whoSaw, subject: "Patient/p1")
        #expect(try await asked.ask(question).entries.count == 10)
        let path = asked.home.folder.appendingPathComponent("index.db").path
        let database = try DatabaseQueue(path: path)
        try await database.write { try $0.execute(sql: "DELETE FROM posting WHERE position = 4") }
        #expect(try await asked.ask(question).entries.count == 9)
        var whole = question
        whole.readsWholeLog = true
        #expect(try await asked.ask(whole).entries.count == 10)
        // An index of another log is noticed and made anew.
        try await database.write { try $0.execute(sql: "UPDATE state SET last = x'00112233445566778899aabbccddeeff'") }
        try database.close()
        #expect(try await asked.ask(question).entries.count == 10)
        await asked.close()
    }
}
