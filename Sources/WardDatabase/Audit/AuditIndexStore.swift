/// An index over the audit log: which entries are about a patient, by an agent, of a notable kind. It holds pseudonyms
/// and positions, is made from the clear headers of entries, and can be thrown away and made anew at any time.
///
/// Writes return when they are durable. Every implementation passes ``AuditIndexConformance``.
public protocol AuditIndexStore: Sendable {
    /// How far the log is indexed.
    func state() async throws(DatabaseError) -> AuditIndexState

    /// Adds postings and moves the end, in one transaction.
    /// - Throws: `.versionConflict` where the index does not end at `old`: another indexer was faster.
    func add(_ postings: [AuditPosting], from old: AuditIndexState, to new: AuditIndexState) async throws(DatabaseError)

    /// Positions of a term, greatest first: those below `end` and not below `start`; at most `limit`. None is negative, or
    /// beyond ``AuditLimits/positions``, whatever somebody wrote there.
    func positions(
        of term: AuditTerm, from start: Int64, below end: Int64, limit: Int) async throws(DatabaseError) -> [Int64]

    /// Every posting, by family, value and position; those after one, at most `limit`.
    func postings(after posting: AuditPosting?, limit: Int) async throws(DatabaseError) -> [AuditPosting]

    /// The values of a family that have postings, in ascending order; at most `limit`.
    func values(of family: AuditTerm.Family, limit: Int) async throws(DatabaseError) -> [Int64]

    /// Forgets postings below a position, and values that have none then; the end stays where it is.
    func forget(below position: Int64) async throws(DatabaseError)

    /// Forgets everything.
    func clear() async throws(DatabaseError)
}

/// What entries are looked up by.
public struct AuditTerm: Sendable, Hashable {
    /// Kinds of terms.
    public enum Family: UInt8, Sendable, CaseIterable {
        /// The first eight bytes of a patient's pseudonym.
        case patient = 1
        /// The first eight bytes of an agent's pseudonym.
        case agent = 2
        /// The number of an event kind, for kinds that are not everyday reading and writing.
        case kind = 3
        /// The outcome, for events that did not succeed.
        case outcome = 4
    }

    public var family: Family
    public var value: Int64

    /// A term.
    public init(_ family: Family, _ value: Int64) {
        self.family = family
        self.value = value
    }
}

/// That an entry belongs to a term.
public struct AuditPosting: Sendable, Hashable {
    public var term: AuditTerm
    /// The entry's position in the log.
    public var position: Int64

    /// A posting.
    public init(_ term: AuditTerm, _ position: Int64) {
        self.term = term
        self.position = position
    }
}

/// How far a log is indexed.
public struct AuditIndexState: Sendable, Hashable {
    /// Entries below this position are indexed.
    public var end: Int64
    /// The event of the last entry that is indexed; nil where none is. It shows an index that belongs to another log.
    public var last: EventID?

    /// A state.
    public init(end: Int64, last: EventID?) {
        self.end = end
        self.last = last
    }

    /// Nothing is indexed.
    public static let empty = AuditIndexState(end: 0, last: nil)
}
