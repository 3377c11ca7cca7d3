internal import WardDatabase

/// A run of leaves whose entries expired, as an archive has it: the hashes under their tombstone. With it a log is
/// rebuilt whose first entries are gone, and every checkpoint and proof of which holds all the same.
///
/// All integers are big endian.
///
/// | Offset | Bytes | Field |
/// | --- | --- | --- |
/// | 0 | 8 | `WARDEXP1` |
/// | 8 | 4 | year of the book |
/// | 12 | 8 | first leaf |
/// | 20 | 8 | end: the leaf after the last |
/// | 28 | 4 + n | length and text of the tombstone |
/// | | 4 + n | length and text of the book's opening, where the run begins a book that follows another; else length 0 |
/// | | 4 + n | length and text of the checkpoint of `end` leaves, where there is one; else length 0 |
/// | | 32 each | the hash of each leaf |
struct ExpiredRun: Sendable, Equatable {
    /// The calendar year of the book.
    let year: Int
    /// The leaves of the book.
    let leaves: Range<Int64>
    let tombstone: Tombstone
    let opening: [UInt8]
    let checkpoint: [UInt8]
    let hashes: [MerkleHash]

    private static let magic = Array("WARDEXP1".utf8)

    init(
        year: Int, leaves: Range<Int64>, tombstone: Tombstone, opening: [UInt8], checkpoint: [UInt8],
        hashes: [MerkleHash]
    ) {
        self.year = year
        self.leaves = leaves
        self.tombstone = tombstone
        self.opening = opening
        self.checkpoint = checkpoint
        self.hashes = hashes
    }

    /// Reads a run and checks its form, its tombstone, and that each of its entries has a hash. That the hashes lead to
    /// a signed root shows with the segment that follows.
    /// - Parameter keys: of the log's checkpoints.
    /// - Throws: ``AuditError``: `.malformed`, or `.tampered` where the tombstone does not hold.
    init(parsing bytes: [UInt8], keys: CheckpointKeys) throws(AuditError) {
        var reader = SegmentReader(bytes)
        guard bytes.count <= Segment.limitBytes, try reader.bytes(8) == Self.magic else {
            throw SegmentReader.malformed
        }
        let year = Int(try reader.integer(4)), first = try reader.integer(8), end = try reader.integer(8)
        guard first >= 0, first < end, end - first <= bytes.count else { throw SegmentReader.malformed }
        let tombstone = try Tombstone(parsing: try reader.bytes(Int(try reader.integer(4))), keys: keys)
        let opening = try reader.bytes(Int(try reader.integer(4)))
        let checkpoint = try reader.bytes(Int(try reader.integer(4)))
        var hashes: [MerkleHash] = []
        hashes.reserveCapacity(Int(end - first))
        for _ in first..<end {
            guard let hash = MerkleHash(try reader.bytes(32)) else { throw SegmentReader.malformed }
            hashes.append(hash)
        }
        let others = opening.isEmpty ? 0 : 1
        guard reader.isAtEnd, opening.isEmpty || first == 0, hashes.count == tombstone.range.count + others else {
            throw SegmentReader.malformed
        }
        guard opening.isEmpty || hashes.first == .leaf(opening) else {
            throw AuditError(.tampered, "the opening of an expired run is not the one that was hashed")
        }
        self.init(
            year: year, leaves: first..<end, tombstone: tombstone, opening: opening, checkpoint: checkpoint,
            hashes: hashes)
    }

    /// The bytes, as the table above has them.
    var bytes: [UInt8] {
        var bytes = Self.magic
        Segment.append(Int64(year), 4, to: &bytes)
        for number in [leaves.lowerBound, leaves.upperBound] { Segment.append(number, 8, to: &bytes) }
        for text in [tombstone.note, opening, checkpoint] {
            Segment.append(Int64(text.count), 4, to: &bytes)
            bytes += text
        }
        for hash in hashes { hash.append(to: &bytes) }
        return bytes
    }

    /// The name in an archive: `<year>/<first leaf>-<end>.expired`, fifteen digits each.
    var name: String { Self.name(year: year, leaves: leaves) }

    static func name(year: Int, leaves: Range<Int64>) -> String {
        "\(year)/\(SegmentName.digits(leaves.lowerBound))-\(SegmentName.digits(leaves.upperBound)).expired"
    }

    /// True where this is the name of a run.
    static func isName(_ name: String) -> Bool {
        guard let slash = name.firstIndex(of: "/"), let year = Int(name[..<slash]), name.hasSuffix(".expired") else {
            return false
        }
        let numbers = name[slash...].dropFirst().dropLast(8).split(separator: "-", omittingEmptySubsequences: false)
            .compactMap { Int64($0) }
        guard numbers.count == 2, numbers[0] >= 0, numbers[0] < numbers[1] else { return false }
        return Self.name(year: year, leaves: numbers[0]..<numbers[1]) == name
    }
}

extension SegmentCutter {
    /// The name of what an archive gets in the place of entries that expired under a tombstone.
    /// - Throws: as ``expiredRun(under:)``.
    func nameOfExpiredRun(under note: [UInt8]) async throws -> String {
        let (book, leaves) = try await expiredLeaves(try Tombstone(parsing: note, keys: keys))
        return ExpiredRun.name(year: book.year, leaves: leaves)
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
        let checkpoint = try await store.checkpoints(of: book.year, after: end - 1, limit: 1).first
        return ExpiredRun(
            year: book.year, leaves: first..<end, tombstone: tombstone, opening: first == 0 ? book.opening : [],
            checkpoint: checkpoint?.size == end ? checkpoint?.note ?? [] : [], hashes: hashes)
    }
}
