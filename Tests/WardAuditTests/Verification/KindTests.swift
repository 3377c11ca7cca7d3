import Foundation
import GRDB
import Testing
@testable import WardAudit
import WardDatabase
import WardSQLite
import WardTesting

/// The eight kinds of tampering have the same name and place, whether the whole log is verified or the part where it was done.
/// `Tests/Clients/test_proofs.py` shows the same of the command and of the verifier by other hands.
@Suite struct KindTests {
    /// What is done to a log of 2,000 entries, and how it shows.
    struct Case: Sendable, CustomTestStringConvertible {
        var kind: Fault.Kind
        var entry: Int64?
        var part: Range<Int64>
        var statements: [String]
        var testDescription: String { "\(kind) \(part)" }

        init(_ kind: Fault.Kind, _ entry: Int64?, in part: Range<Int64>, _ statements: String...) {
            (self.kind, self.entry, self.part, self.statements) = (kind, entry, part, statements)
        }
    }

    private static let aside = "UPDATE entry SET position = -position - 1 WHERE position"

    static let cases = [
        Case(.changed, 300, in: 290..<310, "UPDATE entry SET bytes = zeroblob(300) WHERE position = 300"),
        Case(.removed, 300, in: 290..<310, "DELETE FROM entry WHERE position = 300"),
        Case(.removed, 300, in: 290..<310, "DELETE FROM entry WHERE position = 300",
            "\(aside) > 300", "UPDATE entry SET position = -position - 2 WHERE position < 0"),
        // The part begins after the entry that is missing: its own were renumbered.
        Case(.removed, 300, in: 600..<610, "DELETE FROM entry WHERE position = 300",
            "\(aside) > 300", "UPDATE entry SET position = -position - 2 WHERE position < 0"),
        Case(.inserted, 300, in: 290..<310, "\(aside) >= 300", "UPDATE entry SET position = -position WHERE position < 0",
            "INSERT INTO entry SELECT 300, bytes FROM entry WHERE position = 40"),
        Case(.inserted, 300, in: 290..<310, "\(aside) >= 300", "UPDATE entry SET position = -position WHERE position < 0",
            "INSERT INTO entry VALUES(300, zeroblob(300))"),
        // Two that were swapped, near and far; the other one lies beyond the part.
        Case(.reordered, 300, in: 290..<310, "\(aside) = 300", "UPDATE entry SET position = 300 WHERE position = 301",
            "UPDATE entry SET position = 301 WHERE position < 0"),
        Case(.reordered, 300, in: 290..<310, "\(aside) = 300", "UPDATE entry SET position = 300 WHERE position = 1500",
            "UPDATE entry SET position = 1500 WHERE position < 0"),
        // One that was moved, and those between renumbered: forward, backward, and behind the last.
        Case(.reordered, 300, in: 290..<310, "\(aside) = 300",
            "UPDATE entry SET position = -position - 1000000 WHERE position BETWEEN 301 AND 1500",
            "UPDATE entry SET position = -position - 1000001 WHERE position < -1000000",
            "UPDATE entry SET position = 1500 WHERE position < 0"),
        Case(.reordered, 300, in: 290..<310, "\(aside) = 1500",
            "UPDATE entry SET position = -position - 1000000 WHERE position BETWEEN 300 AND 1499",
            "UPDATE entry SET position = -position - 999999 WHERE position < -1000000",
            "UPDATE entry SET position = 300 WHERE position < 0"),
        Case(.reordered, 300, in: 290..<310, "UPDATE entry SET position = 2000 WHERE position = 300"),
        Case(.truncated, 1_900, in: 1_890..<1_910, "DELETE FROM entry WHERE position >= 1900"),
        Case(.truncated, 1_900, in: 1_950..<1_960, "DELETE FROM entry WHERE position >= 1900"),
        Case(.truncated, 0, in: 0..<10, "DELETE FROM entry"),
        Case(.truncated, 0, in: 0..<10, "DELETE FROM entry", "DELETE FROM book", "DELETE FROM checkpoint", "DELETE FROM tile"),
        Case(.rolledBack, 1_500, in: 0..<10, "DELETE FROM checkpoint WHERE size = 2000"),
        Case(.rolledBack, 0, in: 0..<10, "DELETE FROM checkpoint"),
        Case(.inserted, -1, in: 290..<310, "INSERT INTO entry VALUES(-1, zeroblob(300))"),
        Case(.inserted, -7, in: 290..<310, "INSERT INTO entry VALUES(-7, zeroblob(3))", "INSERT INTO entry VALUES(-2, x'')"),
        Case(.removed, nil, in: 290..<310, "DELETE FROM book"),
    ]

    @Test(arguments: cases) func theWholeAndThePartSayTheSame(_ tampering: Case) async throws {
        let home = try Home()
        try await home.fill(2_000, steps: 4)
        for statement in tampering.statements { try home.tamper(statement) }
        for range in [nil, tampering.part] {
            let found = try await home.verify(range).faults
            #expect(found.first?.kind == tampering.kind && found.first?.entry == tampering.entry, "\(found.prefix(3))")
        }
    }

    @Test func aForkedLogAndAnOlderOneAreNamedInAPart() async throws {
        let (home, other) = (try Home(), try Home())
        try await home.fill(600)
        try await other.fill(700)
        try FileManager.default.removeItem(atPath: home.logPath)
        try FileManager.default.copyItem(atPath: other.logPath, toPath: home.logPath)
        for range in [nil, 0..<10] as [Range<Int64>?] {
            #expect(try await home.verify(range, anchored: true).faults.map(\.kind) == [.forked])
        }
        let older = try Home()
        try await older.fill(600)
        let copy = try Data(contentsOf: URL(fileURLWithPath: older.logPath))
        try await older.fill(400)
        try copy.write(to: URL(fileURLWithPath: older.logPath))
        for range in [nil, 0..<10] as [Range<Int64>?] {
            let found = try await older.verify(range, anchored: true).faults
            #expect(found.map(\.kind) == [.rolledBack] && found[0].entry == 600, "\(found)")
        }
    }

    /// The part begins with the entry whose time is before that of the one before it.
    @Test(arguments: [3..<5, 0..<5, 3..<4] as [Range<Int64>]) func aMovedClockIsNamedInAPart(part: Range<Int64>) async throws {
        let home = try Home()
        let store = try SQLiteAuditStore.open(path: home.logPath)
        let sealer = EntrySealer(origin: home.origin, keys: Home.keys)
        let ids = TimeOrderedIDs(clock: home.clock)
        for (index, offset) in [Int64(0), 70, 65, 5, 80].enumerated() {
            let entry = try sealer.seal(
                Home.writeEvent(), id: try #require(EventID(ids.next())), time: home.clock.now() + offset * 1_000_000,
                emitter: .process(random: 1), sequence: UInt64(index + 1), digest: nil)
            _ = try await store.append([entry])
        }
        await store.close()
        for range in [nil, part] {
            let found = try await home.verify(range).faults
            #expect(found.map(\.kind) == [.clock] && found[0].entry == 3, "\(found)")
        }
        for part in [0..<3, 4..<5] as [Range<Int64>] { #expect(try await home.verify(part).isWhole) }
    }

    /// The table itself refuses what only somebody who writes into the file can put there.
    @Test func theTableRefusesNegativePositions() async throws {
        let home = try Home()
        try await home.fill(10)
        let database = try DatabaseQueue(path: home.logPath)
        #expect(throws: GRDB.DatabaseError.self) {
            try database.write { try $0.execute(sql: "INSERT INTO entry VALUES(-1, x'00')") }
        }
        try database.close()
    }
}
