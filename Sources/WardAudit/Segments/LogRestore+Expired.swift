internal import WardDatabase

extension LogRestore {
    /// Takes what expired, as hashes under their tombstones, one run after the other from the beginning of the log on.
    func takeExpired(_ names: [String], _ progress: inout Progress, _ store: any AuditStore) async throws {
        var runs: [Int64: [ExpiredRun]] = [:]
        for name in names where ExpiredRun.isName(name) {
            guard let bytes = try await archive.get(name) else {
                progress.passOver(name, "is no file that can be a run of expired entries")
                continue
            }
            do throws(AuditError) {
                let run = try ExpiredRun(parsing: bytes, keys: keys)
                guard run.name == name else { throw AuditError(.tampered, "lies under another name") }
                runs[run.tombstone.range.lowerBound, default: []].append(run)
            } catch {
                progress.passOver(name, error.context)
            }
        }
        // A log that was rebuilt as it was before an expiry may have expired again, in other runs: the longest counts.
        while let run = runs[progress.position]?.filter({ Self.fits($0, progress) })
            .max(by: { $0.tombstone.range.count < $1.tombstone.range.count }) {
            try await take(run, &progress, store)
        }
    }

    /// Whether a run follows from what is there, and has the root that was signed of it, if one was.
    private static func fits(_ run: ExpiredRun, _ progress: Progress) -> Bool {
        let isNext = run.leaves.lowerBound == 0
            || (run.year == progress.book?.year && run.leaves.lowerBound == progress.tree.size)
        guard isNext, !run.checkpoint.isEmpty else { return isNext }
        guard let checkpoint = try? SignedCheckpoint(parsing: run.checkpoint) else { return false }
        var frontier = run.leaves.lowerBound == 0 ? MerkleFrontier() : progress.tree.frontier
        for hash in run.hashes { frontier.append(hash) }
        return checkpoint.checkpoint.size == frontier.size && checkpoint.checkpoint.root == frontier.root
    }

    private func take(_ run: ExpiredRun, _ progress: inout Progress, _ store: any AuditStore) async throws {
        if run.leaves.lowerBound == 0 {
            try await open(AuditBook(year: run.year, start: progress.position, opening: run.opening), &progress, store)
        }
        guard progress.book?.year == run.year, run.leaves.lowerBound == progress.tree.size else { throw Self.missing }
        for hash in run.hashes { progress.tree.append(hash) }
        try await store.expire(run.tombstone.range, under: run.tombstone.note)
        progress.position = run.tombstone.range.upperBound
        progress.summary.expired = progress.position
        guard !run.checkpoint.isEmpty else { return }
        let checkpoint = try SignedCheckpoint(parsing: run.checkpoint)
        guard checkpoint.isSigned(by: keys), checkpoint.checkpoint.size == progress.tree.size,
              checkpoint.checkpoint.root == progress.tree.root else { throw Self.missing }
        try await publish(checkpoint, &progress, store)
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
