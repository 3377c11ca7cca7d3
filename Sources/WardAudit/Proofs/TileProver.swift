internal import WardDatabase

/// Gives leaf hashes of a book that provably lead to the root of a signed checkpoint: each tile is held against its
/// place in the tile above it, up to the right edge, which has the root.
struct TileProver {
    let book: AuditBook
    let head: Checkpoint
    private let store: any AuditStore
    private let edges: [[MerkleHash]]
    private var proved: [Place: [MerkleHash]] = [:]

    private struct Place: Hashable {
        var level: Int
        var number: Int64
    }

    /// Tiles that are remembered.
    private static let bound = 4_096

    /// A prover for a head; nil where the right edge of the stored tree does not have its root.
    init?(book: AuditBook, head: Checkpoint, store: any AuditStore) async throws(DatabaseError) {
        self.book = book
        self.head = head
        self.store = store
        var edges: [[MerkleHash]] = []
        for level in 0..<TiledTree.levels(of: head.size) {
            let width = Int((head.size >> Int64(8 * level)) & 0xFF)
            let number = head.size >> Int64(8 * level + 8)
            let stored = width == 0 ? [] : try await Self.tile(level, number, of: book, store)
            edges.append(Array(stored.prefix(width)))
        }
        guard let tree = TiledTree(size: head.size, edges: edges), tree.root == head.root else { return nil }
        self.edges = edges
    }

    /// The signed hash of a leaf; nil where the stored tiles do not lead to the root.
    mutating func leaf(_ index: Int64) async throws(DatabaseError) -> MerkleHash? {
        guard index >= 0, index < head.size else { return nil }
        return try await hashes(level: 0, number: index >> 8)?[Int(index & 0xFF)]
    }

    /// The hashes of a tile that lead to the root.
    mutating func hashes(level: Int, number: Int64) async throws(DatabaseError) -> [MerkleHash]? {
        guard level < edges.count else { return nil }
        if number == head.size >> Int64(8 * level + 8) { return edges[level] }
        if let known = proved[Place(level: level, number: number)] { return known }
        let tile = try await Self.tile(level, number, of: book, store)
        guard tile.count == AuditLimits.tileWidth,
              let above = try await hashes(level: level + 1, number: number >> 8) else { return nil }
        var frontier = MerkleFrontier()
        for hash in tile { frontier.append(hash) }
        let place = Int(number & 0xFF)
        guard place < above.count, above[place] == frontier.root else { return nil }
        if proved.count >= Self.bound { proved.removeAll(keepingCapacity: true) }
        proved[Place(level: level, number: number)] = tile
        return tile
    }

    private static func tile(
        _ level: Int, _ number: Int64, of book: AuditBook, _ store: any AuditStore
    ) async throws(DatabaseError) -> [MerkleHash] {
        guard let tile = try await store.tiles(of: book.year, level: level, from: number, limit: 1).first,
              tile.number == number else { return [] }
        return tile.merkleHashes ?? []
    }
}
