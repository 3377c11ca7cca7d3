import Testing
@testable import WardAudit
import WardDatabase
import WardSQLite
import WardTesting

/// Somebody who has the file leaves something in it that acts by itself: it never does, and the file is refused.
@Suite struct TriggerTests {
    private static let left = [
        "CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM entry WHERE position = new.position; END",
        "CREATE TRIGGER t BEFORE INSERT ON entry WHEN hex(substr(new.bytes, 31, 1)) = '43' BEGIN SELECT RAISE(IGNORE); END",
        "CREATE TRIGGER t AFTER UPDATE ON outbox_cursor BEGIN UPDATE outbox_cursor SET number = 9; END",
        "CREATE VIEW v AS SELECT position, bytes FROM entry WHERE position < 5",
    ]

    @Test(arguments: left) func aFileWithIsRefused(sql: String) async throws {
        let home = try Home()
        try await home.fill(10)
        try home.tamper(sql)
        #expect(throws: DatabaseError.self) { try SQLiteAuditStore.open(path: home.logPath) }
        #expect(throws: DatabaseError.self) { try SQLiteAuditStore.openForReading(path: home.logPath) }
        try home.tamper("DROP \(sql.split(separator: " ")[1]) \(sql.split(separator: " ")[2])")
        #expect(try await home.verify().isWhole)
    }

    /// Put there while the log is open: nothing is released whose entry was taken away.
    @Test(arguments: left.prefix(2)) func whatItActsOnFails(sql: String) async throws {
        let home = try Home()
        let store = try SQLiteAuditStore.open(path: home.logPath)
        let log = try await home.open(store)
        try await log.record(Home.writeEvent())
        try home.tamper(sql)
        await #expect(throws: AuditError.self) { try await log.record(Home.writeEvent()) }
        #expect(!log.isWritable)
        try home.tamper("DROP TRIGGER t")
        try await log.probe()
        try await log.record(Home.writeEvent())
        #expect(try await store.state().nextPosition == 3)
        await store.close()
    }
}
