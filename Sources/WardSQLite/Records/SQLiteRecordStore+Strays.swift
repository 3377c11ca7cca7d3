public import WardDatabase

/// What should not be in the index.
extension SQLiteRecordStore {
    /// Levels of one set of tables, in the order of the walk: what merging moves meanwhile is met in one of the first two.
    private enum Level: Int, CaseIterable {
        case runs, large, drops, lists
    }

    /// Each level of the first set of tables, then each of the second; a set that holds no epoch is passed over.
    public func strays(from place: IndexPlace?, limit: Int) async throws(DatabaseError) -> IndexPage {
        guard let place = place ?? Self.begin(0) else { return IndexPage(strays: [], next: nil) }
        return try await readers.read { connection throws(DatabaseError) in
            try connection.snapshot { () throws(DatabaseError) in
                let (number, part) = place.level.quotientAndRemainder(dividingBy: Level.allCases.count)
                guard TokenTables.all.indices.contains(number), let level = Level(rawValue: part) else {
                    return IndexPage(strays: [], next: nil)
                }
                let tables = TokenTables.all[number]
                guard try TokenEpoch.all(connection).contains(where: { $0.tables.number == number }) else {
                    return IndexPage(strays: [], next: Self.begin((number + 1) * Level.allCases.count))
                }
                var page = switch level {
                case .runs: try Self.straysOfRuns(place, limit, tables, connection)
                case .large: try Self.straysOfLarge(place, limit, tables, connection)
                case .drops: try Self.straysOfDrops(place, limit, tables, connection)
                case .lists: try Self.straysOfLists(place, limit, tables, connection)
                }
                if page.next == nil { page.next = Self.begin(place.level + 1) }
                return page
            }
        }
    }

    /// Where a level begins; nil after the last.
    private static func begin(_ level: Int) -> IndexPlace? {
        let (number, part) = level.quotientAndRemainder(dividingBy: Level.allCases.count)
        guard TokenTables.all.indices.contains(number) else { return nil }
        return switch Level(rawValue: part) {
        case .runs, nil: IndexPlace(level: level, key: -1)
        case .large: IndexPlace(level: level, key: .min, record: .min)
        case .drops, .lists: IndexPlace(level: level, key: 0)
        }
    }

    private static func straysOfRuns(
        _ place: IndexPlace, _ limit: Int, _ tables: TokenTables, _ connection: Connection
    ) throws(DatabaseError) -> IndexPage {
        var page = IndexPage(strays: [], next: nil)
        var entries: [TokenEntry] = []
        let nextRun = try connection.statement(tables.state).first { $0.integer(2) } ?? 0
        let runs = try connection.statement(tables.runsAfter)
        runs.bind(1, place.key)
        try runs.forEachRow { row throws(DatabaseError) in
            let (bucket, run) = (row.integer(0) >> 50, row.integer(0) & (1 << 50 - 1))
            let begin = entries.count
            row.withBytes(1) { TokenRun.decode($0, into: &entries) }
            let isWhole = row.isBlob(1) && entries.count > begin && row.withBytes(1) { $0.count % TokenEntry.size == 0 }
            if !isWhole || !entries[begin...].allSatisfy({ TokenEntry.bucket(of: $0.token) == Int(bucket) }) {
                page.flaws.append(StoreFlaw("token_run\(tables.suffix) \(row.integer(0))", "it is none that this program writes"))
            } else if run < 1 || run >= nextRun {
                page.flaws.append(StoreFlaw("token_run\(tables.suffix) \(row.integer(0))", "it is of a merging that is still to come"))
            }
            if entries.count >= limit { page.next = IndexPlace(level: place.level, key: row.integer(0)) }
            return entries.count < limit
        }
        page.strays = try strays(among: entries, tables, connection)
        return page
    }

