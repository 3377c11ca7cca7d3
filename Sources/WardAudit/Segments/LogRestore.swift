public import WardDatabase

/// Rebuilds a log from the segments of an archive, each checked against its signed root before anything of it is
/// written.
public struct LogRestore: Sendable {
    let archive: any SegmentArchive
    let keys: CheckpointKeys

    /// A restore from an archive.
    /// - Parameter keys: of its checkpoints.
    public init(from archive: any SegmentArchive, keys: CheckpointKeys) {
        self.archive = archive
        self.keys = keys
    }

    /// What was rebuilt.
    public struct Summary: Sendable, Equatable {
        public var segments = 0
        /// Entries of the log that was rebuilt.
        public var entries: Int64 = 0
        /// Entries below this number had expired, and stay so.
        public var expired: Int64 = 0
        /// What of the archive proves nothing, and was passed over.
        public var passedOver: [ArchiveFinding] = []

        /// Nothing yet.
        public init(entries: Int64 = 0) { self.entries = entries }
    }

    /// What lies between two segments.
    struct Progress {
        var book: AuditBook?
        var tree = TiledTree()
        /// How much of the tree is signed in the store.
        var published: Int64 = 0
        /// The last checkpoint that was published of the book; empty where none was.
        var head: [UInt8] = []
        /// The position of the next entry.
        var position: Int64 = 0
        var cursor = OutboxCursor.start
        var summary = Summary()

        mutating func passOver(_ name: String, _ what: String) {
            summary.passedOver.append(ArchiveFinding(name: name, what: what))
        }

        /// Whether all of a segment is there, from others or as hashes of what expired.
        func has(_ segment: Segment) -> Bool {
            guard let book else { return false }
            return segment.year < book.year || (segment.year == book.year && segment.leaves.upperBound <= tree.size)
        }
    }

    /// Rebuilds the log in an empty store. Each segment proves itself: what proves nothing is passed over, whatever its
    /// name; where that leaves a hole, there is no log.
    /// - Throws: ``AuditError``: `.tampered` where a segment is missing, or does not follow from the one before;
    ///   `.unavailable` where the archive holds nothing; ``DatabaseError``.
    public func run(into store: any AuditStore) async throws -> Summary {
        var progress = Progress()
        do {
            let names = try await archive.names()
            try await takeExpired(names, &progress, store)
            for name in names.compactMap(SegmentName.init).sorted() where name.kind == .segment {
                do {
                    try await take(name, &progress, store)
                } catch let error as AuditError {
                    throw AuditError(error.code, "\(name.text): \(error.context)")
                }
            }
            guard progress.summary.segments > 0 else { throw AuditError(.unavailable, "the archive holds no segment") }
        } catch let error as AuditError {
            let others = progress.summary.passedOver.prefix(10).map { "\($0.name): \($0.what)" }
            throw AuditError(error.code, (others + [error.context]).joined(separator: "; "))
        }
        return progress.summary
    }

    private func take(_ name: SegmentName, _ progress: inout Progress, _ store: any AuditStore) async throws {
        guard let bytes = try await archive.get(name.text) else {
            return progress.passOver(name.text, "is no file that can be a segment")
        }
        let piece: ArchivePiece
        do throws(AuditError) {
            piece = try ArchivePiece(parsing: bytes, as: name, keys: keys)
        } catch {
            return progress.passOver(name.text, error.context)
        }
        guard case .segment(let segment) = piece else { return }
        if let fault = try await fault(of: segment, progress, store) { return progress.passOver(name.text, fault) }
        if progress.has(segment) { return }
        let rest = try remaining(of: segment, progress)
        try await begin(rest, &progress, store)
        try await append(rest, &progress, store)
    }

    /// Why a segment that is proved is none of this log: no signature covers its position, and who has the log's key can
    /// sign another log.
    private func fault(of segment: Segment, _ progress: Progress, _ store: any AuditStore) async throws -> String? {
        guard let book = try await store.state().books.first(where: { $0.year == segment.year }) else {
            let isNext = segment.leaves.lowerBound == 0 && segment.opening == progress.head
            return isNext && segment.position != progress.position ? ArchivePiece.misplaced : nil
        }
        let place = SegmentCutter.place(of: segment.leaves.lowerBound, in: book)
        guard segment.position == place.position else { return ArchivePiece.misplaced }
        let published = try await store.head(of: book.year)?.size ?? 0
        guard progress.has(segment), segment.leaves.upperBound <= published else { return nil }
        let reader = TileReader(store: store, year: book.year)
        let root = try await MerklePath.root(of: 0..<segment.leaves.upperBound, node: reader.node)
        return root == segment.checkpoint.checkpoint.root ? nil : "contradicts what others say of the same entries"
    }

    private func begin(_ segment: Segment, _ progress: inout Progress, _ store: any AuditStore) async throws {
        guard segment.position == progress.position else { throw Self.missing }
        if segment.leaves.lowerBound == 0 {
            try await open(
                AuditBook(year: segment.year, start: segment.position, opening: segment.opening), &progress, store)
        }
        guard progress.book?.year == segment.year, segment.leaves.lowerBound == progress.tree.size,
              segment.peaks == progress.tree.frontier.peaks else { throw Self.missing }
    }

    /// Opens a book, which must begin with the last checkpoint of the one before.
    func open(_ book: AuditBook, _ progress: inout Progress, _ store: any AuditStore) async throws {
        guard progress.head == book.opening else { throw Self.missing }
        try await store.open(book, after: progress.book, size: progress.tree.size)
        progress.book = book
        progress.tree = TiledTree()
        progress.published = 0
        progress.head = []
    }

    /// Signs what the tree has now.
    func publish(_ checkpoint: SignedCheckpoint, _ progress: inout Progress, _ store: any AuditStore) async throws {
        guard let book = progress.book else { throw Self.missing }
        try await store.publish(TreeExtension(
            year: book.year, previousSize: progress.published, keepsPrevious: true, tiles: progress.tree.takeTiles(),
            checkpoint: StoredCheckpoint(size: progress.tree.size, note: checkpoint.note)))
        progress.published = progress.tree.size
        progress.head = checkpoint.note
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
        for leaf in segment.content { progress.tree.append(.leaf(leaf)) }
        try await publish(segment.checkpoint, &progress, store)
        progress.position += Int64(entries.count)
        progress.summary.segments += 1
        progress.summary.entries += Int64(entries.count)
    }

    static let missing = AuditError(
        .tampered, "a segment of the archive is missing, or does not follow from the one before it")
}
