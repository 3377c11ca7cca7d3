/// What lies in an archive: a segment, or what is left of entries that expired. Each is proved by itself, but for its
/// position: no signature covers that, it follows from what lies before.
enum ArchivePiece {
    case segment(Segment)
    case run(ExpiredRun)

    /// Reads what lies under a name and proves it.
    /// - Parameter keys: of the log's checkpoints; nil for what an archive of one's own has, which was proved when it was
    ///   put there, perhaps by a key that has been replaced since.
    /// - Throws: ``AuditError``: `.malformed`, or `.tampered` where it proves nothing, or is another one than its name says.
    init(parsing bytes: [UInt8], as name: SegmentName, keys: CheckpointKeys?) throws(AuditError) {
        switch name.kind {
        case .segment: self = .segment(try Segment(reading: bytes, keys: keys))
        case .expired: self = .run(try ExpiredRun(reading: bytes, keys: keys))
        }
        guard self.name == name.first else { throw AuditError(.tampered, "lies under another name") }
    }

    /// What it is called in an archive.
    var name: SegmentName {
        switch self {
        case .segment(let segment): segment.name
        case .run(let run): run.name
        }
    }

    var year: Int { name.year }
    var leaves: Range<Int64> { name.leaves }

    /// Where its first entry stands in the log, as it says.
    var position: Int64 {
        switch self {
        case .segment(let segment): segment.position
        case .run(let run): run.tombstone.range.lowerBound
        }
    }

    /// The last checkpoint of the book before, where this is the beginning of a book that follows another; else empty.
    var opening: [UInt8] {
        switch self {
        case .segment(let segment): segment.opening
        case .run(let run): run.opening
        }
    }

    /// The checkpoint that proves it. That of a run may reach farther than the run.
    var checkpoint: SignedCheckpoint {
        switch self {
        case .segment(let segment): segment.checkpoint
        case .run(let run): run.checkpoint
        }
    }

    /// The tree of the first leaves of the book; nil unless it ends within this one, or at one of its ends.
    func frontier(at size: Int64) -> MerkleFrontier? {
        guard size >= leaves.lowerBound, size <= leaves.upperBound else { return nil }
        let count = Int(size - leaves.lowerBound)
        switch self {
        case .segment(let segment):
            var frontier = MerkleFrontier(size: leaves.lowerBound, peaks: segment.peaks)
            for leaf in segment.content.prefix(count) { frontier?.append(.leaf(leaf)) }
            return frontier
        case .run(let run):
            var frontier = MerkleFrontier(size: leaves.lowerBound, peaks: run.peaks)
            for hash in run.hashes.prefix(count) { frontier?.append(hash) }
            return frontier
        }
    }

    /// What is said of one that is proved but for its position.
    static let misplaced = "says that it stands elsewhere in the log"
}
