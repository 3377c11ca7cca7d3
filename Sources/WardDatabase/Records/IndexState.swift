/// Where a blind index stands: the epoch that new versions are written to, and how far an older one has been brought over.
public struct IndexState: Sendable, Hashable {
    /// The newest epoch; a new store begins with 1.
    public var epoch: UInt32
    /// The epoch before it, while current versions are still found by its tokens alone.
    public var older: UInt32?
    /// The last sequence that was written before the newest epoch began.
    public var boundary: Int64
    /// Up to this sequence all current versions have tokens of the newest epoch; ``boundary`` at the end.
    public var reindexed: Int64

    /// A state; engines make it.
    public init(epoch: UInt32, older: UInt32?, boundary: Int64, reindexed: Int64) {
        self.epoch = epoch
        self.older = older
        self.boundary = boundary
        self.reindexed = reindexed
    }
}

/// Current versions that have no tokens of the newest epoch yet.
public struct UnindexedPage: Sendable {
    /// By ascending sequence; filter records, but no content.
    public var rows: [StoredRecord]
    /// All current versions up to this sequence, and after the state's ``IndexState/reindexed``, are among ``rows`` and ``damaged``.
    public var through: Int64
    /// The first of which a cell holds what no engine writes: left out, no search would find it nor fail for it any more.
    public var damaged: DamagedRow?

    /// A page; engines make it.
    public init(rows: [StoredRecord], through: Int64) {
        self.rows = rows
        self.through = through
    }
}

/// Tokens of the newest epoch for a version that has those of the one before it.
public struct ReindexedVersion: Sendable {
    public var sequence: Int64
    public var tokens: [Int64]
    /// The filter record made anew and sealed, where the old one was made by another program; nil leaves it.
    public var filter: [UInt8]?

    /// A version; see the properties.
    public init(sequence: Int64, tokens: [Int64], filter: [UInt8]? = nil) {
        self.sequence = sequence
        self.tokens = tokens
        self.filter = filter
    }
}
