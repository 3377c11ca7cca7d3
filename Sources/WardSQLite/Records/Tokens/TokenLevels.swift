internal import WardDatabase

/// The blind index on disk, in levels, so that a commit does not dirty a page for each token.
///
/// Tokens are random, so a single B-tree of them slows down as it grows: each commit would touch as many pages as it has tokens
/// (`design/sealing.md`, "Where tokens live"). Here every token goes down three levels, in the order of the key range:
///
/// 1. **Recent**: `token_list` rows in the order of arrival, mirrored in memory (``RecentTokens``) in 4,096 buckets by the token's
///    leading bits. `token_slice.through` says, for each of 64 slices of the key range, up to which sequence entries have left it.
/// 2. **Runs**: when the recent level is over its bound, its next slice is sorted and written as short runs, one row a bucket
///    (`token_run`, key = bucket and number of the run). Rows of a bucket lie side by side. Tokens that found very many records in
///    one slice skip this level: their place in the large one is a single page anyway.
/// 3. **Large**: when the runs are over their bound, the runs of the next bucket go into the `(token, record)` B-tree, some thousand
///    entries for some dozens of neighbouring pages.
///
/// Each step is small, rides in a commit that happens anyway, and is undone with it. Superseded versions send void entries
/// down the same way; they erase what they meet. Until then queries filter by what is current.
struct TokenLevels: Sendable {
    let recent = RecentTokens()
    let bounds: RecordStoreOptions

    // MARK: Opening

    /// Entries that have not left the recent level, read from the database: for opening a store, and for readers beside a server.
    static func recent(_ connection: Connection) throws(DatabaseError) -> [TokenEntry] {
        let through = try self.through(connection)
        let least = through.min() ?? 0
        var entries: [TokenEntry] = []
        let lists = try connection.statement("SELECT record, tokens FROM token_list WHERE record > ?1")
        lists.bind(1, least)
        try lists.forEachRow { row throws(DatabaseError) in
            let record = row.integer(0)
            for token in row.withBytes(1, TokenList.decode) where record > through[TokenEntry.slice(of: token)] {
                entries.append(TokenEntry(token: token, record: record))
            }
            return true
        }
        let drops = try connection.statement("""
            SELECT d.record, d.since, l.tokens FROM token_drop d JOIN token_list l USING (record) WHERE d.since > ?1
            """)
        drops.bind(1, least)
        try drops.forEachRow { row throws(DatabaseError) in
            let (record, since) = (row.integer(0), row.integer(1))
            for token in row.withBytes(2, TokenList.decode) where since > through[TokenEntry.slice(of: token)] {
                entries.append(TokenEntry(token: token, record: -record))
            }
            return true
        }
        return entries
    }

    /// For each slice, the newest sequence whose entries have left the recent level.
    static func through(_ connection: Connection) throws(DatabaseError) -> [Int64] {
        var through = [Int64](repeating: 0, count: TokenEntry.sliceCount)
        try connection.statement("SELECT slice, through FROM token_slice").forEachRow { row throws(DatabaseError) in
            let slice = Int(row.integer(0))
            guard through.indices.contains(slice) else { throw DatabaseError(.corrupt, "token slice out of range") }
            through[slice] = row.integer(1)
            return true
        }
        return through
    }

    // MARK: Looking up

    /// Adds the records that `token` finds in the runs and the large level.
    /// - Returns: false if `records` would grow past `bound`; it is then incomplete.
    static func collect(
        _ token: Int64, bound: Int, into records: inout [Int64], _ connection: Connection
    ) throws(DatabaseError) -> Bool {
        let bucket = Int64(TokenEntry.bucket(of: token))
        let runs = try connection.statement("SELECT entries FROM token_run WHERE key >= ?1 AND key < ?2")
        runs.bind(1, bucket << 50)
        runs.bind(2, (bucket + 1) << 50)
        try runs.forEachRow { row throws(DatabaseError) in
            row.withBytes(0) { TokenRun.collect(token, from: $0, into: &records) }
            return true
        }
        let large = try connection.statement("SELECT record FROM token WHERE token = ?1")
        large.bind(1, token)
        try large.forEachRow { row throws(DatabaseError) in
            records.append(row.integer(0))
            return records.count <= bound
        }
        return records.count <= bound
    }

    /// True if `token` finds `record` in the runs or the large level.
    static func holds(_ token: Int64, _ record: Int64, _ connection: Connection) throws(DatabaseError) -> Bool {
        let large = try connection.statement("SELECT 1 FROM token WHERE token = ?1 AND record = ?2")
        large.bind(1, token)
        large.bind(2, record)
        if try large.first({ _ in true }) != nil { return true }
        let bucket = Int64(TokenEntry.bucket(of: token))
        let runs = try connection.statement("SELECT entries FROM token_run WHERE key >= ?1 AND key < ?2")
        runs.bind(1, bucket << 50)
        runs.bind(2, (bucket + 1) << 50)
        var records: [Int64] = []
        try runs.forEachRow { row throws(DatabaseError) in
            row.withBytes(0) { TokenRun.collect(token, from: $0, into: &records) }
            return true
        }
        return records.contains(record)
    }
}
