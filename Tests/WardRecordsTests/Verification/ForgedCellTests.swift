import Foundation
import GRDB
import Testing
import WardDatabase
import WardKeys
import WardRecords
import WardSQLite
import WardSearch
import WardTesting
import WardVault

/// Somebody with the disk writes nonsense into one cell, takes a table away, or puts a row in: a verification names it and goes
/// on, other records are read as before, and no value ends the process.
@Suite struct ForgedCellTests {
    /// What is written into every cell; `C` stands for the cell itself.
    private static let values = [
        "NULL", "9999", "-1", "x'00'", "4611686018427387904", "-9223372036854775808", "zeroblob(100000)", "CAST(C AS BLOB)", "CAST(C AS TEXT)",
    ]

    /// The cells of the store: the table, the column, and which row.
    private func cells(_ home: ForgedHome) throws -> [(table: String, column: String, row: String)] {
        let database = try DatabaseQueue(path: home.base)
        defer { try? database.close() }
        return try database.read { connection in
            var cells: [(String, String, String)] = []
            // The second set of the tables of tokens is as the first.
            let all = try String.fetchAll(connection, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
            let tables = all.filter { !$0.hasSuffix("_b") }
            for table in tables {
                let columns = try connection.columns(in: table).map(\.name)
                let sql = try String.fetchOne(connection, sql: "SELECT sql FROM sqlite_schema WHERE name = ?", arguments: [table]) ?? ""
                let count = try Int.fetchOne(connection, sql: "SELECT count(*) FROM \(table)") ?? 0
                let rows: [String]
                if sql.contains("WITHOUT ROWID") {
                    rows = count == 0 ? [] : ["\(columns[0]) = (SELECT \(columns[0]) FROM \(table) LIMIT 1)"]
                } else {
                    // In the table of records, the first version (superseded), a current resource and a current value.
                    let places = table == "record" ? [3, count - 1] : count == 0 ? [] : [count / 2]
                    rows = places.map { "rowid = (SELECT rowid FROM \(table) ORDER BY rowid LIMIT 1 OFFSET \($0))" }
                }
                for row in rows { cells += columns.map { (table, $0, row) } }
            }
            return cells
        }
    }

    /// Left out of a new epoch, a record would be found by nothing, and no search would fail for it any more.
    @Test func noIndexIsMadeAnewPastIt() async throws {
        let home = try await ShreddingHome()
        let opened = try await home.open()
        try await home.fill("kept", "Kept", opened)
        await home.close(opened)
        let sequence = try await DatabaseQueue(path: home.folder.path + "/records.db").write { database in
            let observation = "patient = 'kept' AND current = 1 AND type = (SELECT number FROM record_type WHERE name = 'Observation')"
            let sequence = try #require(try Int64.fetchOne(database, sql: "SELECT sequence FROM record WHERE \(observation)"))
            try database.execute(sql: "UPDATE record SET patient = 'x y' WHERE \(observation)")
            try #require(database.changesCount == 1)
            return sequence
        }
        let next = try await home.open()
        #expect(try await home.send("GET", "Observation?subject=Patient/kept", next).status == 500)
        _ = try await next.ring.beginIndex(1, partitions: 2, policy: IndexPolicy.first.text, now: 0)
        let rebuild = IndexRebuild(vault: next.vault, store: next.records, collections: [])
        await #expect { while try await !rebuild.step(limit: 2).isFinished {} } throws: {
            // It says which record it is, and nothing of what lies in the cell.
            guard let stop = $0 as? IndexStop else { return false }
            return stop.sequence == sequence && stop.cause.code == .notAuthentic && stop.cause.record?.description == "Observation/o-kept"
                && !stop.description.contains("x y")
        }
        #expect(try await home.send("GET", "Observation?subject=Patient/kept", next).status == 500)
        await home.close(next)
    }

    @Test func everyCell() async throws {
        let home = try await ForgedHome()
        let untouched = try #require(try home.forged("UPDATE record SET current = current"))
        let whole = try await home.looked(untouched)
        #expect(whole.faults.map(\.description) == [] && whole.stepped == [])
        #expect(await home.served(untouched) == whole.sight)
        let cells = try cells(home)
        #expect(Set(cells.map(\.table)).isSuperset(of: ["record", "outbox", "token", "token_run", "token_drop", "closed_compartment"]))
        var forged = 0
        for (table, column, row) in cells {
            for value in Self.values {
                let new = value.replacingOccurrences(of: "C ", with: "\(column) ")
                let sql = "UPDATE \(table) SET \(column) = \(new) WHERE \(row)"
                guard let path = try home.forged(sql) else { continue }
                forged += 1
                let found = try await home.looked(path, inSteps: value == "9999")
                if value == "9999" {
                    #expect(found.faults.isEmpty == found.stepped.isEmpty, "\(sql): in one go \(found.faults), in steps \(found.stepped)")
                }
                let served = await home.served(path)
                if found.faults.isEmpty {
                    let other = ForgedHome.difference(whole.sight, found.sight)
                    #expect(other.isEmpty, "\(sql): nothing was named, and something else is read")
                    let others = ForgedHome.difference(whole.sight, served)
                    #expect(served != nil && others.isEmpty, "\(sql): nothing was named, and the server reads something else")
                }
                home.remove(path)
            }
        }
        #expect(forged > 200)
    }

