/// What an archive has of a log by the names of what lies there, without those that were found to prove nothing.
struct ArchiveHoldings: Sendable {
    /// Segments, in the order of the log.
    private(set) var segments: [SegmentName]
    /// Runs of expired entries.
    let runs: Set<String>
    /// Leaves of each year that a segment has: ranges in order, which do not touch.
    private var covered: [Int: [Range<Int64>]] = [:]

    /// - Parameter refused: names that prove nothing.
    init(names: [String], without refused: Set<SegmentName> = []) {
        segments = names.compactMap(SegmentName.init).filter { !refused.contains($0) }.sorted()
        runs = Set(names.filter(ExpiredRun.isName))
        for name in segments { cover(name) }
    }

    /// Takes note of a segment that was put.
    mutating func add(_ name: SegmentName) {
        let index = segments.firstIndex { $0 >= name } ?? segments.endIndex
        guard index == segments.endIndex || segments[index] != name else { return }
        segments.insert(name, at: index)
        cover(name)
    }

    /// Takes note that what has a name proves nothing.
    mutating func refuse(_ name: SegmentName) {
        segments.removeAll { $0 == name }
        covered = [:]
        for name in segments { cover(name) }
    }

    /// The one that goes farthest.
    var newest: SegmentName? {
        segments.max { ($0.year, $0.leaves.upperBound) < ($1.year, $1.leaves.upperBound) }
    }

    /// The first leaf, from one on, that no segment has.
    func end(of year: Int, from leaf: Int64) -> Int64 {
        (covered[year] ?? []).first { $0.contains(leaf) }?.upperBound ?? leaf
    }

    /// The first leaf after one that a segment has; nil where none has a later one.
    func beginning(of year: Int, after leaf: Int64) -> Int64? {
        (covered[year] ?? []).first { $0.lowerBound > leaf }?.lowerBound
    }

    private mutating func cover(_ name: SegmentName) {
        var ranges = covered[name.year] ?? []
        var joined = name.leaves
        ranges.removeAll { range in
            guard range.lowerBound <= joined.upperBound, range.upperBound >= joined.lowerBound else { return false }
            joined = min(range.lowerBound, joined.lowerBound)..<max(range.upperBound, joined.upperBound)
            return true
        }
        ranges.insert(joined, at: ranges.firstIndex { $0.lowerBound > joined.lowerBound } ?? ranges.endIndex)
        covered[name.year] = ranges
    }
}

/// Something in an archive that is not as it must be.
public struct ArchiveFinding: Sendable, Hashable {
    /// The name of a segment.
    public var name: String
    /// What is the matter, in words without values.
    public var what: String
}
