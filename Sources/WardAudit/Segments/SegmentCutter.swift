internal import WardDatabase

/// Cuts the next segment out of the log: up to the newest checkpoint, or up to one that is kept where that is far.
struct SegmentCutter {
    let store: any AuditStore
    let keys: CheckpointKeys

    /// Leaves of one segment; more only where no checkpoint lies between.
    static let leaves: Int64 = 16_384

    /// Where a segment begins.
    struct Place: Equatable {
        var year: Int
        var leaf: Int64
        var position: Int64
    }

    /// The segment that begins at a place; nil where nothing after it is signed.
    /// - Parameter hole: where the archive goes on, if it does.
    /// - Throws: ``AuditError`` with `.tampered` where the log does not hold what its checkpoint signs;
    ///   ``DatabaseError``.
    func segment(at place: Place, upTo hole: Int64? = nil) async throws -> Segment? {
        guard let book = try await store.state().books.first(where: { $0.year == place.year }),
              let stored = try await checkpoint(after: place, upTo: hole) else { return nil }
        let checkpoint = try SignedCheckpoint(parsing: stored.note)
        let peaks = try await peaks(of: place.leaf, year: place.year)
        let end = book.position(ofLeaf: stored.size)
        var content: [[UInt8]] = place.leaf == 0 && !book.opening.isEmpty ? [book.opening] : []
        var position = place.position
        while position < end {
            let block = try await store.entries(
                from: position, limit: Int(min(4_096, end - position)), maximumBytes: 4 << 20)
            guard block.positions.first == position, let last = block.positions.last,
                  last == position + Int64(block.count) - 1 else { throw Self.tampered }
            for index in 0..<block.count { content.append(Array(block[index])) }
            position = last + 1
        }
        guard var frontier = MerkleFrontier(size: place.leaf, peaks: peaks) else { throw Self.tampered }
        for leaf in content { frontier.append(.leaf(leaf)) }
        guard frontier.size == stored.size, frontier.root == checkpoint.checkpoint.root, checkpoint.isSigned(by: keys)
        else { throw Self.tampered }
        return Segment(
            year: place.year, leaves: place.leaf..<stored.size, position: place.position, checkpoint: checkpoint,
            peaks: peaks,
            content: content)
    }

    /// The first place of the log, from where its entries have not expired, that an archive does not have; nil where the
    /// log is empty. It may be the end of the log.
    func place(afterThoseOf holdings: ArchiveHoldings) async throws -> Place? {
        let state = try await store.state()
        guard let first = Self.firstPlace(state) else { return nil }
        for book in state.books where book.year >= first.year {
            let leaf = holdings.end(of: book.year, from: book.year == first.year ? first.leaf : 0)
            let size = book == state.books.last ? .max : try await store.head(of: book.year)?.size ?? leaf
            if leaf < size { return Self.place(of: leaf, in: book) }
        }
        return nil
    }

    /// Where the entries begin that have not expired.
    static func firstPlace(_ state: AuditStoreState) -> Place? {
        guard let book = state.books.last(where: { $0.start <= state.expired }) else { return nil }
        return place(of: state.expired == book.start ? 0 : book.leaf(ofPosition: state.expired), in: book)
    }

    static func place(of leaf: Int64, in book: AuditBook) -> Place {
        Place(year: book.year, leaf: leaf, position: leaf == 0 ? book.start : book.position(ofLeaf: leaf))
    }

    /// The checkpoint that ends a segment. One that fills a hole ends where the hole does, or at the next checkpoint.
    private func checkpoint(after place: Place, upTo end: Int64?) async throws -> StoredCheckpoint? {
        guard let head = try await store.head(of: place.year), head.size > place.leaf else { return nil }
        if let end, end - place.leaf <= Self.leaves {
            let next = try await store.checkpoints(of: place.year, after: end - 1, limit: 1).first
            if let next, next.size - place.leaf <= 2 * Self.leaves { return next }
        }
        if head.size - place.leaf <= Self.leaves { return head }
        let kept = try await store.checkpoints(of: place.year, after: place.leaf, limit: 256)
        return kept.last { $0.size - place.leaf <= Self.leaves } ?? kept.first ?? head
    }

    /// The roots of the full subtrees over the first leaves of a book, widest first.
    func peaks(of size: Int64, year: Int) async throws -> [MerkleHash] {
        let reader = TileReader(store: store, year: year)
        var peaks: [MerkleHash] = []
        var start: Int64 = 0
        for height in stride(from: 62, through: 0, by: -1) where size & (Int64(1) << Int64(height)) != 0 {
            peaks.append(try await reader.node(height: height, index: start >> Int64(height)))
            start += Int64(1) << Int64(height)
        }
        return peaks
    }

    static let tampered = AuditError(.tampered, "the log does not hold what its checkpoint signs")
}