    private static func straysOfLarge(
        _ place: IndexPlace, _ limit: Int, _ tables: TokenTables, _ connection: Connection
    ) throws(DatabaseError) -> IndexPage {
        var page = IndexPage(strays: [], next: nil)
        var entries: [TokenEntry] = []
        var looked = 0
        let large = try connection.statement(tables.largeAfter)
        large.bind(1, place.key)
        large.bind(2, place.record)
        large.bind(3, Int64(limit))
        try large.forEachRow { row throws(DatabaseError) in
            looked += 1
            if row.isInteger(0), row.isInteger(1) {
                entries.append(TokenEntry(token: row.integer(0), record: row.integer(1)))
            } else {
                page.flaws.append(StoreFlaw("token\(tables.suffix) after \(entries.last?.token ?? place.key)", "it is none that this program writes"))
            }
            return true
        }
        // Where nothing that this program writes is left, the rest is named as one.
        if looked == limit, let last = entries.last { page.next = IndexPlace(level: place.level, key: last.token, record: last.record) }
        page.strays = try strays(among: entries, tables, connection)
        return page
    }

    /// What is noted as superseded leaves the index at the next merge: a current version must not stand there.
    private static func straysOfDrops(
        _ place: IndexPlace, _ limit: Int, _ tables: TokenTables, _ connection: Connection
    ) throws(DatabaseError) -> IndexPage {
        try walk(tables.dropsAfter, "token_drop\(tables.suffix)", place, limit, connection) { row, page in
            let record = row.integer(0)
            if row.flag(1) { page.forgotten.append(record) }
            if !row.flag(2) { return "it notes a version that has no tokens" }
            return !row.isInteger(3) || row.integer(3) <= record || row.integer(3) >= RecordRow.sequences
                ? "what superseded the version is none that can be" : nil
        }
    }

    /// A list of tokens is that of a current version, or of one that is noted as superseded.
    private static func straysOfLists(
        _ place: IndexPlace, _ limit: Int, _ tables: TokenTables, _ connection: Connection
    ) throws(DatabaseError) -> IndexPage {
        try walk(tables.listsAfter, "token_list\(tables.suffix)", place, limit, connection) { row, _ in
            if !row.flag(2) { return "it is none that this program writes" }
            return row.flag(1) ? nil : "it is of a version that is not current or not there"
        }
    }

    /// A page of a table that has a row for each version, and what is wrong with each row.
    private static func walk(
        _ query: StaticString, _ table: String, _ place: IndexPlace, _ limit: Int, _ connection: Connection,
        _ flaw: (Statement, inout IndexPage) -> String?
    ) throws(DatabaseError) -> IndexPage {
        var page = IndexPage(strays: [], next: nil)
        var looked = 0
        let rows = try connection.statement(query)
        rows.bind(1, place.key)
        rows.bind(2, Int64(limit))
        try rows.forEachRow { row throws(DatabaseError) in
            looked += 1
            if let what = flaw(row, &page) { page.flaws.append(StoreFlaw("\(table) \(row.integer(0))", what)) }
            if looked == limit { page.next = IndexPlace(level: place.level, key: row.integer(0)) }
            return true
        }
        return page
    }

    /// Entries of current versions must be in their lists; those of superseded ones may wait until merging erases them,
    /// since nothing finds by them. Void entries of current versions would erase what is needed.
    private static func strays(
        among entries: [TokenEntry], _ tables: TokenTables, _ connection: Connection
    ) throws(DatabaseError) -> [Int64] {
        var strays: [Int64] = []
        for entry in entries {
            let record = Int64(clamping: entry.record.magnitude)
            switch try listed(record, tables, connection) {
            case .found(let tokens):
                if entry.record < 0 || !isSorted(tokens, holding: entry.token) { strays.append(record) }
            case .superseded: break
            case .missing: strays.append(record)
            }
        }
        return strays
    }

    private static func isSorted(_ tokens: [Int64], holding token: Int64) -> Bool {
        var (low, high) = (0, tokens.count)
        while low < high {
            let middle = (low + high) / 2
            if tokens[middle] < token { low = middle + 1 } else { high = middle }
        }
        return low < tokens.count && tokens[low] == token
    }

    /// The list of tokens of a version.
    enum Listed {
        /// The version is current; its list may be empty.
        case found([Int64])
        case superseded
        /// There is no such version.
        case missing
    }

    static func listed(
        _ sequence: Int64, _ tables: TokenTables, _ connection: Connection
    ) throws(DatabaseError) -> Listed {
        let statement = try connection.statement(tables.standing)
        statement.bind(1, sequence)
        return try statement.first { row in
            row.integer(0) == 0 ? .superseded : .found(row.withBytes(1, TokenList.decode))
        } ?? .missing
    }
}
