/// Asks for current records of one type that may match: a superset, whose exactness the caller restores by opening filter records.
///
/// No deleted and no superseded version is ever among them. An engine throws ``DatabaseError/Code/tooCostly`` where every group finds
/// more records than its declared bound and a walk in order does not fill the page either.
public struct CandidateQuery: Sendable {
    public var tenant: TenantID
    public var type: String
    /// Tokens: a record qualifies if it carries at least one token of each group. Without groups every current record of the type does.
    public var groups: [[Int64]]
    public var order: Order
    /// Only what comes strictly after this place in `order`.
    public var after: Position?
    /// At most so many rows; more may exist (``CandidatePage/isComplete``).
    public var limit: Int
    /// Whether ``StoredRecord/sealed`` is filled as well as the filter record.
    public var includesContent: Bool
    /// The newest epoch of the index that the tokens were made for; 0 where it does not matter. Where that epoch is over, the query is
    /// refused with ``DatabaseError/Code/indexMoved``.
    public var indexEpoch: UInt32

    /// A query; see the properties.
    public init(
        tenant: TenantID, type: String, groups: [[Int64]], order: Order = .newestFirst, after: Position? = nil, limit: Int,
        includesContent: Bool = false, indexEpoch: UInt32 = 0
    ) {
        self.tenant = tenant
        self.type = type
        self.groups = groups
        self.order = order
        self.after = after
        self.limit = limit
        self.includesContent = includesContent
        self.indexEpoch = indexEpoch
    }

    /// The order of candidates, by time of the last update, then by sequence.
    public enum Order: UInt8, Sendable {
        case newestFirst, oldestFirst
    }

    /// A place in the order.
    public struct Position: Hashable, Sendable {
        /// Microseconds since 1970-01-01T00:00:00Z.
        public var updatedAt: Int64
        public var sequence: Int64

        /// A place in the order.
        public init(updatedAt: Int64, sequence: Int64) {
            self.updatedAt = updatedAt
            self.sequence = sequence
        }
    }
}

/// Candidates in order.
public struct CandidatePage: Sendable {
    public var rows: [StoredRecord]
    /// True if nothing comes after the last row.
    public var isComplete: Bool

    /// A page; engines make it.
    public init(rows: [StoredRecord], isComplete: Bool) {
        self.rows = rows
        self.isComplete = isComplete
    }
}
