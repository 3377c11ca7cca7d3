public import WardDatabase

extension SQLiteRecordStore {
    /// Flaws of one kind that are named.
    private static let flawBound: Int64 = 200

    public func flaws(relayed: Int64, types: Set<String>) async throws(DatabaseError) -> [StoreFlaw] {
        try await readers.read { connection throws(DatabaseError) in
            try connection.snapshot { () throws(DatabaseError) in
                let schema = try SchemaCheck.flaws(of: connection, .records)
                // What is not there cannot be looked into.
                if schema.contains(where: \.isFatal) { return schema }
                return try schema + Self.typeFlaws(connection) + Self.unknownTypes(types, connection)
                    + Self.sequenceFlaws(connection) + Self.epochFlaws(connection)
                    + Self.levelFlaws(connection) + Self.compartmentFlaws(connection) + Self.outboxFlaws(connection, relayed)
                    + Self.counterFlaws(connection)
            }
        }
    }

    /// A flaw for each row of a table that a query finds by its number, as many as it is bound to: at most ``flawBound``.
    private static func rows(
        _ connection: Connection, of table: String, _ query: StaticString, _ what: (Int64) -> String
    ) throws(DatabaseError) -> [StoreFlaw] {
        var flaws: [StoreFlaw] = []
        let found = try connection.statement(query)
        found.bind(1, flawBound)
        try found.forEachRow { row throws(DatabaseError) in
            flaws.append(StoreFlaw("\(table) \(row.integer(0))", what(row.integer(0))))
            return true
        }
        return flaws
    }

    private static func typeFlaws(_ connection: Connection) throws(DatabaseError) -> [StoreFlaw] {
        try rows(
            connection, of: "record_type",
            "SELECT number FROM record_type WHERE typeof(name) != 'text' OR name = '' LIMIT ?1"
        ) { _ in "its name is none" }
    }

    /// A type gets its number before the write that needs it, which may be refused then; one that nothing is of, and that nobody
    /// writes, was put there.
    private static func unknownTypes(_ types: Set<String>, _ connection: Connection) throws(DatabaseError) -> [StoreFlaw] {
        var unknown: [Int64] = []
        try connection.statement("SELECT number, name FROM record_type").forEachRow { row throws(DatabaseError) in
            // One without a name is named already.
            let isNamed = row.isText(1) && row.text(1) != ""
            if isNamed, row.integer(0) < 1 || !types.contains(row.text(1)) { unknown.append(row.integer(0)) }
            return unknown.count < flawBound
        }
        var flaws: [StoreFlaw] = []
        for number in unknown {
            let use = try connection.statement("SELECT 1 FROM record WHERE type = ?1 LIMIT 1")
            use.bind(1, number)
            let isUsed = try use.first { _ in true } != nil
            if number < 1 || !isUsed {
                flaws.append(StoreFlaw("record_type \(number)", "it is of no type that is known, and no record is of it"))
            }
        }
        return flaws
    }

    /// What lies outside the sequences that are given is met by no scan.
    private static func sequenceFlaws(_ connection: Connection) throws(DatabaseError) -> [StoreFlaw] {
        try rows(
            connection, of: "record",
            "SELECT sequence FROM record WHERE sequence < 1 OR sequence >= 4611686018427387904 LIMIT ?1"
        ) { _ in "its sequence is none that is given" }
    }

    private static func epochFlaws(_ connection: Connection) throws(DatabaseError) -> [StoreFlaw] {
        var flaws: [StoreFlaw] = []
        var count = 0
        let newest = try connection.integer("SELECT coalesce(max(sequence), 0) FROM record")
        try connection.statement("SELECT tables, epoch, boundary, reindexed FROM token_epoch ORDER BY epoch")
            .forEachRow { row throws(DatabaseError) in
                count += 1
                guard let epoch = TokenEpoch(row) else {
                    flaws.append(StoreFlaw("token_epoch \(row.integer(0))", "it is none that this program writes", isFatal: true))
                    return count < 100
                }
                if epoch.boundary > newest {
                    flaws.append(StoreFlaw("token_epoch \(row.integer(0))", "it began after the newest version"))
                }
                return count < 100
            }
        if flaws.isEmpty, !(1...2).contains(count) {
            flaws.append(StoreFlaw("token_epoch", "it holds \(count) epochs of the index, and there is one, or two", isFatal: true))
        }
        return flaws
    }

