/// Leaves of several books: of each year, ranges in order which do not touch.
struct LeafRanges: Sendable {
    private var ranges: [Int: [Range<Int64>]] = [:]

    /// The leaves of names that are in the order of the log; takes as long as there are names.
    init(of names: some Sequence<SegmentName>) {
        for name in names {
            if let last = ranges[name.year]?.last, name.leaves.lowerBound <= last.upperBound {
                ranges[name.year]?.removeLast()
                ranges[name.year]?.append(last.lowerBound..<max(last.upperBound, name.leaves.upperBound))
            } else {
                ranges[name.year, default: []].append(name.leaves)
            }
        }
    }

    /// Adds what has a name.
    mutating func add(_ name: SegmentName) {
        var others = ranges[name.year] ?? []
        var joined = name.leaves
        others.removeAll { range in
            guard range.lowerBound <= joined.upperBound, range.upperBound >= joined.lowerBound else { return false }
            joined = min(range.lowerBound, joined.lowerBound)..<max(range.upperBound, joined.upperBound)
            return true
        }
        others.insert(joined, at: others.firstIndex { $0.lowerBound > joined.lowerBound } ?? others.endIndex)
        ranges[name.year] = others
    }

    /// The first leaf, from one on, that is not among them.
    func end(of year: Int, from leaf: Int64) -> Int64 {
        (ranges[year] ?? []).first { $0.contains(leaf) }?.upperBound ?? leaf
    }

    /// Where they go on after a leaf; nil where they do not.
    func beginning(of year: Int, after leaf: Int64) -> Int64? {
        (ranges[year] ?? []).first { $0.lowerBound > leaf }?.lowerBound
    }
}
