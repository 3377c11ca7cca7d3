internal import WardDatabase

extension LogRestore {
    /// Takes what expired, as hashes under their tombstones, one run after the other from the beginning of the log on.
    func takeExpired(_ names: [String], _ progress: inout Progress, _ store: any AuditStore) async throws {
        var runs: [Int64: ExpiredRun] = [:]
        for name in names where ExpiredRun.isName(name) {
            guard let bytes = try await archive.get(name) else {
                throw AuditError(.unavailable, "the archive names a run of expired entries and does not give it")
            }
            let run = try ExpiredRun(parsing: bytes, keys: keys)
            guard run.name == name else {
                throw AuditError(.tampered, "a run of expired entries lies under another name in the archive")
            }
            let start = run.tombstone.range.lowerBound
            // A log that was rebuilt as it was before an expiry may have expired again, in other runs.
            if (runs[start]?.tombstone.range.count ?? 0) < run.tombstone.range.count { runs[start] = run }
        }
        while let run = runs[progress.position] { try await take(run, &progress, store) }
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

    /// What of a segment has not expired.
    func remaining(of segment: Segment, _ progress: Progress) throws(AuditError) -> Segment {
        let size = progress.tree.size
        guard segment.position < progress.summary.expired, segment.year == progress.book?.year,
            size < segment.leaves.upperBound,
              var frontier = MerkleFrontier(size: segment.leaves.lowerBound, peaks: segment.peaks) else {
            return segment
        }
        let count = Int(max(0, size - segment.leaves.lowerBound))
        for leaf in segment.content.prefix(count) { frontier.append(.leaf(leaf)) }
        return Segment(
            year: segment.year, leaves: size..<segment.leaves.upperBound, position: progress.position,
            checkpoint: segment.checkpoint, peaks: frontier.peaks, content: Array(segment.content.dropFirst(count)))
    }
}
