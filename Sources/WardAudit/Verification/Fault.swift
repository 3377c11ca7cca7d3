internal import WardDatabase

/// Something wrong in the audit log: what, where, of which kind.
public struct Fault: Sendable, Hashable, CustomStringConvertible {
    public var kind: Kind
    /// The position of the first wrong entry; nil where no entry can be named.
    public var entry: Int64?
    /// The last entry that may be wrong, where only a range can be named; else equal to ``entry``.
    public var through: Int64?
    /// The book, by calendar year; nil where it is about the whole log.
    public var year: Int?
    /// The tile of the book that it is about, such as `tile/0/003`; nil where it is about entries or checkpoints.
    public var tile: String?
    /// The leaves of a tile of level 0 that it names.
    var leaves: Range<Int64>?
    /// What was found, in words without values.
    public var what: String

    /// A fault; see the properties.
    public init(_ kind: Kind, entry: Int64? = nil, through: Int64? = nil, year: Int? = nil, _ what: String) {
        self.kind = kind
        self.entry = entry
        self.through = through ?? entry
        self.year = year
        self.what = what
    }

    /// A tile that is missing, or is not what the signed tree has there.
    init(tile: TilePath, year: Int, isMissing: Bool) {
        self.init(
            isMissing ? .removed : .changed, year: year,
            isMissing ? "the tile is missing" : "the tile is not what the signed tree has there")
        self.tile = tile.description
        if tile.level == 0 { leaves = tile.number << 8..<tile.number << 8 + Int64(tile.width) }
    }

    /// That entries of a book were not those that were signed when they were read first, and are when they are read again.
    init(unsteadyFrom leaf: Int64, of book: AuditBook, head: SignedCheckpoint) {
        let last = max(head.checkpoint.size - 1, book.openingLeaves)
        self.init(
            .changed, entry: book.position(ofLeaf: min(max(leaf, book.openingLeaves), last)), through: book.position(ofLeaf: last),
            year: book.year, """
                what was read here first was not what was signed, and was when it was read again: the disk is failing, or something \
                wrote meanwhile; verify once more
                """)
    }

    /// That a row of a block holds something else than bytes; nil where none before `end` does.
    init?(foreignOf block: EntryBlock, before end: Int64, year: Int?) {
        guard let position = block.foreign, position < end else { return nil }
        self.init(.malformed, entry: position, year: year, "its row holds something else than bytes; somebody wrote it")
    }

    /// One line: kind, place, what.
    public var description: String {
        var place = year.map { "book \($0)" } ?? "log"
        if let tile { place += ", \(tile)" }
        if let entry {
            place += entry == through ? ", entry \(entry)" : ", entries \(entry) to \(through ?? entry)"
        }
        return "\(kind.rawValue): \(place): \(what)"
    }

    /// Kinds of tampering and damage.
    public enum Kind: String, Sendable, CaseIterable {
        /// An entry, a tile or a book is not what was signed.
        case changed
        /// An entry is missing, with others after it; or a tile or a book is.
        case removed
        /// An entry stands where none was signed.
        case inserted
        /// Entries stand in another order than was signed.
        case reordered
        /// The end of the log is missing, though signed.
        case truncated
        /// The log as a whole is older than a checkpoint that is known of it.
        case rolledBack
        /// A checkpoint was signed of another log than this one.
        case forked
        /// Time goes back.
        case clock
        /// A checkpoint is not signed by the log's key, or does not belong where it stands.
        case signature
        /// An emitter's number or an event's id appears twice.
        case duplicate
        /// Signed entries were lost, and somebody accepted that.
        case lost
        /// An entry has no form that this program knows.
        case malformed
    }
}

/// What a verification found.
public struct VerificationReport: Sendable {
    /// Entries that were read.
    public var entries: Int64 = 0
    /// Entries below this number expired, as signed tombstones say; 0 where none did.
    public var expired: Int64 = 0
    /// Entries after the last checkpoint: not signed yet, checked for form and numbering.
    public var unsequenced: Int64 = 0
    /// Rows that stood in the log and were none of its entries: somebody had them taken aside.
    public var aside: Int64 = 0
    /// Checkpoints whose signature and root were checked.
    public var checkpoints = 0
    /// The newest checkpoint, where there is one.
    public var head: SignedCheckpoint?
    /// What is wrong, in the order of the log; at most ``AuditVerifier/faultBound`` for each book.
    public var faults: [Fault] = []

    /// True if nothing is wrong.
    public var isWhole: Bool { faults.isEmpty }
}
