internal import WardDatabase

/// The blind index on disk, in levels, so that a commit does not dirty a page for each token.
///
/// Tokens are random, so a single B-tree of them slows down as it grows: each commit would touch as many pages as it has tokens
/// (`design/sealing.md`, "Where tokens live"). Here every token goes down three levels, in the order of the key range:
///
/// 1. **Recent**: `token_list` rows in the order of arrival, mirrored in memory (``RecentTokens``) in 4,096 buckets by the token's
///    leading bits. `token_slice` says, for each of 64 slices of the key range, up to which sequence entries have left it (``Settled``).
/// 2. **Runs**: when the recent level is over its bound, its next slice is sorted and written as short runs, one row a bucket
///    (`token_run`, key = bucket and number of the run). Rows of a bucket lie side by side. Tokens that found very many records in
///    one slice skip this level: their place in the large one is a single page anyway.
/// 3. **Large**: when the runs are over their bound, the runs of the next bucket go into the `(token, record)` B-tree, some thousand
///    entries for some dozens of neighbouring pages.
///
/// Each step is small, rides in a commit that happens anyway, and is undone with it. Superseded versions send void entries
/// down the same way; they erase what they meet. Until then queries filter by what is current.
///
/// Each epoch of the index has levels of its own, in one of the two sets of tables (``TokenTables``).
struct TokenLevels: Sendable {
    let tables: TokenTables
    let bounds: RecordStoreOptions
    let recent = RecentTokens()
}

extension TokenTables {
    // MARK: Opening

    /// Entries that have not left the recent level, read from the database: for opening a store, and for readers beside a server.
    func recent(_ connection: Connection, boundary: Int64) throws(DatabaseError) -> [TokenEntry] {
        let settled = try settled(connection, boundary: boundary)
        var entries: [TokenEntry] = []
        for span in [(settled.leastReindexed, boundary), (max(boundary, settled.leastWritten), Int64.max)] where span.0 < span.1 {
            let lists = try connection.statement(listsBetween)
            lists.bind(1, span.0)
            lists.bind(2, span.1)
            try lists.forEachRow { row throws(DatabaseError) in
                let record = row.integer(0)
                guard record > 0 else { return true }
                for token in row.withBytes(1, TokenList.decode) where settled.isRecent(record, token) {
                    entries.append(TokenEntry(token: token, record: record))
                }
                return true
            }
        }
        let drops = try connection.statement(recentDrops)
        drops.bind(1, settled.leastWritten)
        try drops.forEachRow { row throws(DatabaseError) in
            let (record, since) = (row.integer(0), row.integer(1))
            guard record > 0 else { return true }
            for token in row.withBytes(2, TokenList.decode) where since > settled.written[TokenEntry.slice(of: token)] {
                entries.append(TokenEntry(token: token, record: -record))
            }
            return true
        }
        return entries
    }

    /// How far each slice has left the recent level.
    func settled(_ connection: Connection, boundary: Int64) throws(DatabaseError) -> Settled {
        var settled = Settled(boundary: boundary)
        try connection.statement(slices).forEachRow { row throws(DatabaseError) in
            let slice = Int(row.integer(0))
            // A slice that there is none of says nothing of any token; a verification names it.
            guard settled.written.indices.contains(slice) else { return true }
            settled.written[slice] = row.integer(1)
            settled.reindexed[slice] = row.integer(2)
            return true
        }
        return settled
    }

    // MARK: Looking up

    /// Adds the records that `token` finds in the runs and the large level.
    /// - Returns: false if `records` would grow past `bound`; it is then incomplete.
    func collect(
        _ token: Int64, bound: Int, into records: inout [Int64], _ connection: Connection
    ) throws(DatabaseError) -> Bool {
        let bucket = Int64(TokenEntry.bucket(of: token))
        let runs = try connection.statement(runsOfBucket)
        runs.bind(1, bucket << 50)
        runs.bind(2, (bucket + 1) << 50)
        try runs.forEachRow { row throws(DatabaseError) in
            row.withBytes(0) { TokenRun.collect(token, from: $0, into: &records) }
            return true
        }
        let large = try connection.statement(largeOfToken)
        large.bind(1, token)
        try large.forEachRow { row throws(DatabaseError) in
            records.append(row.integer(0))
            return records.count <= bound
        }
        return records.count <= bound
    }

    /// True if `token` finds `record` in the runs or the large level.
    func holds(_ token: Int64, _ record: Int64, _ connection: Connection) throws(DatabaseError) -> Bool {
        let large = try connection.statement(largeHolds)
        large.bind(1, token)
        large.bind(2, record)
        if try large.first({ _ in true }) != nil { return true }
        let bucket = Int64(TokenEntry.bucket(of: token))
        let runs = try connection.statement(runsOfBucket)
        runs.bind(1, bucket << 50)
        runs.bind(2, (bucket + 1) << 50)
        var records: [Int64] = []
        try runs.forEachRow { row throws(DatabaseError) in
            row.withBytes(0) { TokenRun.collect(token, from: $0, into: &records) }
            return true
        }
        return records.contains(record)
    }

    /// True if the record's list holds a token of each group.
    func carries(_ groups: [[Int64]], _ record: Int64, _ connection: Connection) throws(DatabaseError) -> Bool {
        let statement = try connection.statement(list)
        statement.bind(1, record)
        return try statement.first { row in
            row.withBytes(0) { list in groups.allSatisfy { TokenList.containsAny($0, in: list) } }
        } ?? false
    }
}
