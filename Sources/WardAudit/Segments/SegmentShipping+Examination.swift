internal import Synchronization
internal import WardDatabase

extension SegmentShipping {
    /// How many segments are read when somebody asks.
    static let readAtOnce = 16
    /// The time between two that are read while nobody asks.
    static let pace: Duration = .seconds(60)
    /// The time between two looks at all names while nobody asks.
    static let rest: Duration = .seconds(3_600)
    /// Findings that are listed.
    static let findingBound = 100

    /// Looks at what the archive has: at all names first and whenever somebody asks, and into one segment a minute.
    func look(_ everything: Bool) async throws {
        let (isKnown, isNew, isResting, isPaused) = state.withLock { state in
            (state.holdings != nil, everything && !state.isAsked, state.surveyedAt.duration(to: .now) < Self.rest,
             state.checkedAt.duration(to: .now) < Self.pace)
        }
        if !isKnown || isNew || !isResting { _ = try await survey() }
        if isNew {
            try await examine(Self.readAtOnce)
        } else if !isPaused {
            try await examine(1)
        }
    }

    /// Looks at the names of everything that the archive has, and into the newest segment and the newest run of expired
    /// entries. Where that fails, nobody knows what it has.
    @discardableResult
    func survey() async throws -> ArchiveHoldings {
        state.withLock { $0.holdings = nil }
        var holdings = ArchiveHoldings(names: try await archive.names(), without: state.withLock(\.refused))
        for kind in [SegmentName.Kind.segment, .expired] {
            var refused: Set<SegmentName> = []
            for name in holdings.farthest(kind) {
                guard let fault = try await fault(of: name) else { break }
                refuse(name, fault)
                refused.insert(name)
            }
            holdings.refuse(refused)
        }
        let shipped = try mark?.read().position ?? 0
        let somewhere = holdings.names.randomElement()
        if holdings.newest == nil, shipped > 0 {
            throw AuditError(.unavailable, """
                the archive does not have what was shipped to it, entries below \(shipped): its volume is not \
                mounted, it was emptied, or it is another one
                """)
        }
        try await noteHoles(holdings, below: shipped)
        try await noteMissingRuns(holdings)
        state.withLock { [holdings] state in
            state.holdings = holdings
            state.surveyedAt = .now
            state.runs = 0
            // A server that starts every day must not read the same ones every day.
            state.checked = state.checked ?? somewhere
        }
        return holdings
    }

    /// Reads the next segments and runs of the archive, around and around, and checks each against the log.
    private func examine(_ count: Int) async throws {
        for _ in 0..<min(count, state.withLock { $0.holdings?.names.count ?? 0 }) {
            let (names, last) = state.withLock { ($0.holdings?.names ?? [], $0.checked) }
            guard let name = names.first(where: { name in last.map { name > $0 } ?? true }) ?? names.first
            else { return }
            let fault = try await fault(of: name)
            state.withLock { state in
                state.checked = name
                state.checkedAt = .now
            }
            if let fault { refuse(name, fault) }
        }
    }

    /// Why what has a name in the archive is no segment of this log, or run of its expired entries; nil where it is one.
    /// - Throws: ``AuditError``: `.tampered` where it is signed and this log does not hold it, `.unavailable`.
    func fault(of name: SegmentName) async throws -> String? {
        guard let bytes = try await archive.get(name.text) else { return "is not there, or is no file that can be one" }
        let piece: ArchivePiece
        do throws(AuditError) {
            piece = try ArchivePiece(parsing: bytes, as: name, keys: cutter.keys)
        } catch {
            return error.context
        }
        let setBack = AuditError(.tampered, """
            \(name.text): the archive holds more than the log, or another log under this one's name: the log was set back
            """)
        let books = try await store.state().books, head = try await store.head(of: piece.year)
        guard let book = books.first(where: { $0.year == piece.year }), let head,
              head.size >= piece.leaves.upperBound else { throw setBack }
        let reader = TileReader(store: store, year: piece.year)
        let root = try await MerklePath.root(of: 0..<piece.leaves.upperBound, node: reader.node)
        guard root == piece.frontier(at: piece.leaves.upperBound)?.root else { throw setBack }
        let place = SegmentCutter.place(of: piece.leaves.lowerBound, in: book)
        return piece.position == place.position ? nil : ArchivePiece.misplaced
    }

    /// Takes note that what has a name proves nothing: what it should be is shipped again.
    func refuse(_ name: SegmentName, _ fault: String) {
        state.withLock { state in
            state.refused.insert(name)
            state.holdings?.refuse([name])
            // A run is looked for from the first one on.
            if name.kind == .expired { state.runs = 0 }
        }
        note(ArchiveFinding(name: name.text, what: fault))
    }

    /// Notes what lies between segments, or before the mark, and is not there; as much as is listed.
    private func noteHoles(_ holdings: ArchiveHoldings, below shipped: Int64) async throws {
        var seen = holdings
        let books = try await store.state().books
        for _ in 0..<Self.findingBound {
            let next = try await cutter.place(afterThoseOf: seen)
            guard let place = next, let book = books.first(where: { $0.year == place.year }) else { return }
            let signed = try await store.head(of: place.year)
            guard let head = signed, head.size > place.leaf else { return }
            let following = holdings.beginning(of: place.year, after: place.leaf)
            let isFollowed = following != nil || (holdings.newest.map { $0.year > place.year } ?? false)
            // Of a book that begins where the mark is, nothing was shipped: its first leaf is the checkpoint before it, and no entry.
            let reached = shipped > book.start ? book.leaf(ofPosition: shipped) : 0
            let last = isFollowed ? head.size : min(head.size, reached)
            let end = following ?? last
            guard end > place.leaf else { return }
            let hole = SegmentName(year: place.year, leaves: place.leaf..<end)
            note(ArchiveFinding(name: hole.text, what: "is not there any more"))
            seen.add(hole)
        }
    }

    /// Notes runs of expired entries that were there and are not: by the mark, by a later one that is there, or because this
    /// shipping saw them.
    private func noteMissingRuns(_ holdings: ArchiveHoldings) async throws {
        var names: [SegmentName] = []
        for note in try await store.tombstones() { names.append(try await cutter.nameOfExpiredRun(under: note)) }
        let there = Set(holdings.names.map(\.first)), shipped = try mark?.read().runs ?? 0
        let later = names.lastIndex { there.contains($0) } ?? 0
        let (known, refused) = state.withLock { ($0.knownRuns, Set($0.refused.map(\.first))) }
        for (index, name) in names.enumerated() where !there.contains(name) && !refused.contains(name) {
            guard index < max(shipped, later) || known.contains(name) else { continue }
            note(ArchiveFinding(name: name.text, what: "is not there any more"))
        }
        state.withLock { [names] in $0.knownRuns.formUnion(names.filter(there.contains)) }
    }

    private func note(_ finding: ArchiveFinding) {
        state.withLock { state in
            guard state.findings.count < Self.findingBound, !state.findings.contains(finding) else { return }
            state.findings.append(finding)
        }
    }
}
