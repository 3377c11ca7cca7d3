internal import Synchronization
internal import WardDatabase

/// Takes segments over from a folder where a server hands them out, into an archive that the server cannot reach.
///
/// Whoever runs it need read nothing of the log itself. Each segment, and each run of entries that expired, is proved by the
/// log's public key and must follow from those that were taken before, from the beginning of the log on: also who has the
/// key of the log, and writes another one, cannot have it follow from what is here already. Nothing is taken behind a hole,
/// where nothing could show that it follows; and what is handed out is held against what was taken, so that another log
/// under the same names is told.
public final class SegmentTransfer: Sendable {
    let source: any SegmentArchive
    let archive: any SegmentArchive
    let keys: CheckpointKeys
    /// What was held against what is in the archive, and is the same.
    private let compared = Mutex<Set<SegmentName>>([])

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
        /// All entries below this number are in the archive.
        public var archived: Int64 = 0
        /// What was not taken, and why; and what is missing.
        public var refused: [ArchiveFinding] = []
    }

    /// What is known of the archive.
    struct Progress {
        var holdings: ArchiveHoldings
        var chain = ArchiveChain()
        var summary = Summary()
        private var noted: Set<ArchiveFinding> = []

        init(_ holdings: ArchiveHoldings) { self.holdings = holdings }

        mutating func note(_ name: String, _ what: String) {
            let finding = ArchiveFinding(name: name, what: what)
            if noted.insert(finding).inserted { summary.refused.append(finding) }
        }
    }

    /// Takes what is new. Run again, it holds against the archive only what it did not look at before.
    /// - Throws: ``AuditError`` with `.unavailable` where one of the two cannot be read or written.
    public func run() async throws -> Summary {
        try await archive.probe()
        var progress = Progress(ArchiveHoldings(names: try await archive.names()))
        try await lookThrough(&progress)
        let (offered, unreadable) = try await source.listing()
        for folder in unreadable { progress.note(folder, "cannot be read") }
        for name in offered.compactMap(SegmentName.init).sorted() where !compared.withLock({ $0.contains(name) }) {
            if try await take(name, &progress) { _ = compared.withLock { $0.insert(name) } }
        }
        progress.summary.archived = progress.chain.end
        return progress.summary
    }

    /// Takes what has a name, or tells why not; true where it is in the archive, and the same.
    private func take(_ name: SegmentName, _ progress: inout Progress) async throws -> Bool {
        let found: [UInt8]?
        do {
            found = try await source.get(name.text)
        } catch {
            progress.note(name.text, "cannot be read")
            return false
        }
        guard let bytes = found else {
            progress.note(name.text, "is no file that can be a segment")
            return false
        }
        for copy in progress.holdings.copies(of: name) {
            if try await archive.get(copy.text) == bytes { return true }
        }
        let piece: ArchivePiece
        do throws(AuditError) {
            piece = try parse(bytes, as: name, progress)
        } catch {
            progress.note(name.text, error.context)
            return false
        }
        switch try await place(of: piece, &progress) {
        case .follows: break
        case .behind(let hole):
            progress.note(hole.text, "is missing: nothing that lies behind it is taken")
            return false
        case .wrong(let what):
            progress.note(name.text, what)
            return false
        }
        if isThere(name, progress) { return true }
        try await put(bytes, piece, &progress)
        return true
    }

    /// Whether the archive has all of it, though not in the same bytes.
    private func isThere(_ name: SegmentName, _ progress: Progress) -> Bool {
        switch name.kind {
        case .segment:
            progress.holdings.end(of: name.year, from: name.leaves.lowerBound) >= name.leaves.upperBound
        case .expired: !progress.holdings.copies(of: name).isEmpty
        }
    }

    private func put(_ bytes: [UInt8], _ piece: ArchivePiece, _ progress: inout Progress) async throws {
        for name in piece.name.alternatives {
            let isPut = try await archive.put(bytes, as: name.text, until: 0)
            guard isPut else {
                // It lay behind a hole that is filled now.
                if try await archive.get(name.text) == bytes { return add(name, piece, &progress) }
                continue
            }
            progress.summary.taken += 1
            return add(name, piece, &progress)
        }
        progress.note(piece.name.text, "has no free name in the archive")
    }

    private func add(_ name: SegmentName, _ piece: ArchivePiece, _ progress: inout Progress) {
        progress.holdings.add(name)
        progress.chain.extend(with: piece, size: progress.holdings.size(of: name.year))
    }

    /// Proves what is handed out. The checkpoint of a run may be signed by a key that has been replaced since: then what
    /// was taken of the same leaves proves it, with which it must agree.
    private func parse(_ bytes: [UInt8], as name: SegmentName, _ progress: Progress) throws(AuditError) -> ArchivePiece {
        let isThere = progress.chain.book(of: name.year).map { $0.size >= name.leaves.upperBound } ?? false
        guard name.kind == .expired, isThere else { return try ArchivePiece(parsing: bytes, as: name, keys: keys) }
        let run = try ExpiredRun(unsigned: bytes, keys: keys)
        guard run.name == name.first else { throw AuditError(.tampered, "lies under another name") }
        return .run(run)
    }
}
