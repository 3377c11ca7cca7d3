internal import WardDatabase

/// Finds one page of candidates in a snapshot.
///
/// Two ways lead to a page. Where a group of tokens finds few records, those are read, met with the other groups, and put in order. Where
/// all groups find many, records are walked in the order asked and each one's token list is tested: frequent values fill a page
/// soon. Only if that gives up (values that are frequent alone and rare together) the larger hit lists are read, up to the bound.
struct CandidateSearch {
    let query: CandidateQuery
    let type: Int64
    let options: RecordStoreOptions
    /// Those of the epochs that are there, the newest first.
    let tables: [TokenTables]
    let types: RecordTypes
    let connection: Connection

    /// The page; `recent` holds what the recent level finds for each group.
    func page(recent: [[Int64]]) throws(DatabaseError) -> CandidatePage {
        guard query.limit > 0 else { return CandidatePage(rows: [], isComplete: false) }
        guard !query.groups.isEmpty else { return try walk(bound: .max) ?? Self.empty }
        let hits = try hits(recent, bound: options.fewHits)
        if hits.contains(where: { $0 != nil }) { return try page(hits) }
        if let page = try walk(bound: options.walkedRows) { return page }
        let more = try self.hits(recent, bound: options.tokenHits)
        guard more.contains(where: { $0 != nil }) else {
            throw DatabaseError(.tooCostly, "candidates: every group finds too many records")
        }
        return try page(more)
    }

    private static var empty: CandidatePage { CandidatePage(rows: [], isComplete: true) }

    // MARK: By hits

    /// For each group, the records that it finds, sorted, or nil where there are more than `bound`.
    private func hits(_ recent: [[Int64]], bound: Int) throws(DatabaseError) -> [[Int64]?] {
        var result: [[Int64]?] = []
        for (group, known) in zip(query.groups, recent) {
            var records = known
            var isWhole = records.count <= bound
            for token in group {
                for tables in tables where isWhole {
                    isWhole = try tables.collect(token, bound: bound, into: &records, connection)
                }
            }
            guard isWhole else {
                result.append(nil)
                continue
            }
            result.append(TokenList.normal(records))
        }
        return result
    }

    /// The page of those records that all the groups with hits find and whose lists hold a token of each other group.
    private func page(_ hits: [[Int64]?]) throws(DatabaseError) -> CandidatePage {
        let lists = hits.compactMap { $0 }.sorted { $0.count < $1.count }
        guard var records = lists.first else { return Self.empty }
        for list in lists.dropFirst() where !records.isEmpty { records = Self.intersection(records, list) }
        let untested = zip(query.groups, hits).compactMap { $1 == nil ? $0 : nil }
        var positions: [CandidateQuery.Position] = []
        positions.reserveCapacity(records.count)
        for record in records {
            if let position = try position(of: record), isAfter(position) { positions.append(position) }
        }
        switch query.order {
        case .newestFirst: positions.sort { Self.precedes($1, $0) }
        case .oldestFirst: positions.sort(by: Self.precedes)
        }
        var rows: [StoredRecord] = []
        for position in positions where try carries(untested, position.sequence) {
            if rows.count == query.limit { return CandidatePage(rows: rows, isComplete: false) }
            if let row = try row(position.sequence) { rows.append(row) }
        }
        return CandidatePage(rows: rows, isComplete: true)
    }

    private static func intersection(_ left: [Int64], _ right: [Int64]) -> [Int64] {
        var result: [Int64] = []
        var index = 0
        for value in left {
            while index < right.count, right[index] < value { index += 1 }
            if index < right.count, right[index] == value { result.append(value) }
        }
        return result
    }

    /// The place of a current record of the query's type; nil for any other.
    private func position(of record: Int64) throws(DatabaseError) -> CandidateQuery.Position? {
        let statement = try connection.statement("""
            SELECT updated_at, tenant, type FROM record WHERE sequence = ?1 AND current = 1 AND deleted = 0
            """)
        statement.bind(1, record)
        guard let found = try statement.first({ (updatedAt: $0.integer(0), tenant: $0.integer(1), type: $0.integer(2)) }) else { return nil }
        guard found.tenant == Int64(query.tenant.rawValue), found.type == type else {
            // Of another type by accident; but of none at all only where somebody wrote there.
            _ = try types.name(of: found.type, connection)
            return nil
        }
        return CandidateQuery.Position(updatedAt: found.updatedAt, sequence: record)
    }

    private func isAfter(_ position: CandidateQuery.Position) -> Bool {
        guard let after = query.after else { return true }
        return query.order == .newestFirst ? Self.precedes(position, after) : Self.precedes(after, position)
    }

    private static func precedes(_ left: CandidateQuery.Position, _ right: CandidateQuery.Position) -> Bool {
        (left.updatedAt, left.sequence) < (right.updatedAt, right.sequence)
    }

    // MARK: By walking

    /// The page from a walk in order; nil if `bound` rows did not fill it.
    private func walk(bound: Int) throws(DatabaseError) -> CandidatePage? {
        let statement = try query.order == .newestFirst
            ? connection.statement("""
                SELECT sequence FROM record INDEXED BY record_current
                WHERE tenant = ?1 AND type = ?2 AND current = 1 AND deleted = 0 AND (updated_at, sequence) < (?3, ?4)
                ORDER BY updated_at DESC, sequence DESC
                """)
            : connection.statement("""
                SELECT sequence FROM record INDEXED BY record_current
                WHERE tenant = ?1 AND type = ?2 AND current = 1 AND deleted = 0 AND (updated_at, sequence) > (?3, ?4)
                ORDER BY updated_at, sequence
                """)
        let start = query.order == .newestFirst ? Int64.max : Int64.min
        statement.bind(1, Int64(query.tenant.rawValue))
        statement.bind(2, type)
        statement.bind(3, query.after?.updatedAt ?? start)
        statement.bind(4, query.after?.sequence ?? start)
        var rows: [StoredRecord] = []
        var walked = 0
        var outcome: CandidatePage?
        var isEnd = true
        try statement.forEachRow { step throws(DatabaseError) in
            walked += 1
            if walked > bound {
                isEnd = false
                return false
            }
            let sequence = step.integer(0)
            guard try carries(query.groups, sequence) else { return true }
            if rows.count == query.limit {
                outcome = CandidatePage(rows: rows, isComplete: false)
                return false
            }
            if let row = try row(sequence) { rows.append(row) }
            return true
        }
        return outcome ?? (isEnd ? CandidatePage(rows: rows, isComplete: true) : nil)
    }

    /// True if a list of the record holds a token of each group.
    private func carries(_ groups: [[Int64]], _ record: Int64) throws(DatabaseError) -> Bool {
        guard !groups.isEmpty else { return true }
        for tables in tables where try tables.carries(groups, record, connection) { return true }
        return false
    }

    // MARK: Rows

    private func row(_ sequence: Int64) throws(DatabaseError) -> StoredRecord? {
        let statement = try connection.statement("""
            SELECT sequence, id, patient, version, updated_at, deleted, current, key_version, digest, filter, sealed
            FROM record WHERE sequence = ?1
            """)
        statement.bind(1, sequence)
        defer { statement.reset() }
        guard try statement.step() else { return nil }
        return try RecordRow.read(
            statement, tenant: query.tenant, type: query.type, includesContent: query.includesContent)
    }
}
