internal import WardDatabase

/// Takes segments over from a folder where a server hands them out, into an archive that the server cannot reach.
///
/// Whoever runs it need read nothing of the log itself. Each segment is proved by the log's public key and must follow from
/// those that were taken before: also who has the key of the log, and writes another one, cannot have it follow from what is
/// here already.
public struct SegmentTransfer: Sendable {
    private let source: any SegmentArchive
    private let archive: any SegmentArchive
    private let keys: CheckpointKeys

    /// A transfer; it trusts one key of the log.
    /// - Parameter key: Ed25519, 32 bytes.
    public init(from source: any SegmentArchive, to archive: any SegmentArchive, trusting key: [UInt8]) {
        self.source = source
        self.archive = archive
        keys = CheckpointKeys(key)
    }

    /// What was done.
    public struct Summary: Sendable, Equatable {
        /// Segments and runs of expired entries that are new in the archive.
        public var taken = 0
        /// Entries below this number are in the archive, but for what is named.
        public var archived: Int64 = 0
        /// What was not taken, and why.
        public var refused: [ArchiveFinding] = []
    }

    /// Takes what is new.
    /// - Throws: ``AuditError`` with `.unavailable` where one of the two cannot be read or written.
    public func run() async throws -> Summary {
        try await archive.probe()
        var summary = Summary()
        let there = try await archive.names()
        var holdings = ArchiveHoldings(names: there)
        let offered = try await source.names()
        for name in offered.compactMap(SegmentName.init).sorted()
        where holdings.end(of: name.year, from: name.leaves.lowerBound) < name.leaves.upperBound {
            if let fault = try await take(name, &holdings) {
                summary.refused.append(ArchiveFinding(name: name.text, what: fault))
            } else {
                summary.taken += 1
            }
        }
        for name in offered where ExpiredRun.isName(name) && !holdings.runs.contains(name) {
            let found = try await source.get(name)
            guard let bytes = found, let run = try? ExpiredRun(parsing: bytes, keys: keys), run.name == name else {
                summary.refused.append(ArchiveFinding(name: name, what: "this is no run of expired entries"))
                continue
            }
            if try await archive.put(bytes, as: name, until: 0) { summary.taken += 1 }
        }
        if let newest = holdings.newest { summary.archived = try await segment(newest, in: archive)?.endPosition ?? 0 }
        return summary
    }

    /// Takes a segment; gives the reason where it is not taken.
    private func take(_ name: SegmentName, _ holdings: inout ArchiveHoldings) async throws -> String? {
        guard let bytes = try await source.get(name.text) else { return "is no file that can be a segment" }
        let segment: Segment
        do throws(AuditError) {
            segment = try Segment(parsing: bytes, keys: keys)
        } catch {
            return error.context
        }
        guard segment.year == name.year, segment.leaves == name.leaves else { return "lies under another name" }
        guard try await follows(segment, from: holdings) else { return "does not follow from what was taken before" }
        for copy in 0..<SegmentName.copies {
            let free = SegmentName(year: name.year, leaves: name.leaves, copy: copy)
            if try await archive.put(bytes, as: free.text, until: 0) {
                holdings.add(free)
                return nil
            }
        }
        return "has no free name in the archive"
    }

    /// Whether the tree before a segment is the one that the archive has, as far as it has one.
    private func follows(_ segment: Segment, from holdings: ArchiveHoldings) async throws -> Bool {
        let start = segment.leaves.lowerBound
        if start == 0 {
            guard let before = holdings.segments.last(where: { $0.year < segment.year }) else { return true }
            guard let last = try await self.segment(before, in: archive) else { return true }
            return segment.opening == last.checkpoint.note && segment.position == last.endPosition
        }
        let reaching = holdings.segments.last {
            $0.year == segment.year && $0.leaves.lowerBound <= start && $0.leaves.upperBound >= start
        }
        guard let reaching else { return true }
        let found = try await self.segment(reaching, in: archive)
        guard let before = found, var frontier = MerkleFrontier(size: before.leaves.lowerBound, peaks: before.peaks)
        else { return true }
        let count = Int(start - before.leaves.lowerBound)
        for leaf in before.content.prefix(count) { frontier.append(.leaf(leaf)) }
        let entries = Int64(count - (before.leaves.lowerBound == 0 ? min(count, before.openingLeaves) : 0))
        return frontier.peaks == segment.peaks && segment.position == before.position + entries
    }

    private func segment(_ name: SegmentName, in archive: any SegmentArchive) async throws -> Segment? {
        try await archive.get(name.text).flatMap { try? Segment(parsing: $0, keys: keys) }
    }
}
