internal import WardDatabase

/// Checks entries of a part of a book against the stored leaf hashes, and those, tile by tile upward, against the
/// signed root.
struct RangePass {
    let book: AuditBook
    let head: SignedCheckpoint
    let store: any AuditStore

    private(set) var entries: Int64 = 0
    private(set) var faults: [Fault] = []

    init(book: AuditBook, head: SignedCheckpoint, store: any AuditStore) {
        self.book = book
        self.head = head
        self.store = store
    }

    /// Checks the entries of a range, which lies under the head.
    mutating func run(_ range: Range<Int64>, emitters: inout EmitterCheck) async throws(DatabaseError) {
        let size = head.checkpoint.size
        let first = book.leaf(ofPosition: range.lowerBound)
        guard try await isSigned(first..<book.leaf(ofPosition: range.upperBound), size: size) else {
            faults.append(Fault(
                .changed, entry: range.lowerBound, through: range.upperBound - 1, year: book.year,
                "the stored hashes of these entries do not lead to the signed root"))
            return
        }
        var leaves = LeafStream(book: book, size: size, store: store, from: first)
        var position = range.lowerBound
        while position < range.upperBound, faults.count < AuditVerifier.faultBound {
            let limit = Int(min(4_096, range.upperBound - position))
            let block = try await store.entries(from: position, limit: limit, maximumBytes: 1 << 21)
            guard block.count > 0, block.positions[0] < range.upperBound else {
                faults.append(Fault(
                    .removed, entry: position, through: range.upperBound - 1, year: book.year, "entries are missing"))
                return
            }
            for index in 0..<block.count where block.positions[index] < range.upperBound {
                try await check(block, index, position: &position, leaves: &leaves, emitters: &emitters)
            }
        }
    }

    private mutating func check(
        _ block: EntryBlock, _ index: Int, position: inout Int64, leaves: inout LeafStream,
        emitters: inout EmitterCheck
    ) async throws(DatabaseError) {
        let found = block.positions[index]
        if found > position {
            faults.append(Fault(.removed, entry: position, through: found - 1, year: book.year, "entries are missing"))
            while position < found {
                guard try await leaves.peek(0) != nil else { return }
                leaves.drop(1)
                position += 1
            }
        }
        let leaf = try await leaves.peek(0)
        leaves.drop(1)
        block.bytes.withUnsafeBytes { bytes in
            let entry = UnsafeRawBufferPointer(rebasing: bytes[block.range(of: index)])
            if leaf != .leaf(buffer: entry) {
                faults.append(Fault(
                    .changed, entry: found, year: book.year, "the entry is not the one that was signed"))
            }
            emitters.take(entry, position: found, year: book.year)
        }
        position = found + 1
        entries += 1
    }

    /// Whether the stored leaf hashes of a range lead to the signed root: the right edge has the root, and each tile
    /// over the range hashes to its place in the tile above it.
    private func isSigned(_ leaves: Range<Int64>, size: Int64) async throws(DatabaseError) -> Bool {
        var edges: [[MerkleHash]] = []
        for level in 0..<TiledTree.levels(of: size) {
            let width = Int((size >> Int64(8 * level)) & 0xFF)
            let tile = width == 0 ? [] : try await hashes(level: level, number: size >> Int64(8 * level + 8))
            edges.append(Array(tile.prefix(width)))
        }
        guard let tree = TiledTree(size: size, edges: edges), tree.root == head.checkpoint.root else { return false }
        var numbers = leaves.lowerBound >> 8...(leaves.upperBound - 1) >> 8
        for level in 0..<TiledTree.levels(of: size) {
            let full = size >> Int64(8 * level + 8)
            var parent: (number: Int64, hashes: [MerkleHash]) = (-1, [])
            for number in numbers where number < full {
                let tile = try await hashes(level: level, number: number)
                guard tile.count == AuditLimits.tileWidth else { return false }
                var frontier = MerkleFrontier()
                for hash in tile { frontier.append(hash) }
                if parent.number != number >> 8 {
                    parent = (number >> 8, try await hashes(level: level + 1, number: number >> 8))
                }
                let place = Int(number & 0xFF)
                guard place < parent.hashes.count, parent.hashes[place] == frontier.root else { return false }
            }
            numbers = numbers.lowerBound >> 8...numbers.upperBound >> 8
        }
        return true
    }

    private func hashes(level: Int, number: Int64) async throws(DatabaseError) -> [MerkleHash] {
        guard let tile = try await store.tiles(of: book.year, level: level, from: number, limit: 1).first,
              tile.number == number else { return [] }
        return tile.merkleHashes ?? []
    }
}
