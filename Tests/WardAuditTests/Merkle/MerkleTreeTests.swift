import Testing
@testable import WardAudit
import WardDatabase

/// The incremental trees against the definition of RFC 6962 §2.1, word for word.
@Suite struct MerkleTreeTests {
    private func root(_ leaves: ArraySlice<MerkleHash>) -> MerkleHash {
        guard leaves.count > 1 else { return leaves.first ?? .empty }
        var split = 1
        while split * 2 < leaves.count { split *= 2 }
        let middle = leaves.startIndex + split
        return .node(root(leaves[..<middle]), root(leaves[middle...]))
    }

    private func leaves(_ count: Int) -> [MerkleHash] { (0..<count).map { .leaf(Array("entry \($0)".utf8)) } }

    @Test func rootOfEverySize() {
        let leaves = leaves(600)
        var frontier = MerkleFrontier()
        var tree = TiledTree()
        for size in 0...600 {
            #expect(frontier.root == root(leaves[..<size]))
            #expect(tree.root == frontier.root)
            guard size < 600 else { break }
            frontier.append(leaves[size])
            tree.append(leaves[size])
        }
    }

    @Test func proofsOfEveryPairHold() async throws {
        let leaves = leaves(70)
        for size in 1...70 {
            let whole = root(leaves[..<size])
            let node: MerklePath.Node = { height, index in
                let start = Int(index) << height
                return root(leaves[start..<start + 1 << height])
            }
            for index in 0..<size {
                let proof = try await MerklePath.inclusion(index: Int64(index), size: Int64(size), node: node)
                #expect(MerkleProof.verifyInclusion(
                    leaf: leaves[index], index: Int64(index), size: Int64(size), root: whole, proof: proof))
                #expect(!MerkleProof.verifyInclusion(
                    leaf: leaves[(index + 1) % 70], index: Int64(index), size: Int64(size), root: whole, proof: proof))
            }
            for first in 1...size {
                let proof = try await MerklePath.consistency(first: Int64(first), second: Int64(size), node: node)
                let old = root(leaves[..<first])
                #expect(MerkleProof.verifyConsistency(
                    first: Int64(first), firstRoot: old, second: Int64(size), secondRoot: whole, proof: proof))
                #expect(!MerkleProof.verifyConsistency(
                    first: Int64(first), firstRoot: leaves[69], second: Int64(size), secondRoot: whole, proof: proof)
                    || old == leaves[69])
            }
        }
    }

    @Test(arguments: [1, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 66_000])
    func tilesHoldTheTreeAndItsEdge(count: Int) throws {
        var tree = TiledTree()
        var tiles: [[Int64]: AuditTile] = [:]
        var frontier = MerkleFrontier()
        for index in 0..<count {
            let leaf = MerkleHash.leaf([UInt8(truncatingIfNeeded: index), UInt8(truncatingIfNeeded: index >> 8),
                UInt8(index >> 16)])
            tree.append(leaf)
            frontier.append(leaf)
            if index % 777 == 0 || index == count - 1 {
                for tile in tree.takeTiles() { tiles[[Int64(tile.level), tile.number]] = tile }
            }
        }
        var edges: [[MerkleHash]] = []
        for level in 0..<TiledTree.levels(of: Int64(count)) {
            let width = (count >> (8 * level)) & 0xFF
            let tile = tiles[[Int64(level), Int64(count) >> Int64(8 * level + 8)]]
            edges.append(width == 0 ? [] : try #require(tile?.merkleHashes))
        }
        let loaded = try #require(TiledTree(size: Int64(count), edges: edges))
        #expect(loaded.root == frontier.root)
        #expect(TiledTree(size: Int64(count) + 1, edges: edges) == nil)
        let full = try #require(tiles[[0, 0]]?.merkleHashes)
        #expect(full.count == min(count, 256))
    }

    @Test func tileNamesAreThoseOfTheSpecification() {
        #expect(TilePath(level: 0, number: 1_234_067).description == "tile/0/x001/x234/067")
        #expect(TilePath(level: 2, number: 0, width: 3).description == "tile/2/000.p/3")
        #expect(TilePath(level: nil, number: 999).description == "tile/entries/999")
    }
}
