internal import WardDatabase

/// Current versions of a page whose tokens are still to be compared with those that the index holds.
struct IndexChecks {
    /// One version.
    struct Check {
        let sequence: Int64
        let key: RecordKey
        let version: UInt64
        /// The tokens that it may have, distinct and ascending, one alternative for each epoch of the index. Empty
        /// where its filter record was made by another program, which may have found other terms: then it is only known
        /// whether it must have any.
        let alternatives: [[Int64]]
    }

    private(set) var checks: [Check] = []
    private var tokens = 0

    /// True where so many tokens wait that they should be compared before more rows are opened.
    var isFull: Bool { tokens > 100_000 }

    mutating func add(_ check: Check) {
        checks.append(check)
        for alternative in check.alternatives { tokens += alternative.count }
    }
}
