public import WardDatabase

extension SQLiteRecordStore {
    public func marks(of key: RecordKey) async throws(DatabaseError) -> [VersionMark] {
        try await readers.read { [types] connection throws(DatabaseError) in
            guard let type = try types.number(of: key.type, connection) else { return [] }
            let statement = try connection.statement("""
                SELECT version, current, digest FROM record WHERE tenant = ?1 AND type = ?2 AND id = ?3 ORDER BY version
                """)
            statement.bind(1, Int64(key.tenant.rawValue))
            statement.bind(2, type)
            RecordRow.bind(key.id, statement, 3)
            var marks: [VersionMark] = []
            try statement.forEachRow { row throws(DatabaseError) in
                marks.append(VersionMark(
                    version: UInt64(bitPattern: row.integer(0)), isCurrent: row.integer(1) == 1, digest: row.bytes(2)))
                return true
            }
            return marks
        }
    }

    public func firstSequence(since time: Int64) async throws(DatabaseError) -> Int64? {
        try await readers.read { connection throws(DatabaseError) in
            let statement = try connection.statement("SELECT min(sequence) FROM record WHERE updated_at >= ?1")
            statement.bind(1, time)
            return try statement.first { $0.isNull(0) ? nil : $0.integer(0) } ?? nil
        }
    }

    public func keyUses(
        tenant: TenantID, after sequence: Int64, limit: Int
    ) async throws(DatabaseError) -> KeyUsePage {
        try await readers.read { connection throws(DatabaseError) in
            let statement = try connection.statement("""
                SELECT sequence, tenant, patient, key_version FROM record WHERE sequence > ?1 ORDER BY sequence LIMIT ?2
                """)
            statement.bind(1, sequence)
            statement.bind(2, Int64(max(1, limit)))
            var page = KeyUsePage(uses: [], next: nil)
            var (rows, last) = (0, sequence)
            try statement.forEachRow { row throws(DatabaseError) in
                rows += 1
                last = row.integer(0)
                guard row.integer(1) == Int64(tenant.rawValue) else { return true }
                page.uses.insert(KeyUse(
                    patient: row.isNull(2) ? nil : RecordRow.id(row, 2), version: UInt32(clamping: row.integer(3))))
                return true
            }
            if rows == max(1, limit) { page.next = last }
            return page
        }
    }

    public func tokens(of sequences: [Int64]) async throws(DatabaseError) -> [[Int64]] {
        try await readers.read { connection throws(DatabaseError) in
            try connection.snapshot { () throws(DatabaseError) in
                var epochs: [(TokenTables, Settled)] = []
                for epoch in try TokenEpoch.all(connection).reversed() {
                    epochs.append((epoch.tables, try epoch.tables.settled(connection, boundary: epoch.boundary)))
                }
                var found: [[Int64]] = []
                found.reserveCapacity(sequences.count)
                for sequence in sequences { found.append(try Self.tokens(of: sequence, epochs, connection)) }
                return found
            }
        }
    }

    /// The tokens of the newest epoch in which the version has any.
    private static func tokens(
        of sequence: Int64, _ epochs: [(TokenTables, Settled)], _ connection: Connection
    ) throws(DatabaseError) -> [Int64] {
        for (tables, settled) in epochs {
            guard case .found(let tokens) = try listed(sequence, tables, connection), !tokens.isEmpty else { continue }
            var found: [Int64] = []
            found.reserveCapacity(tokens.count)
            for token in tokens {
                var isFound = settled.isRecent(sequence, token)
                if !isFound { isFound = try tables.holds(token, sequence, connection) }
                if isFound { found.append(token) }
            }
            return found
        }
        return []
    }

    // MARK: What should not be in the index

