internal import WardDatabase

/// A run of leaves of one book with the checkpoint that signs them: what is shipped to an archive and never changed
/// there. It can be checked by itself, and a log can be rebuilt from its segments.
///
/// All integers are big endian.
///
/// | Offset | Bytes | Field |
/// | --- | --- | --- |
/// | 0 | 8 | `WARDSEG1` |
/// | 8 | 4 | year of the book |
/// | 12 | 8 | first leaf |
/// | 20 | 8 | end: the leaf after the last |
/// | 28 | 8 | position in the log of the first entry |
/// | 36 | 4 + n | length and text of the checkpoint of `end` leaves, as it was signed |
/// | | 1 + 32 n | how many, and the roots of the full subtrees over the leaves before the first, widest first |
/// | | 2 + n each | length and bytes of each leaf (an entry bundle of tlog-tiles) |
public struct Segment: Sendable, Equatable {
    /// The calendar year of the book.
    public var year: Int
    /// The leaves of the book.
    public var leaves: Range<Int64>
    /// Where the first entry stands in the log.
    public var position: Int64
    /// Signs the book up to the end of the leaves.
    public var checkpoint: SignedCheckpoint
    /// Of the tree before the first leaf.
    let peaks: [MerkleHash]
    /// The leaves themselves. Leaf 0 of a book that follows another is the other's last checkpoint, all others are
    /// entries.
    let content: [[UInt8]]
    /// Leaves that are not entries: 1 where the opening of the book is among them, else 0.
    let openingLeaves: Int

    private static let magic = Array("WARDSEG1".utf8)
    /// The largest segment that is read.
    static let limitBytes = 64 << 20

    init(
        year: Int, leaves: Range<Int64>, position: Int64, checkpoint: SignedCheckpoint, peaks: [MerkleHash],
        content: [[UInt8]]
    ) {
        self.year = year
        self.leaves = leaves
        self.position = position
        self.checkpoint = checkpoint
        self.peaks = peaks
        self.content = content
        // No entry can be read as a checkpoint: its first byte is its format.
        let isOpened = leaves.lowerBound == 0 && content.first.map { (try? SignedCheckpoint(parsing: $0)) != nil } ?? false
        openingLeaves = isOpened ? 1 : 0
    }

    /// Reads a segment and checks it: its form, the signature, and that its leaves lead to the signed root.
    ///
    /// No signature covers its position. That it can be right is checked here; whether it is, shows with what lies before.
    /// - Parameter keys: of its checkpoints.
    /// - Throws: ``AuditError``: `.malformed`, or `.tampered` where signature or root are others.
    public init(parsing bytes: [UInt8], keys: CheckpointKeys) throws(AuditError) {
        try self.init(reading: bytes, keys: keys)
    }

    /// - Parameter keys: nil where it need not be held against any.
    init(reading bytes: [UInt8], keys: CheckpointKeys?) throws(AuditError) {
        var reader = SegmentReader(bytes)
        guard bytes.count <= Self.limitBytes, try reader.bytes(8) == Self.magic else { throw SegmentReader.malformed }
        let year = Int(try reader.integer(4)), first = try reader.integer(8), end = try reader.integer(8)
        let position = try reader.integer(8)
        guard first >= 0, first < end, end <= AuditLimits.positions, end - first <= bytes.count,
              (0...AuditLimits.positions).contains(position) else { throw SegmentReader.malformed }
        let checkpoint = try SignedCheckpoint(parsing: try reader.bytes(Int(try reader.integer(4))))
        var peaks: [MerkleHash] = []
        for _ in 0..<(try reader.integer(1)) {
            guard let peak = MerkleHash(try reader.bytes(32)) else { throw SegmentReader.malformed }
            peaks.append(peak)
        }
        var content: [[UInt8]] = []
        content.reserveCapacity(Int(end - first))
        for _ in first..<end { content.append(try reader.bytes(Int(try reader.integer(2)))) }
        guard reader.isAtEnd, var frontier = MerkleFrontier(size: first, peaks: peaks) else {
            throw SegmentReader.malformed
        }
        for leaf in content { frontier.append(.leaf(leaf)) }
        guard keys.map({ checkpoint.isSigned(by: $0) }) ?? true, checkpoint.checkpoint.origin.hasSuffix("/\(year)"),
              checkpoint.checkpoint.size == end, frontier.root == checkpoint.checkpoint.root else {
            throw AuditError(.tampered, "a segment of the log is not what was signed")
        }
        self.init(
            year: year, leaves: first..<end, position: position, checkpoint: checkpoint, peaks: peaks, content: content)
        // The first book begins with entry 0, and a later one with an opening and a later entry.
        guard first == 0 ? (position > 0) == (openingLeaves == 1) : position >= first else {
            throw AuditError(.tampered, ArchivePiece.misplaced)
        }
    }

    /// The bytes, as the table above has them.
    public var bytes: [UInt8] {
        var bytes = Self.magic
        Self.append(Int64(year), 4, to: &bytes)
        for number in [leaves.lowerBound, leaves.upperBound, position] { Self.append(number, 8, to: &bytes) }
        Self.append(Int64(checkpoint.note.count), 4, to: &bytes)
        bytes += checkpoint.note
        bytes.append(UInt8(peaks.count))
        for peak in peaks { peak.append(to: &bytes) }
        for leaf in content {
            Self.append(Int64(leaf.count), 2, to: &bytes)
            bytes += leaf
        }
        return bytes
    }

    /// What it is called in an archive.
    var name: SegmentName { SegmentName(year: year, leaves: leaves) }

    /// The entries, in order, from ``position`` on.
    var entries: ArraySlice<[UInt8]> { content[openingLeaves...] }

    /// The last checkpoint of the book before, where this is the beginning of a book that follows another; else empty.
    var opening: [UInt8] { openingLeaves == 1 ? content[0] : [] }

    /// The position after the last entry.
    public var endPosition: Int64 { position + Int64(entries.count) }

    static func append(_ number: Int64, _ count: Int, to bytes: inout [UInt8]) {
        for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: number >> Int64(8 * (count - 1 - index)))) }
    }
}

/// Takes a segment apart.
struct SegmentReader {
    static let malformed = AuditError(.malformed, "this is no segment of an audit log")
    private let all: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { all = bytes }

    var isAtEnd: Bool { offset == all.count }

    mutating func bytes(_ count: Int) throws(AuditError) -> [UInt8] {
        guard count >= 0, count <= all.count - offset else { throw Self.malformed }
        defer { offset += count }
        return Array(all[offset..<offset + count])
    }

    mutating func integer(_ count: Int) throws(AuditError) -> Int64 {
        try bytes(count).reduce(0) { $0 << 8 | Int64($1) }
    }
}