    /// One record is forged: it is named, and it alone is refused.
    @Test(arguments: ["type = 9999", "id = x'00'", "version = 'abc'", "tenant = -1", "patient = x'01'"])
    func oneRecordAlone(_ change: String) async throws {
        let home = try await ForgedHome()
        let row = "(SELECT sequence FROM record WHERE id = 'o-one' AND current = 1)"
        let path = try #require(try home.forged("UPDATE record SET \(change) WHERE sequence = \(row)"))
        let found = try await home.looked(path)
        #expect(found.faults.contains { $0.kind == .changed && ($0.record.hasPrefix("sequence ") || $0.record == "Observation/o-one") })
        #expect(found.faults.contains { $0.record == "Observation/o-one" }, "the log tells of it")
        #expect(Set(found.faults) == Set(found.stepped))
        let untouched = try await home.looked(try #require(try home.forged("UPDATE record SET current = current")))
        let others = zip(found.sight.lines, untouched.sight.lines).filter { $0.0 != $0.1 }.map(\.1)
        #expect(others.allSatisfy { $0.contains("o-one") || $0.hasPrefix("Observation:") || $0.hasPrefix("walk one") }, "\(others)")
    }

    /// What a server could not serve is not whole.
    @Test(arguments: [
        ("DROP TABLE token_drop", "table token_drop"), ("DROP INDEX record_current", "index record_current"),
        ("CREATE INDEX mine ON record (id)", "index mine"), ("DROP TABLE closed_compartment", "table closed_compartment"),
        ("UPDATE token_epoch SET epoch = 7", "token_epoch"), ("UPDATE token_epoch SET tables = 5", "token_epoch 5"),
        ("DELETE FROM token_epoch", "token_epoch"), ("UPDATE token_state SET next_slice = 64", "token_state"),
        ("INSERT INTO token_slice VALUES (64, 0, 0)", "token_slice 64"), ("UPDATE outbox SET event = x'00'", "outbox 9"),
        ("UPDATE outbox SET entry = x'00'", "outbox 9"), ("INSERT INTO closed_compartment VALUES (1, 'no id!')", "closed_compartment row 1"),
        ("UPDATE sqlite_sequence SET seq = 3", "outbox"), ("UPDATE record_type SET name = x'00' WHERE number = 1", "record_type 1"),
        ("UPDATE record SET sequence = -5 WHERE sequence = 2", "record -5"),
        ("INSERT INTO token_list VALUES (-7, x'')", "token_list -7"), ("INSERT INTO token_list_b VALUES (-7, x'')", "token_list_b -7"),
        ("INSERT INTO token_list VALUES (9223372036854775807, x'')", "token_list 9223372036854775807"),
        ("INSERT INTO token_list VALUES (9000, zeroblob(8))", "token_list 9000"), ("INSERT INTO token_drop VALUES (-7, 3)", "token_drop -7"),
        ("INSERT INTO token_drop VALUES (4611686018427387904, 3)", "token_drop 4611686018427387904"),
        ("INSERT INTO token_drop VALUES (9000, 9001)", "token_drop 9000"), ("UPDATE token_drop SET since = 'x'", "token_drop"),
        ("INSERT INTO token_run VALUES (-7, x'00')", "token_run -7"), ("INSERT INTO token_run_b VALUES (-7, x'00')", "token_run_b -7"),
        ("INSERT INTO token_run VALUES (-9223372036854775808, x'00')", "token_run -9223372036854775808"),
        ("INSERT INTO token_run VALUES (4611686018427387904, x'00')", "token_run 4611686018427387904"),
        ("INSERT INTO token_run VALUES (5, zeroblob(16))", "token_run 5"),
        // A token of nought belongs to the bucket in the middle, and this run's number is above all that were given.
        ("INSERT INTO token_run VALUES (2305843009214693952, zeroblob(16))", "token_run 2305843009214693952"),
        ("INSERT INTO record_type VALUES (77, 'Zebra')", "record_type 77"), ("INSERT INTO record_type VALUES (-1, 'Basic')", "record_type -1"),
        ("UPDATE token_state SET next_bucket = 'x'", "token_state"), ("INSERT INTO token_state VALUES (2, 0, 0, 1, 0)", "token_state 2"),
        ("INSERT INTO sqlite_sequence VALUES ('record', 3)", "sqlite_sequence 2"),
        ("CREATE TRIGGER mine AFTER INSERT ON record BEGIN SELECT 1; END", "trigger mine"), ("CREATE VIEW mine AS SELECT 1", "view mine"),
        ("CREATE TRIGGER record AFTER INSERT ON record BEGIN SELECT 1; END", "trigger record"),
    ])
    func theStoreItself(_ sql: String, _ place: String) async throws {
        let home = try await ForgedHome()
        let path = try #require(try home.forged(sql))
        let found = try await home.looked(path)
        for faults in [found.faults, found.stepped] {
            #expect(faults.contains { $0.kind == .store && ($0.place == place || $0.place.hasPrefix(place + " ")) }, "\(faults)")
        }
        if sql.hasPrefix("CREATE TRIGGER") || sql.hasPrefix("CREATE VIEW") {
            #expect("it is named to who would serve it") { _ = try SQLiteRecordStore(path: path) } throws: {
                ($0 as? WardDatabase.DatabaseError)?.context.contains(place) == true
            }
        }
    }

    /// A write that was refused leaves the number of its type behind.
    @Test func aTypeThatNothingIsOf() async throws {
        let home = try await ForgedHome()
        let path = try #require(try home.forged("INSERT INTO record_type VALUES (77, 'Basic'), (78, '_launch')"))
        let found = try await home.looked(path)
        #expect(found.faults == [] && found.stepped == [])
    }

    @Test func currentVersionsThatTheIndexIsToForget() async throws {
        let home = try await ForgedHome()
        let path = try #require(try home.forged("""
            INSERT INTO token_drop SELECT sequence, sequence + 1000 FROM record WHERE id = 'o-two' AND current = 1
            """))
        let found = try await home.looked(path)
        #expect(found.faults.map(\.record) == ["Observation/o-two"] && found.faults[0].kind == .index)
        #expect(Set(found.faults) == Set(found.stepped))
    }
}
