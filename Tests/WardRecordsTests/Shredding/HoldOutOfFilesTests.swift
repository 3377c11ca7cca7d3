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
