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
    /// - Throws: ``AuditError`` with `.tampered` where the log does not hold what its checkpoint signs;
    ///   ``DatabaseError``.
    func segment(at place: Place) async throws -> Segment? {
        guard let book = try await store.state().books.first(where: { $0.year == place.year }),
              let stored = try await checkpoint(after: place) else { return nil }
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

    /// Where the first segment of a log begins, or the one after a segment; nil where there is nothing yet.
    func place(after segment: Segment?) async throws -> Place? {
        let books = try await store.state().books
        guard let segment else { return try await firstPlace(books) }
        guard let index = books.firstIndex(where: { $0.year == segment.year }) else { return nil }
        if index + 1 < books.count, books[index + 1].opening == segment.checkpoint.note {
            return Place(year: books[index + 1].year, leaf: 0, position: books[index + 1].start)
        }
        guard try await store.state().expired <= segment.endPosition else { return try await firstPlace(books) }
        return Place(year: segment.year, leaf: segment.leaves.upperBound, position: segment.endPosition)
    }

    /// Where the entries begin that have not expired.
    private func firstPlace(_ books: [AuditBook]) async throws -> Place? {
        let expired = try await store.state().expired
        guard let book = books.last(where: { $0.start <= expired }) else { return nil }
        let leaf = expired == book.start ? 0 : book.leaf(ofPosition: expired)
        return Place(year: book.year, leaf: leaf, position: expired)
    }

    private func checkpoint(after place: Place) async throws -> StoredCheckpoint? {
        guard let head = try await store.head(of: place.year), head.size > place.leaf else { return nil }
        if head.size - place.leaf <= Self.leaves { return head }
        let kept = try await store.checkpoints(of: place.year, after: place.leaf, limit: 256)
        return kept.last { $0.size - place.leaf <= Self.leaves } ?? kept.first ?? head
    }

    private func peaks(of size: Int64, year: Int) async throws -> [MerkleHash] {
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
