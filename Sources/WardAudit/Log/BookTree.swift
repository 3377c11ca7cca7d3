internal import WardDatabase

/// The tree of the newest book in memory: its right edge, its head, and how it grows.
struct BookTree: Sendable {
    /// Nil before the first entry of the log.
    private(set) var book: AuditBook?
    private(set) var tree = TiledTree()
    private(set) var head: SignedCheckpoint?
    /// Size and time (µs) of the last checkpoint that stays on disk; the ones between are replaced.
    private var kept: (size: Int64, time: Int64) = (0, .min)
    private var tail: TailCheck

    /// A checkpoint stays on disk once so many entries or microseconds lie between it and the one kept before.
    static let keptEntries: Int64 = 1_000
    static let keptTime: Int64 = 600_000_000

    private init(tail: TailCheck) {
        self.tail = tail
    }

    /// Takes note of the newest entries that are signed.
    private mutating func noteNewest(_ log: AuditLog) async throws {
        let state = try await log.store.state()
        guard let book = state.books.last else { return }
        let end = book.position(ofLeaf: try await log.store.head(of: book.year)?.size ?? book.openingLeaves)
        try await tail.note(log.store, before: end)
    }

    /// Loads the newest book and checks its edge against the signed head.
    /// - Throws: ``AuditError`` with `.tampered` where they do not fit each other, or entries under the head are
    ///   missing.
    static func load(log: AuditLog, keys: CheckpointKeys) async throws -> BookTree {
        var result = BookTree(tail: TailCheck(sealer: log.sealer))
        try await result.noteNewest(log)
        let signed = try await log.store.signedYears()
        let state = try await log.store.state()
        if let year = signed.first(where: { year in !state.books.contains { $0.year == year } }) {
            throw AuditError(
                .tampered, "the book of \(year) is missing from its table, though it has signed checkpoints")
        }
        guard let book = state.books.last else { return result }
        try await check(book, after: state.books.dropLast().last, log: log)
        result.book = book
        guard let stored = try await log.store.head(of: book.year) else { return result }
        let tampered = AuditError(.tampered, "the audit log does not fit its newest checkpoint")
        guard let head = try? SignedCheckpoint(parsing: stored.note), head.checkpoint.size == stored.size,
              head.checkpoint.origin == log.origin.origin(year: book.year), head.isSigned(by: keys),
              state.nextPosition >= book.position(ofLeaf: stored.size) else { throw tampered }
        var edges: [[MerkleHash]] = []
        for level in 0..<TiledTree.levels(of: stored.size) {
            let width = (stored.size >> Int64(8 * level)) & 0xFF
            let number = stored.size >> Int64(8 * level + 8)
            let tile = width == 0 ? nil : try await log.store
                .tiles(of: book.year, level: level, from: number, limit: 1).first
            guard width == 0 || tile?.number == number else { throw tampered }
            edges.append(tile?.merkleHashes ?? [])
        }
        guard let tree = TiledTree(size: stored.size, edges: edges),
            tree.root == head.checkpoint.root else { throw tampered }
        result.tree = tree
        result.head = head
        result.kept = (stored.size, .min)
        return result
    }

    /// Checks that the newest book begins where the one before ends. One that somebody put there would have no entries,
    /// and nothing would be signed any more.
    private static func check(_ book: AuditBook, after previous: AuditBook?, log: AuditLog) async throws {
        let tampered = AuditError(.tampered, "the book of \(book.year) does not begin where the one before it ends")
        guard let previous else {
            guard book.start == 0, book.opening.isEmpty else { throw tampered }
            return
        }
        guard let head = try await log.store.head(of: previous.year), head.note == book.opening,
              book.start == previous.position(ofLeaf: head.size) else { throw tampered }
    }

    /// Checks that the log still holds what an older checkpoint of it promised.
    /// - Throws: ``AuditError`` with `.tampered` where the log is older than the checkpoint, or grew from something
    ///   else.
    func check(_ anchor: SignedCheckpoint, log: AuditLog, keys: CheckpointKeys) async throws {
        let name = anchor.checkpoint.origin
        guard name.hasPrefix(log.origin.prefix + "/"), let year = Int(name.dropFirst(log.origin.prefix.utf8.count + 1)),
              anchor.isSigned(by: keys) else {
            throw AuditError(.tampered, "the anchor is not a checkpoint of this log")
        }
        let stored = try await log.store.head(of: year)
        guard let stored, stored.size >= anchor.checkpoint.size else {
            throw AuditError(.tampered, "the audit log is older than its anchor: it was set back or cut")
        }
        let reader = TileReader(store: log.store, year: year)
        let root = try await MerklePath.root(of: 0..<anchor.checkpoint.size, node: reader.node)
        guard root == anchor.checkpoint.root else {
            throw AuditError(.tampered, "the audit log does not grow from its anchor")
        }
    }

