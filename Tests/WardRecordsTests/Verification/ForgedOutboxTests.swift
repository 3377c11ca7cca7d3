import Foundation
import Testing
import WardAudit
import WardDatabase
import WardRecords
import WardSQLite

/// Somebody with the disk writes into the outbox: a verification names each row at which a server would stop, in the words of that server.
@Suite struct ForgedOutboxTests {
    /// What is done to the last row, number 9, and the row that is then none.
    private static let changes: [(sql: String, number: Int64)] = [
        ("UPDATE outbox SET entry = substr(entry, 1, 116) || randomblob(64)", 9),
        ("UPDATE outbox SET entry = substr(entry, 1, 64) || x'0000000000000099' || substr(entry, 73)", 9),
        ("INSERT INTO outbox VALUES (10, zeroblob(16), x'00')", 10),
        ("INSERT INTO outbox SELECT 10, randomblob(16), entry FROM outbox", 10),
        ("INSERT INTO outbox SELECT 1, event, entry FROM outbox", 1),
    ]

    private func named(_ faults: [RecordFault], _ number: Int64) -> Bool {
        faults.contains { $0.kind == .store && $0.place == "outbox \(number)" && $0.what.hasSuffix(OutboxRow.remedy(number)) }
    }

    @Test(arguments: changes) func whatNoServerTakes(_ change: (sql: String, number: Int64)) async throws {
        let home = try await ForgedHome()
        let path = try #require(try home.forged(change.sql))
        let found = try await home.looked(path)
        for faults in [found.faults, found.stepped] { #expect(named(faults, change.number), "\(faults)") }
        let store = try SQLiteRecordStore(path: path)
        for scope in [VerificationScope.since(0), .sample(1)] {
            #expect(named(try await home.verifier(store).verify(scope).faults, change.number), "\(scope)")
        }
        await #expect {
            try await OutboxRelay(from: store, to: home.opened.audit).relayAll()
        } throws: { error in
            guard let error = error as? AuditError else { return false }
            return (error.code == .outboxRolledBack) == (change.number == 1) && error.context.hasSuffix(OutboxRow.remedy(change.number))
        }
        await store.close()
    }

    /// It would come into the log, and nothing after it be signed.
    @Test func aCopyOfWhatTheLogHas() async throws {
        let home = try await ForgedHome()
        let copied = try #require(try home.forged("INSERT INTO outbox SELECT 10, event, entry FROM outbox"))
        let found = try await home.looked(copied)
        for faults in [found.faults, found.stepped] {
            #expect(faults.map(\.place) == ["outbox 10"] && faults[0].what.contains("a copy of an event"), "\(faults)")
        }
        // The last row comes into the log, and is put back under the next number.
        let whole = try #require(try home.forged("UPDATE outbox SET number = number"))
        let store = try SQLiteRecordStore(path: whole)
        let rows = try await store.outbox(after: 0, limit: 9)
        try await OutboxRelay(from: store, to: home.opened.audit).relayAll()
        _ = try await store.commit(WriteBatch(events: rows.map(\.event)))
        let report = try await home.verifier(store).verify()
        #expect(report.faults.map(\.place) == ["outbox 10"], "\(report.faults)")
        await store.close()
    }
}