    private static func levelFlaws(_ connection: Connection) throws(DatabaseError) -> [StoreFlaw] {
        var flaws: [StoreFlaw] = []
        for tables in TokenTables.all {
            do throws(DatabaseError) {
                try TokenLevels(tables: tables, bounds: RecordStoreOptions()).check(connection)
            } catch {
                guard error.code == .corrupt else { throw error }
                flaws.append(StoreFlaw(tables.stateTable, "it says nothing that can be of how far merging is"))
            }
            flaws += try rows(connection, of: tables.stateTable, tables.otherStates) { _ in "it is none that this program writes" }
            let outside = try connection.statement(tables.outOfRange)
            outside.bind(1, flawBound)
            try outside.forEachRow { row throws(DatabaseError) in
                flaws.append(StoreFlaw("\(row.text(0)) \(row.integer(1))", "it is none that this program writes"))
                return true
            }
            try connection.statement(tables.slices).forEachRow { row throws(DatabaseError) in
                let isSlice = (0..<Int64(TokenEntry.sliceCount)).contains(row.integer(0)) && row.isInteger(1) && row.isInteger(2)
                if !isSlice { flaws.append(StoreFlaw("token_slice\(tables.suffix) \(row.integer(0))", "it is none that this program writes")) }
                return flaws.count < flawBound
            }
        }
        return flaws
    }

    private static func compartmentFlaws(_ connection: Connection) throws(DatabaseError) -> [StoreFlaw] {
        var flaws: [StoreFlaw] = []
        var number = 0
        try connection.statement("SELECT tenant, patient FROM closed_compartment").forEachRow { row throws(DatabaseError) in
            number += 1
            let isRow = row.isInteger(0) && UInt32(exactly: row.integer(0)) != nil && RecordRow.id(row, 1) != nil
            if !isRow { flaws.append(StoreFlaw("closed_compartment row \(number)", "it names no patient")) }
            return flaws.count < flawBound
        }
        return flaws
    }

    private static func outboxFlaws(_ connection: Connection, _ relayed: Int64) throws(DatabaseError) -> [StoreFlaw] {
        var flaws = try rows(
            connection, of: "outbox", """
                SELECT number FROM outbox WHERE number < 1 OR number >= 4611686018427387904 OR typeof(event) != 'blob'
                    OR length(event) != 16 OR typeof(entry) != 'blob' ORDER BY number LIMIT ?1
                """
        ) { "it is no event of the audit log; \(OutboxRow.remedy($0))" }
        let newest = try connection.integer("SELECT coalesce(max(number), 0) FROM outbox")
        var counters = 0
        var isSound = true
        try connection.statement("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").forEachRow { row throws(DatabaseError) in
            counters += 1
            isSound = isSound && row.isInteger(0) && row.integer(0) >= max(0, relayed, newest) && row.integer(0) < RecordRow.sequences
            return true
        }
        if !isSound || counters > 1 || counters == 0 && max(relayed, newest) > 0 {
            flaws.append(StoreFlaw("outbox", "the counter of its rows is not where the audit log is: it was set back, or ahead"))
        }
        return flaws
    }

    /// No other table than the outbox counts its rows.
    private static func counterFlaws(_ connection: Connection) throws(DatabaseError) -> [StoreFlaw] {
        try rows(
            connection, of: "sqlite_sequence", "SELECT rowid FROM sqlite_sequence WHERE name IS NOT 'outbox' LIMIT ?1"
        ) { _ in "it is none that this program writes" }
    }
}
