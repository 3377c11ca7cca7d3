/// Where the entries of the audit log, the tiles of its tree and its checkpoints live. It sees no plaintext and holds
/// no key.
///
/// The log is one dense row of entries, from position 0 on; nothing is ever changed, and nothing removed but by
/// ``expire(_:under:)``, from the beginning of the log on, which leaves a tombstone. Each calendar year is
/// a book: a tree of its own over the entries from its start on (``AuditBook``).
///
/// - Writes return when they are durable (they survive the loss of power). What fails leaves nothing behind.
/// - Positions are given by the store's single writer, in the order of commits, without gaps.
/// - Reads see every write that returned before the read began. A store opened for reading works beside a running
///   writer.
///
/// Every implementation passes ``AuditStoreConformance``.
public protocol AuditStore: Sendable {
    /// What the store holds now.
    func state() async throws(DatabaseError) -> AuditStoreState

    /// Appends entries, all or none, and returns their positions.
    /// - Parameter entries: 1 to ``AuditLimits/entriesPerAppend`` entries of at most ``AuditLimits/entryBytes`` bytes
    ///   each.
    /// - Throws: ``DatabaseError``: `.unavailable` or `.full` where the disk fails, `.overloaded` where too many
    ///   writes wait.
    func append(_ entries: [[UInt8]]) async throws(DatabaseError) -> Range<Int64>

    /// Appends entries that come from an outbox and moves the outbox cursor, in one transaction: so each goes in
    /// exactly once.
    /// - Throws: `.versionConflict` where the store's cursor is not `cursor`: another relay was faster. Else as
    ///   ``append(_:)``.
    func relay(
        _ entries: [[UInt8]], from cursor: OutboxCursor, to next: OutboxCursor) async throws(DatabaseError
    ) -> Range<Int64>

    /// Opens a book: the first one, or the next year's.
    /// - Throws: `.versionConflict` unless the newest book is `previous` with a head of `size`, and the new book
    ///   starts where it ends.
    func open(_ book: AuditBook, after previous: AuditBook?, size: Int64) async throws(DatabaseError)

    /// Writes tiles and moves the head of a book by compare-and-set, in one transaction.
    /// - Throws: `.versionConflict` where the head is not the one that the extension builds on.
    func publish(_ extension: TreeExtension) async throws(DatabaseError)

    /// Removes entries from the beginning of the log and keeps a tombstone of them, in one transaction.
    /// - Parameters:
    ///   - range: begins where the ones removed before end, and leaves at least one entry. In a log that is rebuilt, where it
    ///     begins after the last entry, there is nothing to remove, and the next entry comes after it.
    ///   - tombstone: what is kept in their place, as it was signed.
    /// - Throws: `.versionConflict` where the range is another one.
    func expire(_ range: Range<Int64>, under tombstone: [UInt8]) async throws(DatabaseError)

    /// Takes rows aside that are no entries of this log, and numbers those behind the newest checkpoint densely again: in one
    /// transaction with the entry that tells of it, which comes last. Nothing is deleted; what was taken aside stays in the
    /// store for whoever looks into it.
    /// - Parameter positions: behind the newest checkpoint (those of ``strays(after:limit:)`` are), or negative.
    /// - Throws: `.versionConflict` where one of them is signed or not there; nothing was done then.
    func setAside(_ positions: [Int64], telling entry: [UInt8]) async throws(DatabaseError)

    /// Rows that were taken aside, by number; those from a number on, at most `limit`. The store numbers them from 1 on, in the
    /// order in which they were taken; it gives what is stored, also where somebody wrote other numbers there.
    func aside(from number: Int64, limit: Int) async throws(DatabaseError) -> [AsideRow]

    /// How many rows were taken aside.
    func countAside() async throws(DatabaseError) -> Int64

    /// Keeps what tells of signed entries that are lost (``losses()``), for ever.
    func keepLoss(_ note: [UInt8]) async throws(DatabaseError)

    /// What tells of signed entries that are lost, oldest first.
    func losses() async throws(DatabaseError) -> [[UInt8]]

    /// What is kept in the place of entries that were removed, oldest first.
    func tombstones() async throws(DatabaseError) -> [[UInt8]]

    /// Entries from a position on, in order, until `limit` entries or about `maximumBytes` bytes are read; at least
    /// one where there is one.
    ///
    /// It gives what is stored, also where positions have gaps or are negative: verification must see them. What is beyond
    /// ``AuditLimits/positions`` is seen by ``strays(after:limit:)`` alone.
    func entries(from position: Int64, limit: Int, maximumBytes: Int) async throws(DatabaseError) -> EntryBlock

    /// Rows at positions from ``AuditLimits/positions`` on, in order, those after `position`; at most `limit`. No log grows so
    /// far: somebody put them there. Nothing else that the store gives knows of them, so that no sum of positions overflows.
    func strays(after position: Int64, limit: Int) async throws(DatabaseError) -> EntryBlock

    /// Tiles of one level of a book, by number from `number` on; at most `limit`.
    func tiles(of year: Int, level: Int, from number: Int64, limit: Int) async throws(DatabaseError) -> [AuditTile]

    /// Checkpoints that are kept of a book, by size, those greater than `size`; at most `limit`.
    func checkpoints(of year: Int, after size: Int64, limit: Int) async throws(DatabaseError) -> [StoredCheckpoint]

    /// The newest checkpoint of a book, or nil.
    func head(of year: Int) async throws(DatabaseError) -> StoredCheckpoint?

    /// Tables, indexes and rows that no server leaves behind, and that nothing else of the store shows: they are named by
    /// verification.
    func flaws() async throws(DatabaseError) -> [StoreFlaw]

    /// The years of which there are checkpoints, oldest first; also where the book of such a year is missing, which
    /// verification must see.
    func signedYears() async throws(DatabaseError) -> [Int]
}

/// Bounds of an audit log.
public enum AuditLimits {
    /// An entry has at most so many bytes, so that its length fits the two bytes that tlog-tiles gives it.
    public static let entryBytes = 65_535
    /// Positions that a log can have are below it, 2^60: a million entries a second for 36,000 years. Numbers of the store that
    /// are not positions of entries (where a book starts, what expired) are read as no more than this, and no less than its
    /// negative: they are wrong all the same.
    public static let positions: Int64 = 1 << 60
    /// Entries of one append.
    public static let entriesPerAppend = 4_096
    /// Hashes in a full tile (tlog-tiles, height 8).
    public static let tileWidth = 256
}
