/// Bounds of a record store in SQLite.
public struct RecordStoreOptions: Sendable {
    /// Index entries held in memory before they are merged; 16 bytes each.
    public var recentTokens = 300_000
    /// Index entries in the middle level.
    public var mergedTokens = 4_000_000
    /// A token that finds more records than this in one merge goes straight to the large level.
    public var frequentTokenRecords = 64
    /// A group of tokens that finds at most so many records is read whole; past it, records are walked in order and tested instead.
    public var fewHits = 4_000
    /// Rows that such a walk looks at before it gives up.
    public var walkedRows = 20_000
    /// Records that the smallest group of a query may find in the end; past it the query is too costly.
    public var tokenHits = 200_000
    /// Reading connections, each with a thread.
    public var readers = 4
    /// Reads and batches that may wait.
    public var waitingReads = 4_096
    /// Batches that may wait.
    public var waitingBatches = 1_024
    /// Pages in the write-ahead log at which it is copied into the file.
    public var checkpointPages = 4_000
    /// Bytes of a page of a new file; a power of two from 512 to 65,536.
    public var pageSize = 8_192
    /// Page cache of the writer, in KiB.
    public var writerCacheKiB = 64 * 1_024
    /// Page cache of each reader, in KiB.
    public var readerCacheKiB = 16 * 1_024

    /// Bounds that suit a machine with two cores and a few GB.
    public init() {}
}
