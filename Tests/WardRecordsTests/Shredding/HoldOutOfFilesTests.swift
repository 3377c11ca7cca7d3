import Foundation
import GRDB
import Testing
import WardAudit
import WardDatabase
import WardRecords
import WardTesting

/// A legal hold that somebody takes out of the files lets no shredding through: the audit log tells of it.
@Suite struct HoldOutOfFilesTests {
    private let first = ShreddingHome.caller(1)
    private let second = ShreddingHome.caller(2)

    /// Takes every hold out of the records, as somebody does who has the disk and no key.
    private func takeHoldsOut(_ home: ShreddingHome, _ opened: ShreddingHome.Opened) async throws -> ShreddingHome.Opened {
        await home.close(opened)
        let database = try DatabaseQueue(path: home.folder.path + "/records.db")
        try await database.write { connection in
            try connection.execute(sql: "DELETE FROM record WHERE type = (SELECT number FROM record_type WHERE name = '_hold')")
            #expect(connection.changesCount > 0)
        }
        try database.close()
        return try await home.open()
    }

    private func refused(_ code: ShreddingError.Code, _ body: () async throws -> Void) async {
        await #expect("\(code)") { try await body() } throws: { ($0 as? ShreddingError)?.code == code }
    }

    /// - Parameter isRelayed: whether the entry is in the log already, or waits in the outbox.
    @Test(arguments: [true, false]) func nothingIsConfirmedAndNothingIsAsked(_ isRelayed: Bool) async throws {
        let home = try await ShreddingHome()
        var opened = try await home.open()
        try await home.fill("kept", "Held", opened)
        try await home.fill("other", "Other", opened)
        let asked = try await opened.desk.ask("Patient/kept", reason: "r", by: first)
        home.clock.advance(by: .seconds(1))
        _ = try await opened.desk.hold("Patient/kept", reason: "case", by: first)
        if isRelayed { _ = try await OutboxRelay(from: opened.records, to: opened.audit).relayAll() }
        opened = try await takeHoldsOut(home, opened)
        await refused(.holdDisagrees) { _ = try await opened.desk.confirm(asked.id, by: second) }
        await refused(.holdDisagrees) { _ = try await opened.desk.ask("Patient/kept", reason: "r", by: first) }
        let request = try await opened.desk.list().first { $0.id == asked.id }
        #expect(request?.request.state == .asked)
        _ = try await opened.desk.ask("Patient/other", reason: "r", by: first)
        #expect(try await home.verify(opened).faults.contains { $0.kind == .removed && $0.record == "_hold/kept" })
        await home.close(opened)
    }

    /// The holds of whom records and log say otherwise.
    private func disagreeing(_ opened: ShreddingHome.Opened) async throws -> [String: HoldStatus.Disagreement] {
        let listed = try await opened.desk.listHolds().compactMap { hold in hold.disagreement.map { (hold.patient, $0) } }
        return Dictionary(uniqueKeysWithValues: listed)
    }

    /// What a verification finds of holds, in one go; in steps it is the same.
    private func faults(_ home: ShreddingHome, _ opened: ShreddingHome.Opened) async throws -> [RecordFault] {
        let verifier = try home.verifier(opened)
        let sweep = RecordSweep(verifier)
        var state = try await sweep.begin()
        for _ in 0..<100 where !state.isFinished { state = try await sweep.step(state, rows: 4) }
        let found = try await verifier.verify().faults
        #expect(Set(found) == Set(state.faults))
        return found
    }

    /// - Parameter isRelayed: whether entries are in the log already, or wait in the outbox.
    @Test(arguments: [true, false]) func theListNamesIt(_ isRelayed: Bool) async throws {
        let home = try await ShreddingHome()
        var opened = try await home.open()
        for patient in ["kept", "other"] {
            try await home.fill(patient, "Held", opened)
            _ = try await opened.desk.hold("Patient/\(patient)", reason: "case", by: first)
        }
        _ = try await opened.desk.release("Patient/other", by: second)
        #expect(try await opened.desk.listHolds().map(\.patient) == ["kept"])
        #expect(try await disagreeing(opened) == [:])
        if isRelayed { _ = try await OutboxRelay(from: opened.records, to: opened.audit).relayAll() }
        opened = try await takeHoldsOut(home, opened)
        #expect(try await disagreeing(opened) == ["kept": .notInRecords])
        let lost = try #require(try await opened.desk.listHolds().first)
        #expect(lost.placedBy?.name == "person-1" && lost.placedAt > 0 && lost.reason == nil, "as the log tells it")
        _ = try await opened.desk.hold("Patient/kept", reason: "again", by: first)
        #expect(try await disagreeing(opened) == [:])
        await home.close(opened)
    }

