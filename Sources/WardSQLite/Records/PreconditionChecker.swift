internal import WardDatabase

/// Checks the preconditions of a batch inside the writer's transaction, where nothing can change any more.
struct PreconditionChecker {
    let connection: Connection
    let types: RecordTypes
    let levels: [TokenLevels]
    /// Those that are there, oldest first.
    let epochs: [TokenEpoch]
    /// Records that the rarest token may find.
    let tokenHits: Int

    /// Versions whose lists are read one by one rather than by the index.
    private static let readableVersions: Int64 = 1_000

    func check(_ precondition: WriteBatch.Precondition) throws(DatabaseError) {
        switch precondition {
        case .newest(let key, let version):
            let newest: UInt64
            if let type = try types.number(of: key.type, connection, isDurable: false) {
                newest = try SQLiteRecordStore.newest(key, type, connection)?.version ?? 0
            } else {
                newest = 0
            }
            guard newest == version else {
                throw DatabaseError(.preconditionFailed, "commit: another version is the newest")
            }
        case .noneMatches(let tokens, let since):
            guard try !exists(tokens, since: since) else {
                throw DatabaseError(.preconditionFailed, "commit: a record matches")
            }
        }
    }

    /// True if a current record after `since` carries all of `tokens`.
    private func exists(_ tokens: [Int64], since: Int64) throws(DatabaseError) -> Bool {
        guard !tokens.isEmpty else {
            let any = try connection.statement(
                "SELECT 1 FROM record WHERE sequence > ?1 AND current = 1 AND deleted = 0 LIMIT 1")
            any.bind(1, since)
            return try any.first { _ in true } != nil
        }
        let settled = levels.map(\.recent.newestSequence).max() ?? 0
        if since < settled, settled - max(0, since) > Self.readableVersions {
            for record in try hits(tokens) where record > since {
                if try carries(record, tokens) { return true }
            }
            return try listed(tokens, since: settled)
        }
        return try listed(tokens, since: since)
    }

    /// Reads the lists of all versions after `since`, those of this transaction included.
    private func listed(_ tokens: [Int64], since: Int64) throws(DatabaseError) -> Bool {
        var found: [Int64] = []
        for epoch in epochs {
            let lists = try connection.statement(epoch.tables.listsBetween)
            lists.bind(1, since)
            lists.bind(2, Int64.max)
            try lists.forEachRow { row throws(DatabaseError) in
                let holdsAll = row.withBytes(1) { list in tokens.allSatisfy { TokenList.containsAny([$0], in: list) } }
                if holdsAll { found.append(row.integer(0)) }
                return true
            }
        }
        for record in found where try isCurrent(record) { return true }
        return false
    }

    /// The committed records that the rarest of `tokens` finds.
    private func hits(_ tokens: [Int64]) throws(DatabaseError) -> [Int64] {
        for bound in [1_000, tokenHits] {
            for token in tokens {
                var records: [Int64] = []
                var isWhole = true
                for epoch in epochs where isWhole {
                    records += levels[epoch.tables.number].recent.hits([[token]])[0]
                    isWhole = try epoch.tables.collect(token, bound: bound, into: &records, connection)
                }
                if isWhole { return records }
            }
        }
        throw DatabaseError(.tooCostly, "commit: every token finds too many records")
    }

    private func carries(_ record: Int64, _ tokens: [Int64]) throws(DatabaseError) -> Bool {
        let groups = tokens.map { [$0] }
        for epoch in epochs where try epoch.tables.carries(groups, record, connection) { return try isCurrent(record) }
        return false
    }

    private func isCurrent(_ record: Int64) throws(DatabaseError) -> Bool {
        let statement = try connection.statement(
            "SELECT 1 FROM record WHERE sequence = ?1 AND current = 1 AND deleted = 0")
        statement.bind(1, record)
        return try statement.first { _ in true } != nil
    }
}
