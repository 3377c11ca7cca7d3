/// What commits together or not at all.
public struct WriteBatch: Sendable {
    /// Checked inside the transaction, before anything is written.
    public var preconditions: [Precondition]
    /// Versions to write; at most one for each record.
    public var records: [NewRecord]
    /// Versions, by sequence, that no search finds from now on and that lose their filter record, with nothing in their
    /// place: those of a patient whose keys are destroyed. A batch that has any must write a record.
    public var withdrawn: [Int64]
    /// Records that go for good with all their versions and nothing in their place: what is of no use any more
    /// (``RecordStore/stale(_:tenant:before:limit:)``). A batch that has any must write another record.
    public var removed: [Removal]
    /// Audit events of these writes.
    public var events: [OutboxEvent]
    /// The epoch of the index whose tokens the records have, the oldest where they differ, and that the tokens of the
    /// preconditions were asked for; 0 where there are no tokens. Older than the store's newest, the batch is refused.
    public var indexEpoch: UInt32

    /// A batch; see the properties.
    public init(
        preconditions: [Precondition] = [], records: [NewRecord] = [], withdrawn: [Int64] = [], removed: [Removal] = [],
        events: [OutboxEvent] = [], indexEpoch: UInt32 = 0
    ) {
        self.preconditions = preconditions
        self.records = records
        self.withdrawn = withdrawn
        self.removed = removed
        self.events = events
        self.indexEpoch = indexEpoch
    }

    /// A record that is to go, if its newest version is still this one; else the batch fails with `.versionConflict`.
    public struct Removal: Sendable, Hashable {
        public var key: RecordKey
        public var version: UInt64

        /// A record by its newest version.
        public init(_ key: RecordKey, version: UInt64) {
            self.key = key
            self.version = version
        }
    }

    /// What must still be true when the batch commits, so that decisions made on an earlier read hold.
    public enum Precondition: Sendable {
        /// The newest version of the record is this one (0: no version exists).
        case newest(RecordKey, version: UInt64)
        /// No current record written after `since` (a ``StoredRecord/sequence``) carries all of these tokens.
        ///
        /// It makes conditional creates and references free of races: search, remember the newest sequence, then commit with this.
        case noneMatches(tokens: [Int64], since: Int64)
    }
}

/// Evidence that a batch is on disk. Only an engine makes one, after the commit is durable.
public struct CommitReceipt: Sendable {
    /// The sequence of each record of the batch, in the batch's order.
    public let sequences: [Int64]
    /// The audit events that are durable with it.
    public let events: Set<EventID>

    /// For engines, after the commit is durable.
    package init(sequences: [Int64], events: Set<EventID>) {
        self.sequences = sequences
        self.events = events
    }
}