    /// What a step did.
    enum Progress {
        /// There was nothing to do.
        case none
        /// Everything that was there is sequenced.
        case some
        /// As much as fits a step was done; more may wait.
        case full
    }

    /// Takes the next entries into the tree, signs and publishes.
    ///
    /// A book ends before the first entry whose time is in a later year; what comes after that belongs to the next
    /// book, also an entry that was late.
    mutating func advance(log: AuditLog, signer: CheckpointSigner, limit: Int) async throws -> Progress {
        guard let book else { return try await openFirst(log: log) ? .full : .none }
        let first = max(book.position(ofLeaf: tree.size), book.start)
        let block = try await log.store.entries(from: first, limit: limit, maximumBytes: 1 << 27)
        guard block.count > 0 else { return .none }
        guard block.positions.first == first, block.positions.last == first + Int64(block.count) - 1 else {
            throw AuditError(.tampered, "entries of the audit log are missing")
        }
        let previous = tree.size
        let (count, nextYear) = Self.entries(of: block, in: book)
        try tail.check(block, count: count)
        if nextYear != nil { try tail.requireOpening(block, at: count) }
        if tree.size == 0 && !book.opening.isEmpty { tree.append(.leaf(book.opening)) }
        block.bytes.withUnsafeBytes { bytes in
            for index in 0..<count {
                tree.append(.leaf(buffer: UnsafeRawBufferPointer(rebasing: bytes[block.range(of: index)])))
            }
        }
        if tree.size > previous { try await publish(book, previous: previous, log: log, signer: signer) }
        if let nextYear {
            try await openNext(nextYear, log: log)
            return .full
        }
        return block.count == limit ? .full : .some
    }

    /// How many entries of a block belong to a book, and the year of the first one that does not.
    private static func entries(of block: EntryBlock, in book: AuditBook) -> (count: Int, nextYear: Int?) {
        let end = CalendarDate.start(ofYear: book.year + 1)
        for index in 0..<block.count {
            let entry = block[index]
            guard entry.count >= EntryHeader.smallestEntry else { continue }
            let time = EntryHeader.time(of: entry)
            if time >= end { return (index, CalendarDate.year(of: time)) }
        }
        return (block.count, nil)
    }

    private mutating func publish(
        _ book: AuditBook, previous: Int64, log: AuditLog, signer: CheckpointSigner
    ) async throws {
        let now = log.clock.now()
        let checkpoint = Checkpoint(origin: log.origin.origin(year: book.year), size: tree.size, root: tree.root)
        let signed = try SignedCheckpoint(signing: checkpoint, with: signer)
        let isDue = kept.time == .min || now - kept.time >= Self.keptTime
        let keepsPrevious = previous - kept.size >= Self.keptEntries || isDue
        try await log.store.publish(TreeExtension(
            year: book.year, previousSize: previous, keepsPrevious: keepsPrevious, tiles: tree.takeTiles(),
            checkpoint: StoredCheckpoint(size: tree.size, note: signed.note)))
        if keepsPrevious { kept = (previous, now) }
        head = signed
    }

    private mutating func openFirst(log: AuditLog) async throws -> Bool {
        let block = try await log.store.entries(from: 0, limit: 1, maximumBytes: 1)
        guard block.count > 0 else { return false }
        try tail.requireOpening(block, at: 0)
        let book = AuditBook(
            year: CalendarDate.year(of: try EntryHeader(parsing: block[0]).time), start: 0, opening: [])
        try await log.store.open(book, after: nil, size: 0)
        self.book = book
        return true
    }

    private mutating func openNext(_ year: Int, log: AuditLog) async throws {
        guard let book, let head else { return }
        let next = AuditBook(year: year, start: book.position(ofLeaf: tree.size), opening: head.note)
        try await log.store.open(next, after: book, size: tree.size)
        self = BookTree(tail: tail)
        self.book = next
    }
}
