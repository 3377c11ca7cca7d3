internal import Synchronization
public import WardDatabase

/// Ships the log to an archive, segment after segment.
///
/// The archive itself says how far it is: its newest segment. A segment is named by where it begins and put only where
/// nothing has that name, so that whatever interrupts the shipping, it goes on with the next segment, and none lies
/// there twice or in part.
public final class SegmentShipping: LogDelivery {
    public let name: String
    private let archive: any SegmentArchive
    private let cutter: SegmentCutter
    private let store: any AuditStore
    private let clock: any WallClock
    private let interval: Int64
    private let retention: AuditRetention
    /// How far the log was shipped, kept where the log is: so an archive that is gone, or is another one, shows.
    private let mark: DeliveryMarkFile?
    /// The place after the newest segment, and whether the archive was probed.
    private let known = Mutex<(next: SegmentCutter.Place?, isProbed: Bool)>((nil, false))
    /// Tombstones whose runs are in the archive, and what of them it had when it was first asked.
    private let expired = Mutex<(count: Int, names: Set<String>?)>((0, nil))

    /// A shipping.
    /// - Parameters:
    ///   - keys: of its checkpoints.
    ///   - interval: how old the oldest entry may grow before a segment is cut, in microseconds.
    ///   - retention: how long the archive must keep each segment.
    ///   - mark: where it is kept how far the archive got; nil where whoever ships keeps nothing beside the archive.
    public init(
        of store: any AuditStore, keys: CheckpointKeys, to archive: any SegmentArchive, interval: Int64,
        retention: AuditRetention, mark: DeliveryMarkFile? = nil, clock: any WallClock = SystemWallClock()
    ) {
        self.mark = mark
        name = archive.kind
        self.archive = archive
        self.store = store
        self.interval = interval
        self.retention = retention
        self.clock = clock
        cutter = SegmentCutter(store: store, keys: keys)
    }

    public func position() async throws -> Int64 { try await next()?.position ?? 0 }

    public func step(everything: Bool) async throws -> Bool {
        if !known.withLock(\.isProbed) {
            try await archive.probe()
            known.withLock { $0.isProbed = true }
        }
        if try await shipExpired() { return true }
        guard let place = try await next() else { return false }
        guard let head = try await store.head(of: place.year), head.size > place.leaf else {
            return try await goOnToNextBook(place)
        }
        if !everything, head.size - place.leaf < SegmentCutter.leaves, try await !isDue(place) { return false }
        guard let segment = try await cutter.segment(at: place) else { return false }
        let until = clock.now() + retention.microseconds
        if try await archive.put(segment.bytes, as: segment.name, until: until) {
            try await advance(after: segment)
        } else {
            try await advance(after: try await existing(segment))
        }
        return true
    }

    /// Puts the next run of expired entries, as hashes under their tombstone; false where all are there.
    private func shipExpired() async throws -> Bool {
        let notes = try await store.tombstones()
        var (count, names) = expired.withLock { $0 }
        guard count < notes.count else { return false }
        let there: Set<String>
        if let names { there = names } else { there = Set(try await archive.names()) }
        names = there
        while count < notes.count {
            let run = try await cutter.expiredRun(under: notes[count])
            count += 1
            let isNew = !there.contains(run.name)
            if isNew { _ = try await archive.put(run.bytes, as: run.name, until: clock.now() + retention.microseconds) }
            expired.withLock { [count] in $0 = (count, there) }
            if isNew { return true }
        }
        return false
    }

    /// What has the segment's name already: it was put there before an interruption, or it is not of this log.
    private func existing(_ segment: Segment) async throws -> Segment {
        guard let bytes = try await archive.get(segment.name) else {
            throw AuditError(.unavailable, "the archive has a segment and does not give it")
        }
        let found = try Segment(parsing: bytes, keys: cutter.keys)
        let common = min(found.content.count, segment.content.count)
        guard found.position == segment.position, found.leaves.lowerBound == segment.leaves.lowerBound,
              found.content[..<common] == segment.content[..<common] else {
            throw AuditError(.tampered, "the archive holds another log under this one's name, or the log was set back")
        }
        return found
    }

    private func isDue(_ place: SegmentCutter.Place) async throws -> Bool {
        let block = try await store.entries(from: place.position, limit: 1, maximumBytes: 1)
        guard block.count == 1, let header = try? EntryHeader(parsing: block[0]) else { return true }
        return clock.now() - header.time >= interval
    }

    private func next() async throws -> SegmentCutter.Place? {
        if let place = known.withLock(\.next) { return place }
        var newest: Segment?
        if let name = try await archive.names().last(where: { Segment.place(of: $0) != nil }) {
            guard let bytes = try await archive.get(name) else {
                throw AuditError(.unavailable, "the archive has a segment and does not give it")
            }
            do throws(AuditError) {
                newest = try Segment(parsing: bytes, keys: cutter.keys)
            } catch {
                throw AuditError(error.code, "\(name) in the archive: \(error.context)")
            }
        }
        if let newest { try await check(newest) }
        if let shipped = try mark?.read(), shipped.position > newest?.endPosition ?? 0 {
            throw AuditError(.unavailable, """
                the archive does not have what was shipped to it, entries below \(shipped.position): its volume is not \
                mounted, it was emptied, or it is another one
                """)
        }
        let place = try await cutter.place(after: newest)
        known.withLock { $0.next = place }
        return place
    }

    /// That the log still holds what the archive has of it.
    private func check(_ newest: Segment) async throws {
        let setBack = AuditError(.tampered, "the archive holds more than the log, or another log: the log was set back")
        let reader = TileReader(store: store, year: newest.year)
        guard let head = try await store.head(of: newest.year), head.size >= newest.leaves.upperBound else {
            throw setBack
        }
        let root = try await MerklePath.root(of: 0..<newest.leaves.upperBound, node: reader.node)
        guard root == newest.checkpoint.checkpoint.root else { throw setBack }
    }

    private func advance(after segment: Segment) async throws {
        if let mark, let last = segment.entries.last {
            try mark.write(DeliveryMark(position: segment.endPosition, event: try EntryHeader(parsing: last).eventID))
        }
        let place = try await cutter.place(after: segment)
        known.withLock { $0.next = place }
    }

    /// A book that is shipped to its end is followed by the next one, once there is one.
    private func goOnToNextBook(_ place: SegmentCutter.Place) async throws -> Bool {
        let books = try await store.state().books
        guard let index = books.firstIndex(where: { $0.year == place.year }), index + 1 < books.count,
              books[index + 1].start == place.position else { return false }
        known.withLock { $0.next = .init(year: books[index + 1].year, leaf: 0, position: place.position) }
        return true
    }
}