    /// Whoever placed it anew knew that it was gone: the fault ends when the newest that the log tells of it lies in the records.
    @Test(arguments: [true, false]) func placedAnewItIsWhole(_ isRelayed: Bool) async throws {
        let home = try await ShreddingHome()
        var opened = try await home.open()
        try await home.fill("kept", "Held", opened)
        let relay: (ShreddingHome.Opened) async throws -> Void = { opened in
            if isRelayed { _ = try await OutboxRelay(from: opened.records, to: opened.audit).relayAll() }
        }
        _ = try await opened.desk.hold("Patient/kept", reason: "case", by: first)
        try await relay(opened)
        opened = try await takeHoldsOut(home, opened)
        #expect(try await faults(home, opened).map(\.kind) == [.removed])
        _ = try await opened.desk.hold("Patient/kept", reason: "again", by: first)
        try await relay(opened)
        #expect(try await faults(home, opened) == [])
        _ = try await opened.desk.release("Patient/kept", by: second)
        try await relay(opened)
        #expect(try await faults(home, opened) == [])
        #expect(try await opened.desk.ask("Patient/kept", reason: "r", by: first).request.state == .asked)
        // Taken out once more, it is a fault once more.
        _ = try await opened.desk.hold("Patient/kept", reason: "third", by: first)
        try await relay(opened)
        opened = try await takeHoldsOut(home, opened)
        #expect(try await Set(faults(home, opened).map(\.record)) == ["_hold/kept"])
        await home.close(opened)
    }

    /// A release that somebody takes back in the files.
    @Test func aReleaseTakenOut() async throws {
        let home = try await ShreddingHome()
        var opened = try await home.open()
        try await home.fill("kept", "Held", opened)
        _ = try await opened.desk.hold("Patient/kept", reason: "case", by: first)
        _ = try await opened.desk.release("Patient/kept", by: second)
        await home.close(opened)
        let database = try DatabaseQueue(path: home.folder.path + "/records.db")
        try await database.write { connection in
            let holds = "type = (SELECT number FROM record_type WHERE name = '_hold')"
            try connection.execute(sql: "DELETE FROM record WHERE version = 2 AND \(holds)")
            try connection.execute(sql: "UPDATE record SET current = 1 WHERE \(holds)")
            #expect(connection.changesCount == 1)
        }
        try database.close()
        opened = try await home.open()
        #expect(try await disagreeing(opened) == ["kept": .released])
        #expect(try await faults(home, opened).contains { $0.record == "_hold/kept" })
        await home.close(opened)
    }

    @Test func aHoldThatWasReleasedHoldsNothing() async throws {
        let home = try await ShreddingHome()
        var opened = try await home.open()
        try await home.fill("kept", "Held", opened)
        for _ in 0..<2 {
            _ = try await opened.desk.hold("Patient/kept", reason: "case", by: first)
            await refused(.held) { _ = try await opened.desk.ask("Patient/kept", reason: "r", by: first) }
            _ = try await OutboxRelay(from: opened.records, to: opened.audit).relayAll()
            _ = try await opened.desk.release("Patient/kept", by: second)
        }
        let asked = try await opened.desk.ask("Patient/kept", reason: "r", by: first)
        _ = try await OutboxRelay(from: opened.records, to: opened.audit).relayAll()
        await home.close(opened)
        opened = try await home.open()
        home.clock.advance(by: .seconds(1))
        #expect(try await opened.desk.confirm(asked.id, by: second).request.state == .confirmed)
        await home.close(opened)
    }
}
