internal import WardDatabase

/// An epoch of the index and the set of tables that holds it.
struct TokenEpoch: Sendable {
    let tables: TokenTables
    let epoch: UInt32
    /// The last sequence that was written before it began.
    let boundary: Int64
    /// Up to which sequence, at most ``boundary``, older versions have been brought over.
    let reindexed: Int64

    /// The epochs that are there, oldest first: one, or two while the index is made anew.
    static func all(_ connection: Connection) throws(DatabaseError) -> [TokenEpoch] {
        var epochs: [TokenEpoch] = []
        try connection.statement("SELECT tables, epoch, boundary, reindexed FROM token_epoch ORDER BY epoch")
            .forEachRow { row throws(DatabaseError) in
                guard let epoch = TokenEpoch(row) else {
                    throw DatabaseError(.corrupt, "token_epoch: a row is none that this program writes; ward verify names it")
                }
                epochs.append(epoch)
                return true
            }
        guard (1...2).contains(epochs.count) else {
            throw DatabaseError(.corrupt, "token_epoch: it holds \(epochs.count) epochs, and there is one, or two; ward verify names it")
        }
        return epochs
    }

    /// What a row of `token_epoch` says; nil where it is none that this program writes.
    init?(_ row: Statement) {
        guard (0...3).allSatisfy({ row.isInteger($0) }),
            let tables = TokenTables.all.first(where: { Int64($0.number) == row.integer(0) }),
            let epoch = UInt32(exactly: row.integer(1)), (0..<RecordRow.sequences).contains(row.integer(2)),
            (0...row.integer(2)).contains(row.integer(3))
        else { return nil }
        self.init(tables: tables, epoch: epoch, boundary: row.integer(2), reindexed: row.integer(3))
    }

    /// An epoch that begins.
    init(tables: TokenTables, epoch: UInt32, boundary: Int64, reindexed: Int64) {
        self.tables = tables
        self.epoch = epoch
        self.boundary = boundary
        self.reindexed = reindexed
    }
}

/// How far the entries of each slice of the key range have left the recent level.
///
/// Versions come into an epoch in two streams, each by ascending sequence: those that are written while it is the newest
/// (after its boundary), and older ones that are brought over. Each stream has its own mark.
struct Settled: Sendable {
    let boundary: Int64
    var written = [Int64](repeating: 0, count: TokenEntry.sliceCount)
    var reindexed = [Int64](repeating: 0, count: TokenEntry.sliceCount)

    init(boundary: Int64) { self.boundary = boundary }

    /// Whether the entry of a version has not left the recent level.
    func isRecent(_ record: Int64, _ token: Int64) -> Bool {
        let slice = TokenEntry.slice(of: token)
        return record > (record > boundary ? written[slice] : reindexed[slice])
    }

    /// The least marks over all slices.
    var leastWritten: Int64 { written.min() ?? 0 }
    var leastReindexed: Int64 { reindexed.min() ?? 0 }
}
