public import WardDatabase

/// Rebuilds a log from the segments of an archive, each checked against its signed root before anything of it is written.
public struct LogRestore: Sendable {
    private let archive: any SegmentArchive
    private let publicKey: [UInt8]

    /// A restore from an archive.
    /// - Parameter publicKey: of the log's checkpoints.
    public init(from archive: any SegmentArchive, publicKey: [UInt8]) {
        self.archive = archive
        self.publicKey = publicKey
    }

    /// What was rebuilt.
    public struct Summary: Sendable, Equatable {
        public var segments = 0
        /// Entries of the log that was rebuilt.
        public var entries: Int64 = 0
    }

    /// What lies between two segments.
    private struct Progress {
        var book: AuditBook?
        var tree = TiledTree()
        var cursor = OutboxCursor.start
        var summary = Summary()
    }

    /// Rebuilds the log in an empty store.
    /// - Throws: ``AuditError``: `.tampered` where a segment is missing, is not what was signed, or does not follow from the
    ///   one before; `.unavailable` where the archive holds nothing; ``DatabaseError``.
    public func run(into store: any AuditStore) async throws -> Summary {
        var progress = Progress()
        for name in try await archive.names() where Segment.place(of: name) != nil {
            guard let bytes = try await archive.get(name) else {
                throw AuditError(.unavailable, "the archive names a segment and does not give it")
            }
            let segment = try Segment(parsing: bytes, publicKey: publicKey)
            guard segment.name == name else { throw AuditError(.tampered, "a segment of the archive lies under another name") }
            try await begin(segment, &progress, store)
            try await append(segment, &progress, store)
        }
        guard progress.summary.segments > 0 else { throw AuditError(.unavailable, "the archive holds no segment") }
        return progress.summary
    }

    private func begin(_ segment: Segment, _ progress: inout Progress, _ store: any AuditStore) async throws {
        guard segment.position == progress.summary.entries else { throw Self.missing }
        if segment.leaves.lowerBound == 0 {
            let book = AuditBook(year: segment.year, start: segment.position, opening: segment.opening)
            var head: StoredCheckpoint?
            if let last = progress.book { head = try await store.head(of: last.year) }
            guard head?.note ?? [] == book.opening else { throw Self.missing }
            try await store.open(book, after: progress.book, size: progress.tree.size)
            progress.book = book
            progress.tree = TiledTree()
        }
        guard progress.book?.year == segment.year, segment.leaves.lowerBound == progress.tree.size,
              segment.peaks == progress.tree.frontier.peaks else { throw Self.missing }
    }

    private func append(_ segment: Segment, _ progress: inout Progress, _ store: any AuditStore) async throws {
        let entries = Array(segment.entries)
        for start in stride(from: 0, to: entries.count, by: AuditLimits.entriesPerAppend) {
            let slice = Array(entries[start..<min(start + AuditLimits.entriesPerAppend, entries.count)])
            var next = progress.cursor
            for entry in slice {
                let header = try EntryHeader(parsing: entry)
                guard header.emitter == .outbox, Int64(clamping: header.sequence) > next.number else { continue }
                next = OutboxCursor(number: Int64(clamping: header.sequence), event: header.eventID)
            }
            if next == progress.cursor {
                _ = try await store.append(slice)
            } else {
                _ = try await store.relay(slice, from: progress.cursor, to: next)
            }
            progress.cursor = next
        }
        let previous = progress.tree.size
        for leaf in segment.content { progress.tree.append(.leaf(leaf)) }
        try await store.publish(TreeExtension(
            year: segment.year, previousSize: previous, keepsPrevious: true, tiles: progress.tree.takeTiles(),
            checkpoint: StoredCheckpoint(size: progress.tree.size, note: segment.checkpoint.note)))
        progress.summary.segments += 1
        progress.summary.entries += Int64(entries.count)
    }

    private static let missing = AuditError(
        .tampered, "a segment of the archive is missing, or does not follow from the one before it")
}
