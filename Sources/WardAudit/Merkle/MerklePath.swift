/// Makes inclusion and consistency proofs from the hashes of full subtrees.
///
/// `node(height, index)` gives the root of the full subtree over leaves `index << height ..< (index + 1) << height`.
/// Source: RFC 6962 §2.1.1 and §2.1.2.
enum MerklePath {
    typealias Node = (_ height: Int, _ index: Int64) async throws -> MerkleHash

    /// The proof that leaf `index` is in the tree of `size` leaves, lowest sibling first.
    static func inclusion(index: Int64, size: Int64, node: Node) async throws -> [MerkleHash] {
        precondition(index >= 0 && index < size, "the leaf must be in the tree")
        var proof: [MerkleHash] = []
        var range = 0..<size
        while range.count > 1 {
            let middle = range.lowerBound + split(Int64(range.count))
            if index < middle {
                proof.append(try await root(of: middle..<range.upperBound, node: node))
                range = range.lowerBound..<middle
            } else {
                proof.append(try await root(of: range.lowerBound..<middle, node: node))
                range = middle..<range.upperBound
            }
        }
        return proof.reversed()
    }

    /// The proof that the tree of `second` leaves begins with the tree of `first` leaves.
    static func consistency(first: Int64, second: Int64, node: Node) async throws -> [MerkleHash] {
        precondition(first > 0 && first <= second, "the first tree must have a leaf and be no larger than the second")
        var proof: [MerkleHash] = []
        var range = 0..<second
        var isWhole = true
        while range.upperBound != first {
            let middle = range.lowerBound + split(Int64(range.count))
            if first <= middle {
                proof.append(try await root(of: middle..<range.upperBound, node: node))
                range = range.lowerBound..<middle
            } else {
                proof.append(try await root(of: range.lowerBound..<middle, node: node))
                range = middle..<range.upperBound
                isWhole = false
            }
        }
        if !isWhole { proof.append(try await root(of: range, node: node)) }
        return proof.reversed()
    }

    /// The hash of the subtree over a range that starts at a multiple of its own width.
    static func root(of range: Range<Int64>, node: Node) async throws -> MerkleHash {
        var hashes: [MerkleHash] = []
        var start = range.lowerBound
        while start < range.upperBound {
            let height = 63 - (range.upperBound - start).leadingZeroBitCount
            hashes.append(try await node(height, start >> Int64(height)))
            start += Int64(1) << Int64(height)
        }
        guard var hash = hashes.popLast() else { return .empty }
        for left in hashes.reversed() { hash = .node(left, hash) }
        return hash
    }

    /// The largest power of two that is smaller than `count`, which is at least 2.
    private static func split(_ count: Int64) -> Int64 { Int64(1) << Int64(63 - (count - 1).leadingZeroBitCount) }
}
