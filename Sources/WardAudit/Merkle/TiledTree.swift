internal import Foundation
internal import WardDatabase

/// A growing Merkle tree that gives its tiles as they grow.
///
/// It keeps the frontier and, for each level, the hashes of the tile at the right edge: memory does not grow with the
/// tree. Source: C2SP tlog-tiles, height 8.
struct TiledTree: Sendable {
    private(set) var frontier: MerkleFrontier
    /// For each level, the hashes of the tile at its right edge; fewer than 256.
    private var edges: [[MerkleHash]]
    private var full: [AuditTile] = []
    /// A bit for each level whose edge grew.
    private var grown: UInt8 = 0

    /// A tree without leaves.
    init() {
        frontier = MerkleFrontier()
        edges = [[]]
    }

    /// A tree of `size` leaves from the tiles at its right edge; nil where they do not fit the size.
    /// - Parameter edges: for each level from 0 on, the hashes of the tile that is not full, or nothing.
    init?(size: Int64, edges: [[MerkleHash]]) {
        var peaks: [MerkleHash] = []
        for level in edges.indices.reversed() {
            let width = Int((size >> Int64(8 * level)) & 0xFF)
            guard edges[level].count == width else { return nil }
            peaks += Self.peaks(of: edges[level])
        }
        guard let frontier = MerkleFrontier(size: size, peaks: peaks) else { return nil }
        self.frontier = frontier
        self.edges = edges
    }

    /// How many levels a tree of a size has hashes on.
    static func levels(of size: Int64) -> Int {
        var count = 1
        while size >> Int64(8 * count) > 0 && count < 7 { count += 1 }
        return count
    }

    /// Leaves so far.
    var size: Int64 { frontier.size }

    /// The root of the tree as it is now.
    var root: MerkleHash { frontier.root }

    /// Adds a leaf.
    mutating func append(_ leaf: MerkleHash) {
        let index = frontier.size
        add(leaf, level: 0, index: index)
        var nodes: [(Int, MerkleHash)] = []
        frontier.append(leaf) { height, hash in if height % 8 == 0 { nodes.append((height / 8, hash)) } }
        for (level, hash) in nodes { add(hash, level: level, index: index >> Int64(8 * level)) }
    }

    /// The tiles that are new or grew since the last call.
    mutating func takeTiles() -> [AuditTile] {
        var tiles = full
        for level in edges.indices where grown & 1 << level != 0 && !edges[level].isEmpty {
            let number = (size >> Int64(8 * level)) >> 8
            tiles.append(AuditTile(level: level, number: number, hashes: Self.bytes(of: edges[level])))
        }
        full = []
        grown = 0
        return tiles
    }

    private mutating func add(_ hash: MerkleHash, level: Int, index: Int64) {
        while edges.count <= level { edges.append([]) }
        edges[level].append(hash)
        if edges[level].count == AuditLimits.tileWidth {
            full.append(AuditTile(level: level, number: index >> 8, hashes: Self.bytes(of: edges[level])))
            edges[level].removeAll(keepingCapacity: true)
            grown &= ~(1 << level)
        } else {
            grown |= 1 << level
        }
    }

    private static func bytes(of hashes: [MerkleHash]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(hashes.count * 32)
        for hash in hashes { hash.append(to: &bytes) }
        return bytes
    }

    /// Roots of the full subtrees over neighbouring hashes, widest first.
    private static func peaks(of hashes: [MerkleHash]) -> [MerkleHash] {
        var frontier = MerkleFrontier()
        for hash in hashes { frontier.append(hash) }
        return frontier.peaks
    }
}

extension AuditTile {
    /// Whether the hashes of another tile are the first of this one.
    func begins(with other: AuditTile) -> Bool {
        guard hashes.count >= other.hashes.count, !other.hashes.isEmpty else { return other.hashes.isEmpty }
        return memcmp(hashes, other.hashes, other.hashes.count) == 0
    }

    /// The hashes of the tile; nil unless its length is a multiple of 32.
    var merkleHashes: [MerkleHash]? {
        guard hashes.count % 32 == 0 else { return nil }
        return hashes.withUnsafeBytes { buffer in
            (0..<buffer.count / 32).map { index in
                MerkleHash(loading: UnsafeRawBufferPointer(rebasing: buffer[index * 32..<index * 32 + 32]))
            }
        }
    }
}
