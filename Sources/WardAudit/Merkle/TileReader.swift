public import WardDatabase

/// Reads nodes of a book's tree from its stored tiles, and makes proofs of them.
public struct TileReader: Sendable {
    private let store: any AuditStore
    private let year: Int

    /// A reader of a book.
    public init(store: any AuditStore, year: Int) {
        self.store = store
        self.year = year
    }

    /// The proof that a leaf is in the tree of `size` leaves, lowest sibling first (RFC 6962 §2.1.1).
    /// - Throws: ``AuditError`` with `.tampered` where a tile is missing; ``DatabaseError``.
    public func inclusionProof(leaf: Int64, size: Int64) async throws -> [MerkleHash] {
        try await MerklePath.inclusion(index: leaf, size: size, node: node)
    }

    /// The proof that the tree of `second` leaves begins with that of `first` leaves (RFC 6962 §2.1.2).
    /// - Throws: ``AuditError`` with `.tampered` where a tile is missing; ``DatabaseError``.
    public func consistencyProof(first: Int64, second: Int64) async throws -> [MerkleHash] {
        try await MerklePath.consistency(first: first, second: second, node: node)
    }

    /// The root of the full subtree over leaves `index << height ..< (index + 1) << height`.
    func node(height: Int, index: Int64) async throws -> MerkleHash {
        let level = height / 8
        let count = 1 << (height % 8)
        let first = index << Int64(height % 8)
        let missing = AuditError(.tampered, "a tile of the audit log is missing")
        guard let tile = try await store.tiles(of: year, level: level, from: first >> 8, limit: 1).first,
              tile.number == first >> 8, let hashes = tile.merkleHashes else { throw missing }
        let start = Int(first & 0xFF)
        guard start + count <= hashes.count else { throw missing }
        var frontier = MerkleFrontier()
        for hash in hashes[start..<start + count] { frontier.append(hash) }
        return frontier.root
    }
}
