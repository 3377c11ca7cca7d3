/// What an archive has of a log by the names of what lies there, without those that were found to prove nothing.
struct ArchiveHoldings: Sendable {
    /// Segments and runs of expired entries, in the order of the log.
    private(set) var names: [SegmentName]
    /// The same; an archive of years has so many that none may be looked for among all.
    private var known: Set<SegmentName>
    /// Leaves that a segment has.
    private var segmentLeaves: LeafRanges
    /// Leaves that a segment has, or a run.
    private var allLeaves: LeafRanges

    /// - Parameter refused: names that prove nothing.
    init(names: [String], without refused: Set<SegmentName> = []) {
        self.init(sorted: names.compactMap(SegmentName.init).filter { !refused.contains($0) }.sorted())
    }

    private init(sorted names: [SegmentName]) {
        self.names = names
        known = Set(names)
        segmentLeaves = LeafRanges(of: names.filter { $0.kind == .segment })
        allLeaves = LeafRanges(of: names)
    }

    /// Takes note of something that was put.
    mutating func add(_ name: SegmentName) {
        guard known.insert(name).inserted else { return }
        names.insert(name, at: index { $0 < name })
        if name.kind == .segment { segmentLeaves.add(name) }
        allLeaves.add(name)
    }

    /// Takes note that what has these names proves nothing.
    mutating func refuse(_ refused: Set<SegmentName>) {
        guard !refused.isEmpty else { return }
        self = ArchiveHoldings(sorted: names.filter { !refused.contains($0) })
    }

    /// Segments, in the order of the log.
    var segments: [SegmentName] { names.filter { $0.kind == .segment } }

    /// Those of a kind, the one that goes farthest first.
    func farthest(_ kind: SegmentName.Kind) -> [SegmentName] {
        names.filter { $0.kind == kind }.sorted { ($0.year, $0.leaves.upperBound) > ($1.year, $1.leaves.upperBound) }
    }

    /// The segment that goes farthest.
    var newest: SegmentName? {
        segments.max { ($0.year, $0.leaves.upperBound) < ($1.year, $1.leaves.upperBound) }
    }

    /// What has a name, or one of its alternatives.
    func copies(of name: SegmentName) -> [SegmentName] { name.alternatives.filter(known.contains) }

    /// What has the leaf that is so far in a book, or ends with the leaf before it; the one that begins last first.
    func reaching(_ size: Int64, of year: Int) -> some Sequence<SegmentName> {
        let end = index { $0.year < year || ($0.year == year && $0.leaves.lowerBound <= size) }
        return names[..<end].reversed().lazy.prefix { $0.year == year }.filter { $0.leaves.upperBound >= size }
    }

    /// How many names, of the first ones on, are before a place in the order of the log.
    private func index(_ isBefore: (SegmentName) -> Bool) -> Int {
        var (low, high) = (0, names.count)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(names[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The first leaf, from one on, that no segment has.
    func end(of year: Int, from leaf: Int64) -> Int64 { segmentLeaves.end(of: year, from: leaf) }

    /// The first leaf after one that a segment has; nil where none has a later one.
    func beginning(of year: Int, after leaf: Int64) -> Int64? { segmentLeaves.beginning(of: year, after: leaf) }

    /// How many leaves of a book there are, as segments or as hashes of what expired, up to the first that is missing.
    func size(of year: Int) -> Int64 { allLeaves.end(of: year, from: 0) }
}

/// Something in an archive that is not as it must be.
public struct ArchiveFinding: Sendable, Hashable {
    /// The name of a segment.
    public var name: String
    /// What is the matter, in words without values.
    public var what: String
}
