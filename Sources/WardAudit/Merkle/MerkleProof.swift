/// Checks of inclusion and consistency proofs.
///
/// Sources: RFC 6962 §2.1, RFC 9162 §2.1.3.2 and §2.1.4.2;
/// subtrees: draft-ietf-plants-merkle-tree-certs, "Subtrees".
/// None of the functions trusts a size or a length of its input.
public enum MerkleProof {
    /// True if `leaf` is the leaf at `index` of the tree of `size` leaves with this root.
    public static func verifyInclusion(
        leaf: MerkleHash, index: Int64, size: Int64, root: MerkleHash, proof: [MerkleHash]
    ) -> Bool {
        guard index >= 0, index < size else { return false }
        var node = index
        var last = size - 1
        var hash = leaf
        for sibling in proof {
            if last == 0 { return false }
            if node & 1 == 1 || node == last {
                hash = .node(sibling, hash)
                while node & 1 == 0 && node != 0 { node >>= 1; last >>= 1 }
            } else {
                hash = .node(hash, sibling)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }

    /// True if the tree of `second` leaves with root `secondRoot` begins with the tree of `first` leaves with root
    /// `firstRoot`.
    ///
    /// A proof from a tree without leaves proves nothing: it holds only between two empty trees.
    public static func verifyConsistency(
        first: Int64, firstRoot: MerkleHash, second: Int64, secondRoot: MerkleHash, proof: [MerkleHash]
    ) -> Bool {
        guard first >= 0, second >= first else { return false }
        if first == 0 { return second == 0 && proof.isEmpty && firstRoot == .empty && secondRoot == .empty }
        return verifySubtree(0..<first, hash: firstRoot, size: second, root: secondRoot, proof: proof)
    }

    /// True if the tree of `size` leaves with this root contains the subtree over `range` with this hash.
    ///
    /// An empty range has the hash of the empty tree and needs no proof.
    public static func verifySubtree(
        _ range: Range<Int64>, hash: MerkleHash, size: Int64, root: MerkleHash, proof: [MerkleHash]
    ) -> Bool {
        guard isSubtree(range), range.upperBound <= size else { return false }
        if range.isEmpty { return proof.isEmpty && hash == .empty }
        var (from, to, last) = (range.lowerBound, range.upperBound - 1, size - 1)
        var rest = proof[...]
        while from != to && (to & 1 == 1 || to == last) { from >>= 1; to >>= 1; last >>= 1 }
        var (old, new) = (hash, hash)
        if from != to {
            guard let start = rest.popFirst() else { return false }
            (old, new) = (start, start)
        }
        for sibling in rest {
            if last == 0 { return false }
            if to & 1 == 1 || to == last {
                if from < to { old = .node(sibling, old) }
                new = .node(sibling, new)
                while to & 1 == 0 && to != 0 { from >>= 1; to >>= 1; last >>= 1 }
            } else {
                new = .node(new, sibling)
            }
            from >>= 1
            to >>= 1
            last >>= 1
        }
        return last == 0 && old == hash && new == root
    }

    /// True if `leaf` is the leaf at `index` of the subtree over `range` with this hash.
    public static func verifySubtreeInclusion(
        leaf: MerkleHash, index: Int64, range: Range<Int64>, hash: MerkleHash, proof: [MerkleHash]
    ) -> Bool {
        guard isSubtree(range), range.contains(index) else { return false }
        return verifyInclusion(
            leaf: leaf, index: index - range.lowerBound, size: Int64(range.count), root: hash, proof: proof)
    }

    /// True if the range starts at a multiple of the power of two that is not smaller than its length.
    private static func isSubtree(_ range: Range<Int64>) -> Bool {
        guard range.lowerBound >= 0 else { return false }
        if range.isEmpty { return true }
        let length = range.upperBound - range.lowerBound
        let bits = Int64.bitWidth - (length - 1).leadingZeroBitCount
        return range.lowerBound & ((Int64(1) << Int64(bits)) - 1) == 0
    }
}
