import Foundation
import GRDB
import Testing
import WardDatabase
import WardRecords
import WardSQLite

/// Somebody with the disk writes nonsense into the key store: a verification names it and goes on, and what it does not name changes
/// nothing.
@Suite struct ForgedKeyTests {
    /// What is written into every cell; `C` stands for the cell itself.
    private static let values = ["NULL", "9999", "-1", "'x y'", "x'00'", "9223372036854775807", "zeroblob(2000)", "CAST(C AS BLOB)"]

    /// What of that this program could have written itself; everything else is no row of it, and named as such.
    private static let possible: [String: [String: Set<String>]] = [
        "wrapped_key": [
            "patient": ["9999", "-1", "9223372036854775807"], "version": ["9999"], "kek_version": ["9999"],
            "created_at": ["9999", "-1", "9223372036854775807"], "wrapped": ["x'00'", "CAST(C AS BLOB)"],
            "commitment": ["x'00'", "CAST(C AS BLOB)"],
        ],
        "tombstone": [
            "tenant": ["9999"], "patient": ["9999", "-1", "9223372036854775807"], "destroyed_at": ["9999", "-1", "9223372036854775807"],
            "request": ["9999", "-1", "9223372036854775807"],
        ],
    ]

    /// A home of two patients and the tombstone of a third; its key store is copied aside.
    private func home() async throws -> ShreddingHome {
        let home = try await ShreddingHome()
        let opened = try await home.open()
        for patient in ["one", "two"] { try await home.fill(patient, patient, opened) }
        let (gone, request) = try (#require(LogicalID("gone")), #require(LogicalID("request")))
        try await opened.keys.destroy(.init(tenant: TenantID(rawValue: 9), patient: gone, destroyedAt: 1, request: request))
        await home.close(opened)
        try FileManager.default.copyItem(atPath: home.folder.path + "/keys.db", toPath: home.folder.path + "/base.db")
        return home
    }

    /// What is found and read of a home whose key store was changed; nil where SQLite does not let it be changed so.
    private func looked(
        _ home: ShreddingHome, _ sql: String
    ) async throws -> (faults: [RecordFault], stepped: [RecordFault], statuses: [Int])? {
        let path = home.folder.path + "/keys.db"
        for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        try FileManager.default.copyItem(atPath: home.folder.path + "/base.db", toPath: path)
        let database = try DatabaseQueue(path: path)
        do {
            try await database.write { try $0.execute(sql: sql) }
        } catch is GRDB.DatabaseError {
            return nil
        }
        try database.close()
        let opened = try await home.open()
        let verifier = try home.verifier(opened)
        let faults = try await verifier.verify().faults
        let sweep = RecordSweep(verifier)
        var state = try await sweep.begin()
        for _ in 0..<100 where !state.isFinished { state = try await sweep.step(state, rows: 3) }
        #expect(state.isFinished, "\(sql): a verification in steps comes to its end")
        var statuses: [Int] = []
        for patient in ["one", "two"] { statuses.append(try await home.send("GET", "Patient/\(patient)", opened).status) }
        await home.close(opened)
        return (faults, state.faults, statuses)
    }

    @Test func everyCell() async throws {
        let home = try await home()
        let whole = try #require(try await looked(home, "UPDATE wrapped_key SET version = version"))
        #expect(whole.faults == [] && whole.stepped == [] && whole.statuses == [200, 200])
        var forged = 0
        for (table, columns) in [
            ("wrapped_key", ["tenant", "patient", "version", "kek_version", "created_at", "wrapped", "commitment"]),
            ("tombstone", ["tenant", "patient", "destroyed_at", "request"]),
        ] {
            for column in columns {
                for value in Self.values {
                    let row = table == "tombstone" ? "1" : "patient = 'one'"
                    let sql = "UPDATE \(table) SET \(column) = \(value.replacingOccurrences(of: "C ", with: "\(column) ")) WHERE \(row)"
                    guard let found = try await looked(home, sql) else { continue }
                    forged += 1
                    for faults in [found.faults, found.stepped] where Self.possible[table]?[column]?.contains(value) != true {
                        #expect(faults.contains { $0.kind == .store && $0.place.hasPrefix("keys.db \(table) row ") }, "\(sql): \(faults)")
                    }
                    #expect(found.statuses[1] == 200, "\(sql): another patient's key is as it was")
                    #expect(found.faults.isEmpty == found.stepped.isEmpty, "\(sql): \(found)")
                    #expect(!found.faults.isEmpty || found.statuses[0] == 200, "\(sql): nothing was named, and a record does not open")
                }
            }
        }
        #expect(forged == 77, "every value but NULL stands in each of eleven cells")
    }

    /// Rows, triggers and views that somebody put there.
    @Test(arguments: [
        ("INSERT INTO wrapped_key VALUES (1, 'no id!', 1, 1, 1, x'00', x'00')", "keys.db wrapped_key row "),
        ("INSERT INTO wrapped_key VALUES (1, 'one', 'x', 1, 1, x'00', x'00')", "keys.db wrapped_key row "),
        ("INSERT INTO wrapped_key VALUES (-1, 'three', 1, 1, 1, x'00', x'00')", "keys.db wrapped_key row "),
        ("INSERT INTO wrapped_key VALUES (1, 'three', 1, -1, 1, x'00', x'00')", "keys.db wrapped_key row "),
        ("INSERT INTO wrapped_key SELECT 77, patient, version, kek_version, created_at, wrapped, commitment FROM wrapped_key LIMIT 1",
         "keys.db wrapped_key row "),
        ("INSERT INTO tombstone VALUES (1, 'no id!', 1, 'request')", "keys.db tombstone row "),
        ("UPDATE tombstone SET request = 'no id!'", "keys.db tombstone row "),
        ("CREATE TRIGGER mine AFTER INSERT ON wrapped_key BEGIN SELECT 1; END", "keys.db trigger mine"),
        ("CREATE VIEW mine AS SELECT 1", "keys.db view mine"), ("CREATE TABLE mine (a)", "keys.db table mine"),
    ])
    func theStoreItself(_ sql: String, _ place: String) async throws {
        let home = try await home()
        guard sql.contains("TRIGGER") || sql.contains("VIEW") else {
            let found = try #require(try await looked(home, sql))
            for faults in [found.faults, found.stepped] {
                #expect(faults.contains { $0.kind == .store && $0.place.hasPrefix(place) }, "\(faults)")
            }
            return
        }
        // No server opens it, and it says why; who reads names it too.
        await #expect { try await looked(home, sql) } throws: {
            ($0 as? WardDatabase.DatabaseError)?.context.contains(place.dropFirst("keys.db ".count)) == true
        }
        let reading = try home.readKeys()
        #expect(try await reading.flaws(tenant: .first).map { "keys.db \($0.place)" } == [place])
        await reading.close()
    }
}
