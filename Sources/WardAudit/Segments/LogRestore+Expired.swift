internal import WardDatabase

extension LogRestore {
    /// Takes what expired, as hashes under their tombstones, one run after the other from the beginning of the log on. What
    /// proves nothing, or does not follow, is passed over.
    func takeExpired(_ names: [String], _ progress: inout Progress, _ store: any AuditStore) async throws {
        var runs: [Int64: [ExpiredRun]] = [:]
        var proved: [(name: SegmentName, end: Int64)] = []
        for name in names.compactMap(SegmentName.init).sorted() where name.kind == .expired {
            guard let bytes = try await archive.get(name.text) else {
                progress.passOver(name.text, "is no file that can be a run of expired entries")
                continue
            }
            do throws(AuditError) {
                guard case .run(let run) = try ArchivePiece(parsing: bytes, as: name, keys: keys) else { continue }
                runs[run.tombstone.range.lowerBound, default: []].append(run)
                proved.append((name, run.tombstone.range.upperBound))
            } catch {
                progress.passOver(name.text, error.context)
            }
        }
        // A log that was rebuilt as it was before an expiry may have expired again, in other runs: the longest counts.
        while let run = runs[progress.position]?.filter({ Self.follows($0, progress) })
            .max(by: { $0.tombstone.range.count < $1.tombstone.range.count }) {
            try await take(run, &progress, store)
        }
        for (name, end) in proved where end > progress.position {
            progress.passOver(name.text, "does not follow from what lies before it")
        }
    }

    /// Whether a run that begins where the log goes on follows from what is there.
    private static func follows(_ run: ExpiredRun, _ progress: Progress) -> Bool {
        guard run.leaves.lowerBound == 0 else {
            return run.year == progress.book?.year && run.leaves.lowerBound == progress.tree.size
                && run.peaks == progress.tree.frontier.peaks
        }
        return run.opening == progress.head && progress.book.map { $0.year < run.year } ?? true
    }

    private func take(_ run: ExpiredRun, _ progress: inout Progress, _ store: any AuditStore) async throws {
        if run.leaves.lowerBound == 0 {
            try await open(AuditBook(year: run.year, start: progress.position, opening: run.opening), &progress, store)
        }
        for hash in run.hashes { progress.tree.append(hash) }
        try await store.expire(run.tombstone.range, under: run.tombstone.note)
        progress.position = run.tombstone.range.upperBound
        progress.summary.expired = progress.position
        guard run.checkpoint.checkpoint.size == progress.tree.size else { return }
        try await publish(run.checkpoint, &progress, store)
    }

    /// What of a segment is not there yet: its first leaves may have expired, or have come with another segment.
    /// - Throws: ``AuditError`` with `.tampered` where it does not stand where the log goes on.
    func remaining(of segment: Segment, _ progress: Progress) throws(AuditError) -> Segment {
        let size = progress.tree.size
        guard segment.year == progress.book?.year, segment.leaves.contains(size), size > segment.leaves.lowerBound,
              var frontier = MerkleFrontier(size: segment.leaves.lowerBound, peaks: segment.peaks) else {
            return segment
        }
        let count = Int(size - segment.leaves.lowerBound)
        guard segment.position + Int64(count - segment.openingLeaves) == progress.position else { throw Self.missing }
        for leaf in segment.content.prefix(count) { frontier.append(.leaf(leaf)) }
        return Segment(
            year: segment.year, leaves: size..<segment.leaves.upperBound, position: progress.position,
            checkpoint: segment.checkpoint, peaks: frontier.peaks, content: Array(segment.content.dropFirst(count)))
    }
}
