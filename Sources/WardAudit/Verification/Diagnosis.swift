internal import WardDatabase

/// Finds out what is wrong with a book whose entries, tiles and roots do not agree.
///
/// The stored leaf hashes are the witness: where their own tree has the signed root, each entry that differs from its
/// leaf hash is wrong itself, and by comparing the two rows the kind of tampering shows. Where they do not have it
/// either, the last checkpoint that still agreed bounds the range.
struct Diagnosis {
    let book: AuditBook
    let head: SignedCheckpoint
    let store: any AuditStore
    /// Entries below it expired and are not compared.
    let expired: Int64

    /// How many entries ahead a removed or inserted run is looked for.
    private static let window = 512

    /// The faults, in order of entries.
    func run(goodLeaves: Int64) async throws(DatabaseError) -> [Fault] {
        guard try await storedRoot() == head.checkpoint.root else {
            let first = try await firstDifference(from: goodLeaves)
            return [Fault(
                .changed, entry: book.position(ofLeaf: max(first ?? goodLeaves, book.openingLeaves)),
                through: book.position(ofLeaf: head.checkpoint.size - 1),
                year: book.year, "the stored leaf hashes do not have the signed root either")]
        }
        let start = max(book.start, expired)
        var leaves = LeafStream(
            book: book, size: head.checkpoint.size, store: store,
            from: start == book.start ? 0 : book.leaf(ofPosition: start))
        var rows = RowStream(book: book, store: store, from: start)
        if !book.opening.isEmpty, start == book.start {
            let opening = try await leaves.peek(0)
            leaves.drop(1)
            if opening != .leaf(book.opening) {
                return [Fault(.changed, entry: book.start, year: book.year,
                    "the opening checkpoint is not the one that was signed")]
            }
        }
        var comparison = Comparison(book: book)
        while comparison.faults.count + comparison.mismatches.count < AuditVerifier.faultBound {
            guard try await step(&leaves, &rows, &comparison) else { break }
        }
        var faults = comparison.settled()
        if faults.isEmpty {
            faults = [Fault(.changed, year: book.year, "a tile above the leaves is not the one that was signed")]
        }
        return faults
    }

    /// Compares one leaf with one row; false at the end.
    private func step(
        _ leaves: inout LeafStream, _ rows: inout RowStream, _ comparison: inout Comparison
    ) async throws(DatabaseError) -> Bool {
        guard let leaf = try await leaves.peek(0) else { return false }
        let expected = book.position(ofLeaf: leaves.index)
        guard let row = try await rows.peek(0) else {
            comparison.faults.append(Fault(
                .truncated, entry: expected, through: book.position(ofLeaf: head.checkpoint.size - 1), year: book.year,
                "signed entries at the end are missing"))
            return false
        }
        let place = expected + comparison.shift
        if row.position > place {
            let count = row.position - place
            comparison.faults.append(Fault(
                .removed, entry: expected, through: expected + count - 1, year: book.year,
                "entries are missing, and no tombstone says that they expired"))
            leaves.drop(Int(count))
            while leaves.isBehind { guard try await leaves.skip() else { return false } }
            return true
        }
        if row.hash == leaf {
            leaves.drop(1)
            rows.drop(1)
            return true
        }
        try await compare(leaf, row, expected, &leaves, &rows, &comparison)
        return true
    }

    /// A row that is not the leaf's: looks ahead for a run that was removed or inserted.
    private func compare(
        _ leaf: MerkleHash, _ row: RowStream.Row, _ expected: Int64, _ leaves: inout LeafStream,
        _ rows: inout RowStream,
        _ comparison: inout Comparison
    ) async throws(DatabaseError) {
        let (leafAfter, rowAfter) = (try await leaves.peek(1), try await rows.peek(1)?.hash)
        for distance in 1...Self.window {
            let (leafThere, leafNext) = (try await leaves.peek(distance), try await leaves.peek(distance + 1))
            if leafThere == row.hash, leafNext == rowAfter, distance > 1 || rowAfter != leaf || rowAfter == nil {
                comparison.faults.append(Fault(
                    .removed, entry: expected, through: expected + Int64(distance) - 1, year: book.year,
                    "entries are missing and those after them were renumbered"))
                comparison.shift -= Int64(distance)
                return leaves.drop(distance)
            }
            let (rowThere, rowNext) = (try await rows.peek(distance)?.hash, try await rows.peek(distance + 1)?.hash)
            if rowThere == leaf, rowNext == leafAfter || leafAfter == nil {
                comparison.faults.append(Fault(
                    .inserted, entry: expected, through: expected + Int64(distance) - 1, year: book.year,
                    "entries stand here that were not signed"))
                comparison.shift += Int64(distance)
                return rows.drop(distance)
            }
        }
        comparison.mismatches.append((expected, leaf, row.hash))
        leaves.drop(1)
        rows.drop(1)
    }

    /// The root of the tree over the stored leaf hashes; nil where some are missing.
    private func storedRoot() async throws(DatabaseError) -> MerkleHash? {
        var leaves = LeafStream(book: book, size: head.checkpoint.size, store: store)
        var frontier = MerkleFrontier()
        while let leaf = try await leaves.peek(0) {
            frontier.append(leaf)
            leaves.drop(1)
        }
        return frontier.size == head.checkpoint.size ? frontier.root : nil
    }

    /// The first leaf at or after an index where the entry is not the stored leaf's.
    private func firstDifference(from start: Int64) async throws(DatabaseError) -> Int64? {
        var leaves = LeafStream(book: book, size: head.checkpoint.size, store: store, from: max(start,
            book.openingLeaves, book.leaf(ofPosition: max(book.start, expired))))
        var rows = RowStream(book: book, store: store, from: book.position(ofLeaf: leaves.index))
        while let leaf = try await leaves.peek(0) {
            guard let row = try await rows.peek(0), row.hash == leaf else { return leaves.index }
            leaves.drop(1)
            rows.drop(1)
        }
        return nil
    }
}

/// What the comparison of entries with leaf hashes found so far.
private struct Comparison {
    let book: AuditBook
    var faults: [Fault] = []
    /// Single entries that differ: position, the leaf that was signed, the leaf of what stands there.
    var mismatches: [(position: Int64, leaf: MerkleHash, row: MerkleHash)] = []
    /// How far rows stand after their signed places, after runs were removed (less) or inserted (more) and rows
    /// renumbered.
    var shift: Int64 = 0

    init(book: AuditBook) { self.book = book }

    /// All faults: of the single ones those are reordered whose signed leaf or content stands at another of the places.
    func settled() -> [Fault] {
        let rows = Set(mismatches.map(\.row))
        let leaves = Set(mismatches.map(\.leaf))
        let single = mismatches.map { mismatch in
            let isMoved = rows.contains(mismatch.leaf) && leaves.contains(mismatch.row)
            return isMoved
                ? Fault(.reordered, entry: mismatch.position, year: book.year, "the entry was signed at another place")
                : Fault(.changed, entry: mismatch.position, year: book.year, "the entry is not the one that was signed")
        }
        return (faults + single).sorted { ($0.entry ?? .max) < ($1.entry ?? .max) }
    }
}