    /// Runs first, then the large level: what merging moves meanwhile is met in one of the two; then what is to be forgotten. Levels 0 to
    /// 2 are those of the first set of tables, 3 to 5 those of the second; a set that holds no epoch is passed over.
    public func strays(from place: IndexPlace?, limit: Int) async throws(DatabaseError) -> IndexPage {
        let place = place ?? IndexPlace(level: 0, key: -1)
        return try await readers.read { connection throws(DatabaseError) in
            try connection.snapshot { () throws(DatabaseError) in
                let number = place.level / 3
                guard TokenTables.all.indices.contains(number) else { return IndexPage(strays: [], next: nil) }
                let tables = TokenTables.all[number]
                let isLast = number == TokenTables.all.count - 1
                let following = isLast ? nil : IndexPlace(level: (number + 1) * 3, key: -1)
                guard try TokenEpoch.all(connection).contains(where: { $0.tables.number == number }) else {
                    return IndexPage(strays: [], next: following)
                }
                switch place.level % 3 {
                case 0: return try Self.straysOfRuns(place, limit, tables, connection)
                case 1: return try Self.straysOfLarge(place, limit, tables, connection)
                default:
                    var page = try Self.forgotten(place, limit, tables, connection)
                    if page.next == nil { page.next = following }
                    return page
                }
            }
        }
    }

    private static func straysOfRuns(
        _ place: IndexPlace, _ limit: Int, _ tables: TokenTables, _ connection: Connection
    ) throws(DatabaseError) -> IndexPage {
        var entries: [TokenEntry] = []
        var next = IndexPlace(level: place.level + 1, key: .min, record: .min)
        let runs = try connection.statement(tables.runsAfter)
        runs.bind(1, place.key)
        try runs.forEachRow { row throws(DatabaseError) in
            row.withBytes(1) { TokenRun.decode($0, into: &entries) }
            if entries.count >= limit { next = IndexPlace(level: place.level, key: row.integer(0)) }
            return entries.count < limit
        }
        return IndexPage(strays: try strays(among: entries, tables, connection), next: next)
    }

    private static func straysOfLarge(
        _ place: IndexPlace, _ limit: Int, _ tables: TokenTables, _ connection: Connection
    ) throws(DatabaseError) -> IndexPage {
        var entries: [TokenEntry] = []
        let large = try connection.statement(tables.largeAfter)
        large.bind(1, place.key)
        large.bind(2, place.record)
        large.bind(3, Int64(limit))
        try large.forEachRow { row throws(DatabaseError) in
            entries.append(TokenEntry(token: row.integer(0), record: row.integer(1)))
            return true
        }
        let last = entries.count == limit ? entries.last : nil
        return IndexPage(
            strays: try strays(among: entries, tables, connection),
            next: last.map { IndexPlace(level: place.level, key: $0.token, record: $0.record) }
                ?? IndexPlace(level: place.level + 1, key: .min))
    }

    /// What is noted as superseded leaves the index at the next merge: a current version must not stand there.
    private static func forgotten(
        _ place: IndexPlace, _ limit: Int, _ tables: TokenTables, _ connection: Connection
    ) throws(DatabaseError) -> IndexPage {
        var page = IndexPage(strays: [], next: nil)
        var looked = 0
        let drops = try connection.statement(tables.dropsAfter)
        drops.bind(1, place.key)
        drops.bind(2, Int64(limit))
        try drops.forEachRow { row throws(DatabaseError) in
            looked += 1
            if row.integer(1) == 1 { page.forgotten.append(row.integer(0)) }
            page.next = IndexPlace(level: place.level, key: row.integer(0))
            return true
        }
        if looked < limit { page.next = nil }
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
    private enum Listed {
        /// The version is current; its list may be empty.
        case found([Int64])
        case superseded
        /// There is no such version.
        case missing
    }

    private static func listed(
        _ sequence: Int64, _ tables: TokenTables, _ connection: Connection
    ) throws(DatabaseError) -> Listed {
        let statement = try connection.statement(tables.standing)
        statement.bind(1, sequence)
        return try statement.first { row in
            row.integer(0) == 0 ? .superseded : .found(row.withBytes(1, TokenList.decode))
        } ?? .missing
    }
}
