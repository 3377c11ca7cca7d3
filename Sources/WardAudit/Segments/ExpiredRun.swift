internal import WardDatabase

/// A run of leaves whose entries expired, as an archive has it: the hashes under their tombstone. With it a log is
/// rebuilt whose first entries are gone, and every checkpoint and proof of which holds all the same.
///
/// It is proved by itself, as a segment is: its hashes, after the roots of the tree before them, lead to a root that a
/// checkpoint signs, of as many leaves or, with a proof of consistency, of more.
///
/// All integers are big endian.
///
/// | Offset | Bytes | Field |
/// | --- | --- | --- |
/// | 0 | 8 | `WARDEXP2` |
/// | 8 | 4 | year of the book |
/// | 12 | 8 | first leaf |
/// | 20 | 8 | end: the leaf after the last |
/// | 28 | 4 + n | length and text of the tombstone |
/// | | 4 + n | length and text of the book's opening, where the run begins a book that follows another; else length 0 |
/// | | 4 + n | length and text of the first checkpoint that is kept of `end` leaves or more |
/// | | 1 + 32 n | how many, and the roots of the full subtrees over the leaves before the first, widest first |
/// | | 1 + 32 n | how many, and the hashes of the proof that the checkpoint's tree begins with `end` leaves (RFC 6962 §2.1.2) |
/// | | 32 each | the hash of each leaf |
struct ExpiredRun: Sendable, Equatable {
    /// The calendar year of the book.
    let year: Int
    /// The leaves of the book.
    let leaves: Range<Int64>
    let tombstone: Tombstone
    let opening: [UInt8]
    let checkpoint: SignedCheckpoint
    /// Of the tree before the first leaf.
    let peaks: [MerkleHash]
    /// That the tree of the checkpoint begins with the one that ends here; empty where it is that one.
    let proof: [MerkleHash]
    let hashes: [MerkleHash]

    private static let magic = Array("WARDEXP2".utf8)

    init(
        year: Int, leaves: Range<Int64>, tombstone: Tombstone, opening: [UInt8], checkpoint: SignedCheckpoint,
        peaks: [MerkleHash], proof: [MerkleHash], hashes: [MerkleHash]
    ) {
        self.year = year
        self.leaves = leaves
        self.tombstone = tombstone
        self.opening = opening
        self.checkpoint = checkpoint
        self.peaks = peaks
        self.proof = proof
        self.hashes = hashes
    }

    /// Reads a run and proves it: its form, its tombstone, and that its hashes lead to a signed root of that log and year.
    /// - Parameter keys: of the log's checkpoints; nil where it need not be held against any.
    /// - Throws: ``AuditError``: `.malformed`, or `.tampered` where it proves nothing.
    init(reading bytes: [UInt8], keys: CheckpointKeys?) throws(AuditError) {
        try self.init(unsigned: bytes, keys: keys)
        guard keys.map({ checkpoint.isSigned(by: $0) }) ?? true else { throw Self.unproved }
    }

    /// Reads a run and proves all of it but who signed its checkpoint.
    ///
    /// For who has the newest of several keys only: a checkpoint of years ago is signed by an older one than the tombstone.
    init(unsigned bytes: [UInt8], keys: CheckpointKeys?) throws(AuditError) {
        var reader = SegmentReader(bytes)
        guard bytes.count <= Segment.limitBytes, try reader.bytes(8) == Self.magic else {
            throw SegmentReader.malformed
        }
        let year = Int(try reader.integer(4)), first = try reader.integer(8), end = try reader.integer(8)
        guard first >= 0, first < end, end <= AuditLimits.positions, end - first <= bytes.count else {
            throw SegmentReader.malformed
        }
        let tombstone = try Tombstone(reading: try reader.bytes(Int(try reader.integer(4))), keys: keys)
        let opening = try reader.bytes(Int(try reader.integer(4)))
        let checkpoint = try SignedCheckpoint(parsing: try reader.bytes(Int(try reader.integer(4))))
        let peaks = try reader.hashes(Int(try reader.integer(1)))
        let proof = try reader.hashes(Int(try reader.integer(1)))
        let hashes = try reader.hashes(Int(end - first))
        guard reader.isAtEnd else { throw SegmentReader.malformed }
        self.init(
            year: year, leaves: first..<end, tombstone: tombstone, opening: opening, checkpoint: checkpoint, peaks: peaks,
            proof: proof, hashes: hashes)
        guard isOfItsTombstone, leadsToItsCheckpoint else { throw Self.unproved }
    }

    private static let unproved = AuditError(.tampered, "a run of expired entries is not what was signed")

