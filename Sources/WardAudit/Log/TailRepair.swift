public import WardDatabase

/// Takes rows aside that somebody else wrote behind the newest checkpoint, so that the log can go on.
///
/// The sequencer signs nothing that this log did not write, and halts (decision 0015). Here a person who looked into it
/// says that the log shall go on without those rows: they are kept in the store, and an entry tells of them, in one
/// transaction. What is signed is never touched: where it does not hold, the log is restored.
public struct TailRepair: Sendable {
    private let store: any AuditStore
    private let sealer: EntrySealer
    private let clock: any WallClock

    /// A repair of a log that nobody has open.
    public init(store: any AuditStore, sealer: EntrySealer, clock: any WallClock = SystemWallClock()) {
        self.store = store
        self.sealer = sealer
        self.clock = clock
    }

    /// What was done.
    public struct Summary: Sendable, Equatable {
        /// Rows that were taken aside.
        public var rows: Int
        /// Whether positions had gaps, which are closed now.
        public var hadGaps: Bool
    }

    /// Takes aside what has no form, does not open under the log's keys, stands in the log already, or stands before
    /// its first entry.
    /// - Throws: ``AuditError``: `.noEvidence` where there is nothing of the kind, `.clock` where the clock is behind
    ///   the entries that stay, `.tooLarge` where there are more than ``bound`` rows; ``DatabaseError``.
    public func run(by origin: EventOrigin, random: UInt64 = .random(in: .min ... .max)) async throws -> Summary {
        let state = try await store.state()
        let book = state.books.last
        let head = if let book { try await store.head(of: book.year)?.size ?? 0 } else { Int64(0) }
        let end = book.map { $0.position(ofLeaf: max(head, $0.openingLeaves)) } ?? state.expired
        var tail = TailCheck(sealer: sealer)
        try await tail.note(store, before: end)
        var found = Found(place: end)
        try await read(from: .min, below: 0) { block, index in found.aside(block, index) }
        try await read(from: end, below: nil) { block, index in
            if tail.fault(in: block, at: index) == nil { found.keep(block, index) } else { found.aside(block, index) }
        }
        try await readStrays { block, index in found.aside(block, index) }
        guard !found.positions.isEmpty || found.hasGaps else {
            throw AuditError(.noEvidence, "nothing stands behind the newest checkpoint that this log did not write")
        }
        guard found.positions.count <= Self.bound else {
            throw AuditError(
                .tooLarge, "more than \(Self.bound) rows stand there that this log did not write: restore it")
        }
        let now = clock.now()
        guard found.newest <= now + AuditLog.defaultClockTolerance,
            let id = EventID(TimeOrderedIDs(clock: clock).next()) else {
            throw AuditError(.clock, "the clock is behind the newest entry of the audit log")
        }
        let event = AuditEvent(
            .acceptance, by: origin, count: found.positions.count,
            details: [.init("accepted", "tail"), .init("closed_gaps", found.hasGaps ? "yes" : "no")])
        let entry = try sealer.seal(
            event, id: id, time: now, emitter: .process(random: random), sequence: 1,
            digest: found.digest.digest)
        try await store.setAside(found.positions, telling: entry)
        return Summary(rows: found.positions.count, hadGaps: found.hasGaps)
    }

    /// Rows that are taken aside at once.
    public static let bound = 65_536

    /// What is to be done with the rows that were read.
    private struct Found {
        var positions: [Int64] = []
        var hasGaps = false
        var newest = Int64.min
        /// Of what is taken aside, row after row.
        var digest = AsideDigest()
        /// Where the next row should stand.
        var place: Int64

        init(place: Int64) { self.place = place }

        mutating func aside(_ block: EntryBlock, _ index: Int) {
            positions.append(block.positions[index])
            digest.add(block[index], at: block.positions[index])
            if block.positions[index] < AuditLimits.positions { place = max(place, block.positions[index] + 1) }
        }

        mutating func keep(_ block: EntryBlock, _ index: Int) {
            hasGaps = hasGaps || block.positions[index] != place
            place = block.positions[index] + 1
            newest = max(newest, EntryHeader.time(of: block[index]))
        }
    }

    private func read(
        from start: Int64, below end: Int64?, _ body: (EntryBlock, Int) -> Void
    ) async throws(DatabaseError) {
        var position = start
        while true {
            let block = try await store.entries(from: position, limit: 1_024, maximumBytes: 1 << 20)
            guard let last = block.positions.last else { return }
            for index in 0..<block.count where end.map({ block.positions[index] < $0 }) ?? true { body(block, index) }
            guard last < end ?? .max else { return }
            position = last + 1
        }
    }

    private func readStrays(_ body: (EntryBlock, Int) -> Void) async throws(DatabaseError) {
        var last = Int64.min
        while true {
            let block = try await store.strays(after: last, limit: 64)
            for index in 0..<block.count { body(block, index) }
            guard let next = block.positions.last else { return }
            last = next
        }
    }
}
