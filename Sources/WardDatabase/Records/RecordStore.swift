/// Where sealed records, their blind index and the outbox live. It sees no plaintext and holds no key.
///
/// - Writes: ``commit(_:)`` returns when the batch is durable (it survives the loss of power). Batches that wait
///   together share one flush to disk. A batch that fails leaves nothing behind and does not harm the others.
/// - Reads see every batch whose commit has returned before the read began.
/// - Bounds: the queue of waiting batches is bounded; past it ``DatabaseError/Code/overloaded`` is thrown.
///
/// Every engine passes the conformance suite in `WardDatabase/Records/Conformance`.
public protocol RecordStore: Sendable {
    /// Writes a batch, all or nothing, and returns when it is durable.
    /// - Throws: ``DatabaseError`` with `.versionConflict` or `.preconditionFailed` where the batch came too late,
    ///   `.indexMoved` where its tokens are of an epoch that is over,
    ///   `.unavailable` or `.full` where the disk fails, `.overloaded` where too many batches wait.
    func commit(_ batch: WriteBatch) async throws(DatabaseError) -> CommitReceipt

    /// The newest version of a record, content and filter included, or nil. It may be a deletion.
    func newest(_ key: RecordKey) async throws(DatabaseError) -> StoredRecord?

    /// One version of a record with its content, or nil.
    func version(_ version: UInt64, of key: RecordKey) async throws(DatabaseError) -> StoredRecord?

    /// Versions of a record, newest first, older than `before` where given, with content; at most `limit`.
    func history(of key: RecordKey, before: UInt64?, limit: Int) async throws(DatabaseError) -> [StoredRecord]

    /// Current records that may match, in order; see ``CandidateQuery``.
    func candidates(_ query: CandidateQuery) async throws(DatabaseError) -> CandidatePage

    /// The versions with these sequences, content included, in the order asked; missing ones are left out.
    /// - Throws: ``DatabaseError`` with `.damaged` where one of them cannot be read.
    func records(_ sequences: [Int64]) async throws(DatabaseError) -> [StoredRecord]

    /// The largest sequence written so far, 0 in an empty store.
    func newestSequence() async throws(DatabaseError) -> Int64

    /// All versions of all records by sequence, after `sequence`, content and filter included; at most `limit` rows. One
    /// that cannot be read is named and does not end the scan.
    func scan(after sequence: Int64, limit: Int) async throws(DatabaseError) -> ScanPage

    /// What of the store's own tables is not as the engine makes it, apart from the versions that ``scan(after:limit:)``
    /// reads: for verification. At most some hundred flaws of a kind.
    /// - Parameters:
    ///   - relayed: the number of the last outbox row that is in the log.
    ///   - types: those that a record may be of; any other type that the store knows must be that of some record.
    func flaws(relayed: Int64, types: Set<String>) async throws(DatabaseError) -> [StoreFlaw]

    /// Refuses from now on every write into a patient's compartment with `.destroyed`; durable on return.
    func closeCompartment(of patient: LogicalID, tenant: TenantID) async throws(DatabaseError)

    /// The patients of a tenant whose compartments are closed.
    func closedCompartments(tenant: TenantID) async throws(DatabaseError) -> Set<LogicalID>

    /// Versions in a patient's compartment that searches can still find, or that have a filter record, by sequence
    /// after `sequence`. A step looks at a bounded number of rows; ``CompartmentPage/next`` is nil after the last.
    func compartment(
        of patient: LogicalID, tenant: TenantID, after sequence: Int64
    ) async throws(DatabaseError) -> CompartmentPage

    /// Newest versions of one type, deletions among them, that were written before a time (microseconds since
    /// 1970-01-01T00:00:00Z), the oldest first, content included; at most `limit`: for what is removed when it is of no use any more.
    func stale(
        _ type: String, tenant: TenantID, before time: Int64, limit: Int
    ) async throws(DatabaseError) -> [StoredRecord]

    /// The first sequence whose version was written at this time or later (microseconds since 1970-01-01T00:00:00Z), or
    /// nil. It looks at the time of every version: for verification.
    func firstSequence(since time: Int64) async throws(DatabaseError) -> Int64?

    /// The data keys that the next `limit` versions of a tenant after `sequence` name: for verification.
    func keyUses(tenant: TenantID, after sequence: Int64, limit: Int) async throws(DatabaseError) -> KeyUsePage

    /// All versions of a record without content, oldest first, as they are at one moment: for verification.
    func marks(of key: RecordKey) async throws(DatabaseError) -> [VersionMark]

    /// The tokens by which each of these versions can be found now, in no order: for verification and tests. All are
    /// those of one moment.
    func tokens(of sequences: [Int64]) async throws(DatabaseError) -> [[Int64]]

    /// A page of the blind index, walked through for entries that should not be there: for verification.
    ///
    /// Nil begins; the page that has no ``IndexPage/next`` is the last. About `limit` entries are looked at.
    func strays(from place: IndexPlace?, limit: Int) async throws(DatabaseError) -> IndexPage

    /// Where the blind index stands.
    func indexState() async throws(DatabaseError) -> IndexState

    /// Begins a new epoch of the blind index: versions written from now on have tokens of it, older ones keep theirs
    /// until ``reindex(_:through:epoch:)`` brings them over, and queries look among both. Nothing happens where the
    /// epoch is not newer than the newest.
    ///
    /// ``commit(_:)`` does the same for a batch with tokens of a newer epoch.
    /// - Throws: ``DatabaseError`` with `.unavailable` while an earlier change has not ended.
    func beginIndex(epoch: UInt32) async throws(DatabaseError)

    /// The next current versions that have no tokens of the newest epoch, at most `limit`.
    func unindexed(limit: Int) async throws(DatabaseError) -> UnindexedPage

    /// Gives older versions their tokens of the newest epoch; those that were superseded meanwhile are passed over.
    /// - Parameters:
    ///   - page: where the versions come from; its place is remembered with them.
    ///   - after: ``IndexState/reindexed`` when the page was asked for. Where it is another now, somebody else has been
    ///     here, and nothing is done.
    ///   - epoch: that of the tokens.
    func reindex(_ versions: [ReindexedVersion], after: Int64, through: Int64, epoch: UInt32) async throws(DatabaseError)

    /// Ends the older epoch, once every current version has tokens of the newest: it is not looked at any more, and its
    /// tokens are removed step by step.
    /// - Returns: true when nothing of it is left.
    func endOlderIndex() async throws(DatabaseError) -> Bool

    /// How much the blind index holds, each part counted up to a bound: for operators.
    func indexSize(bound: Int) async throws(DatabaseError) -> IndexSize

    /// Outbox rows with numbers greater than `number`, in order; at most `limit`. A row whose id is none has ``EventID/none``.
    func outbox(after number: Int64, limit: Int) async throws(DatabaseError) -> [OutboxRow]

    /// Removes outbox rows up to and including `number`. Their numbers are never used again.
    func removeOutbox(through number: Int64) async throws(DatabaseError)

    /// Waits until an outbox row may exist with a number greater than `number`; returns at once if there is one.
    ///
    /// Returns as well when the task is cancelled.
    /// - Throws: ``DatabaseError`` with `.closed` when the store closes.
    func waitForOutbox(after number: Int64) async throws(DatabaseError)

    /// Takes no more work, finishes what waits, lets the files go. Afterwards everything throws `.closed`.
    func close() async
}

extension RecordStore {
    /// The tokens by which this version can be found now, in no order.
    public func tokens(of sequence: Int64) async throws(DatabaseError) -> [Int64] {
        try await tokens(of: [sequence]).first ?? []
    }
}
