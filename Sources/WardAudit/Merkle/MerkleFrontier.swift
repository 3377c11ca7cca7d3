/// The right edge of a growing Merkle tree: the roots of its full subtrees, from which the root of the whole follows.
///
/// Appending costs one node hash on average; a root costs at most one for each level. Source: RFC 6962 §2.1.
struct MerkleFrontier: Sendable, Equatable {
    /// Leaves so far.
    private(set) var size: Int64
    /// Roots of the full subtrees, widest first: one for each bit of `size` that is set.
    private(set) var peaks: [MerkleHash]

    /// A tree without leaves.
    init() {
        size = 0
        peaks = []
    }

    /// A tree of `size` leaves with these peaks, widest first; nil unless their number fits the size.
    init?(size: Int64, peaks: [MerkleHash]) {
        guard size >= 0, peaks.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.peaks = peaks
    }

    /// Adds a leaf. `onNode` gets every full subtree that it completes, of height 1 and more, lowest first.
    mutating func append(_ leaf: MerkleHash, onNode: (_ height: Int, _ hash: MerkleHash) -> Void = { _, _ in }) {
        var node = leaf
        var height = 0
        var rest = size
        while rest & 1 == 1 {
            node = .node(peaks.removeLast(), node)
            height += 1
            onNode(height, node)
            rest >>= 1
        }
        peaks.append(node)
        size += 1
    }

    /// The root of the tree as it is now.
    var root: MerkleHash {
        guard var hash = peaks.last else { return .empty }
        for peak in peaks.dropLast().reversed() { hash = .node(peak, hash) }
        return hash
    }
}
