internal import WardDatabase

/// Finds out what is wrong with a book whose entries do not have the signed root.
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

    private var start: Int64 { max(book.start, expired) }

    /// The faults, in order of entries.
    func run(goodLeaves: Int64) async throws(DatabaseError) -> [Fault] {
        let (root, gaps) = try await storedRoot()
        let tiles = gaps.map { gap in
            let width = min(Int64(AuditLimits.tileWidth), head.checkpoint.size - gap.number << 8)
            return Fault(
                tile: TilePath(level: 0, number: gap.number, width: Int(width)), year: book.year,
                isMissing: gap.isMissing)
        }
        guard root == head.checkpoint.root else { return try await notProved(from: goodLeaves, tiles) }
        var leaves = leaves(from: start == book.start ? 0 : book.leaf(ofPosition: start))
        var rows = RowStream(book: book, store: store, from: start)
        if !book.opening.isEmpty, start == book.start {
            let opening = try await leaves.peek(0)
            leaves.drop(1)
            if opening != .leaf(book.opening) {
                return [Fault(.changed, entry: book.start, year: book.year,
                    "the opening checkpoint is not the one that was signed")] + tiles
            }
        }
        var comparison = Comparison(book: book)
        while comparison.differences.count < AuditVerifier.faultBound {
            guard try await step(&leaves, &rows, &comparison) else { break }
        }
        let census = try await Census(
            of: comparison.hashes, in: self.leaves(from: 0), RowStream(book: book, store: store, from: .min))
        return comparison.faults(census) + tiles
    }

    /// Neither the entries nor the stored leaf hashes have the signed root: which entry is wrong, only the checkpoints
    /// tell, and only where each entry and leaf hash is there.
    private func notProved(from goodLeaves: Int64, _ tiles: [Fault]) async throws(DatabaseError) -> [Fault] {
        let first = try await firstDifference(from: goodLeaves)
        if first == nil, !tiles.isEmpty { return [try await unproved(tiles.compactMap(\.leaves), goodLeaves)] + tiles }
        let leaf = max(first ?? goodLeaves, book.leaf(ofPosition: start))
        return [Fault(
            .changed, entry: book.position(ofLeaf: min(leaf, head.checkpoint.size - 1)),
            through: book.position(ofLeaf: head.checkpoint.size - 1),
            year: book.year, "the stored leaf hashes do not have the signed root either")] + tiles
    }

    /// The entries of missing tiles, one of which is not what was signed: else their hashes in the place of the tiles
    /// would have the signed root. The tiles above narrow it down, where they are there and say that the hash of a tile
    /// was another.
    private func unproved(_ gaps: [Range<Int64>], _ goodLeaves: Int64) async throws(DatabaseError) -> Fault {
        var found: [Range<Int64>] = []
        for gap in gaps where gap.upperBound > goodLeaves {
            var rows = RowStream(
                book: book, store: store, from: book.position(ofLeaf: max(gap.lowerBound, book.openingLeaves)))
            var frontier = MerkleFrontier()
            if gap.lowerBound == 0, !book.opening.isEmpty { frontier.append(.leaf(book.opening)) }
            while frontier.size < Int64(gap.count) {
                let position = book.position(ofLeaf: gap.lowerBound + frontier.size)
                guard let row = try await rows.peek(0), row.position == position else {
                    return Fault(.removed, entry: position, year: book.year,
                        "the entry is missing, and the tile that tells of it")
                }
                frontier.append(row.hash)
                rows.drop(1)
            }
            let number = gap.lowerBound >> 8
            let above = try await store.tiles(of: book.year, level: 1, from: number >> 8, limit: 1).first
            let hashes = above?.number == number >> 8 ? above?.merkleHashes ?? [] : []
            let isAsSigned = gap.count == AuditLimits.tileWidth && hashes.dropFirst(Int(number & 0xFF)).first
                == frontier.root
            if !isAsSigned { found.append(gap) }
        }
        let range = found.isEmpty ? gaps : found
        let low = max(range.first?.lowerBound ?? 0, goodLeaves, book.leaf(ofPosition: start))
        let high = max(low, (range.last?.upperBound ?? head.checkpoint.size) - 1)
        return Fault(
            .changed, entry: book.position(ofLeaf: low), through: book.position(ofLeaf: high), year: book.year,
            "an entry here is not the one that was signed, and the tile that tells which is missing")
    }

    private func leaves(from index: Int64) -> LeafStream {
        LeafStream(book: book, size: head.checkpoint.size, store: store, from: index, fills: true)
    }

    /// Compares one leaf with one row; false at the end.
    private func step(
        _ leaves: inout LeafStream, _ rows: inout RowStream, _ comparison: inout Comparison
    ) async throws(DatabaseError) -> Bool {
        guard let leaf = try await leaves.peek(0) else { return false }
        let expected = book.position(ofLeaf: leaves.index)
        guard let row = try await rows.peek(0) else {
            comparison.differences.append(Difference(
                entry: expected, through: book.position(ofLeaf: head.checkpoint.size - 1), leaf: leaf, isEnd: true))
            return false
        }
        let place = expected + comparison.shift
        if row.position > place {
            let count = row.position - place
            comparison.differences.append(Difference(entry: expected, through: expected + count - 1, leaf: leaf))
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
            let through = expected + Int64(distance) - 1
            let (leafThere, leafNext) = (try await leaves.peek(distance), try await leaves.peek(distance + 1))
            if leafThere == row.hash, leafNext == rowAfter, distance > 1 || rowAfter != leaf || rowAfter == nil {
                comparison.differences.append(
                    Difference(entry: expected, through: through, leaf: leaf, isRenumbered: true))
                comparison.shift -= Int64(distance)
                return leaves.drop(distance)
            }
            let (rowThere, rowNext) = (try await rows.peek(distance)?.hash, try await rows.peek(distance + 1)?.hash)
            if rowThere == leaf, rowNext == leafAfter || leafAfter == nil {
                comparison.differences.append(
                    Difference(entry: expected, through: through, row: row.hash, isRenumbered: true))
                comparison.shift += Int64(distance)
                return rows.drop(distance)
            }
        }
        comparison.differences.append(Difference(entry: expected, through: expected, leaf: leaf, row: row.hash))
        leaves.drop(1)
        rows.drop(1)
    }

    /// The root of the tree over the stored leaf hashes, and the tiles for which entries had to stand in; no root where
    /// some hashes are missing.
    private func storedRoot() async throws(DatabaseError) -> (MerkleHash?, [(number: Int64, isMissing: Bool)]) {
        var leaves = leaves(from: 0)
        var frontier = MerkleFrontier()
        while let leaf = try await leaves.peek(0) {
            frontier.append(leaf)
            leaves.drop(1)
        }
        return (frontier.size == head.checkpoint.size ? frontier.root : nil, leaves.gaps)
    }

    /// The first leaf at or after an index where the entry is not the stored leaf's.
    private func firstDifference(from index: Int64) async throws(DatabaseError) -> Int64? {
        var leaves = leaves(from: max(index, book.openingLeaves, book.leaf(ofPosition: start)))
        var rows = RowStream(book: book, store: store, from: book.position(ofLeaf: leaves.index))
        while let leaf = try await leaves.peek(0) {
            guard let row = try await rows.peek(0), row.hash == leaf else { return leaves.index }
            leaves.drop(1)
            rows.drop(1)
        }
        return nil
    }
}