    /// Whether these can be the leaves of the entries that the tombstone tells of.
    private var isOfItsTombstone: Bool {
        let range = tombstone.range, others = opening.isEmpty ? 0 : 1
        guard range.upperBound <= AuditLimits.positions, hashes.count == range.count + others,
              tombstone.isOf(checkpoint.checkpoint.origin), checkpoint.checkpoint.origin.hasSuffix("/\(year)") else {
            return false
        }
        guard leaves.lowerBound == 0 else { return opening.isEmpty && range.lowerBound >= leaves.lowerBound }
        return opening.isEmpty ? range.lowerBound == 0 : range.lowerBound > 0 && hashes.first == .leaf(opening)
    }

    private var leadsToItsCheckpoint: Bool {
        guard var frontier = MerkleFrontier(size: leaves.lowerBound, peaks: peaks) else { return false }
        for hash in hashes { frontier.append(hash) }
        let signed = checkpoint.checkpoint
        return MerkleProof.verifyConsistency(
            first: frontier.size, firstRoot: frontier.root, second: signed.size, secondRoot: signed.root, proof: proof)
    }

    /// The bytes, as the table above has them.
    var bytes: [UInt8] {
        var bytes = Self.magic
        Segment.append(Int64(year), 4, to: &bytes)
        for number in [leaves.lowerBound, leaves.upperBound] { Segment.append(number, 8, to: &bytes) }
        for text in [tombstone.note, opening, checkpoint.note] {
            Segment.append(Int64(text.count), 4, to: &bytes)
            bytes += text
        }
        for hashes in [peaks, proof] {
            bytes.append(UInt8(hashes.count))
            for hash in hashes { hash.append(to: &bytes) }
        }
        for hash in hashes { hash.append(to: &bytes) }
        return bytes
    }

    /// What it is called in an archive.
    var name: SegmentName { SegmentName(year: year, leaves: leaves, kind: .expired) }
}

extension SegmentReader {
    fileprivate mutating func hashes(_ count: Int) throws(AuditError) -> [MerkleHash] {
        var hashes: [MerkleHash] = []
        for _ in 0..<count {
            guard let hash = MerkleHash(try bytes(32)) else { throw Self.malformed }
            hashes.append(hash)
        }
        return hashes
    }
}

extension SegmentCutter {
    /// The name of what an archive gets in the place of entries that expired under a tombstone.
    /// - Throws: as ``expiredRun(under:)``.
    func nameOfExpiredRun(under note: [UInt8]) async throws -> SegmentName {
        let (book, leaves) = try await expiredLeaves(try Tombstone(parsing: note, keys: keys))
        return SegmentName(year: book.year, leaves: leaves, kind: .expired)
    }

    private func expiredLeaves(_ tombstone: Tombstone) async throws -> (AuditBook, Range<Int64>) {
        let range = tombstone.range
        guard let book = try await store.state().books.last(where: { $0.start <= range.lowerBound }) else {
            throw Self.tampered
        }
        let first = range.lowerBound == book.start ? 0 : book.leaf(ofPosition: range.lowerBound)
        return (book, first..<book.leaf(ofPosition: range.upperBound))
    }

    /// What an archive gets in the place of entries that expired under a tombstone.
    /// - Throws: ``AuditError`` with `.tampered` where the tombstone does not hold or hashes are missing;
    ///   ``DatabaseError``.
    func expiredRun(under note: [UInt8]) async throws -> ExpiredRun {
        let tombstone = try Tombstone(parsing: note, keys: keys)
        let (book, leaves) = try await expiredLeaves(tombstone)
        let (first, end) = (leaves.lowerBound, leaves.upperBound)
        var stream = LeafStream(book: book, size: end, store: store, from: first)
        var hashes: [MerkleHash] = []
        while let hash = try await stream.peek(0) {
            hashes.append(hash)
            stream.drop(1)
        }
        guard hashes.count == Int(end - first) else { throw Self.tampered }
        let kept = try await store.checkpoints(of: book.year, after: end - 1, limit: 1).first
        let head = try await store.head(of: book.year)
        guard let stored = kept ?? head, stored.size >= end else { throw Self.tampered }
        let run = ExpiredRun(
            year: book.year, leaves: first..<end, tombstone: tombstone, opening: first == 0 ? book.opening : [],
            checkpoint: try SignedCheckpoint(parsing: stored.note), peaks: try await peaks(of: first, year: book.year),
            proof: try await TileReader(store: store, year: book.year).consistencyProof(first: end, second: stored.size),
            hashes: hashes)
        guard (try? ExpiredRun(reading: run.bytes, keys: keys)) != nil else { throw Self.tampered }
        return run
    }
}
