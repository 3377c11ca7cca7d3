internal import WardDatabase

/// Some versions, spread over all.
extension RecordVerifier {
    /// Versions that lie side by side in a sample.
    private static let groupRows = 10

    /// Reads about `count` versions: the sequences are split in as many parts as there are groups, and each group begins
    /// somewhere in its part, so that nobody knows beforehand which versions are looked at.
    func readSample(
        _ count: Int, _ generator: inout some RandomNumberGenerator, _ seen: inout SeenVersions,
        _ report: inout RecordReport
    ) async throws {
        let end = try await records.newestSequence()
        let groups = max(1, (count + Self.groupRows - 1) / Self.groupRows)
        let width = max(Int64(Self.groupRows), end / Int64(groups))
        var after: Int64 = 0
        for start in stride(from: 0, to: end, by: Int64.Stride(width)) {
            let latest = max(start, (end - start > width ? start + width : end) - Int64(Self.groupRows))
            let begin = max(after, Int64.random(in: start...latest, using: &generator))
            let page = try await records.scan(after: begin, limit: Self.groupRows).through(end)
            guard let last = page.last else { continue }
            try await check(page.rows, &seen, &report)
            add(page.damaged, &report)
            after = last
        }
    }
}
