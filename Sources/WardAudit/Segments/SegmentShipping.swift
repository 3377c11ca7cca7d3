internal import Synchronization
public import WardDatabase

/// Ships the log to an archive, segment after segment.
///
/// The archive itself says how far it is, by the names of what lies there: what of the log is under none of them is
/// shipped, at its end or in between. A segment is put only where nothing has its name, so that whatever interrupts the
/// shipping, it goes on, and no part of a segment lies there. What an archive has is looked at again and again
/// (``examine(_:)``): what is not there any more, or proves nothing, is told and shipped again.
public final class SegmentShipping: LogDelivery {
    public let name: String
    let archive: any SegmentArchive
    let cutter: SegmentCutter
    let store: any AuditStore
    private let clock: any WallClock
    private let interval: Int64
    private let retention: AuditRetention
    /// How far the log was shipped, kept where the log is: so an archive that is gone, or is another one, shows.
    let mark: DeliveryMarkFile?
    let state = Mutex(State())

    /// What is known of the archive.
    struct State {
        /// Nil until it was asked.
        var holdings: ArchiveHoldings?
        var isProbed = false
        /// Tombstones whose runs are in the archive.
        var runs = 0
        /// Runs that were seen there, or put.
        var knownRuns: Set<SegmentName> = []
        /// What of it proves nothing.
        var refused: Set<SegmentName> = []
        var findings: [ArchiveFinding] = []
        /// The segment that was read and checked last.
        var checked: SegmentName?
        var checkedAt = ContinuousClock.now
        var surveyedAt = ContinuousClock.now
        /// Whether somebody who asks for everything to be delivered was not answered yet.
        var isAsked = false
    }

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

    public func position() async throws -> Int64 {
        let holdings = if let known = state.withLock(\.holdings) { known } else { try await survey() }
        return try await cutter.place(afterThoseOf: holdings)?.position ?? 0
    }

    public func lastKnownPosition() throws(AuditError) -> Int64? {
        guard let mark, let shipped = try? mark.read(), shipped.position > 0 else { return nil }
        return shipped.position
    }

    public func findings() -> [ArchiveFinding] { state.withLock(\.findings) }

    public func step(everything: Bool) async throws -> Bool {
        do {
            let isMore = try await advance(everything)
            state.withLock { $0.isAsked = everything && isMore }
            return isMore
        } catch {
            state.withLock { $0.isAsked = false }
            throw error
        }
    }

    private func advance(_ everything: Bool) async throws -> Bool {
        try await look(everything)
        if !state.withLock(\.isProbed) {
            try await archive.probe()
            state.withLock { $0.isProbed = true }
        }
        if try await shipExpired() { return true }
        guard let holdings = state.withLock(\.holdings) else { return false }
        guard let place = try await cutter.place(afterThoseOf: holdings) else { return false }
        guard let head = try await store.head(of: place.year) else { return false }
        guard head.size > place.leaf else { return false }
        let hole = holdings.beginning(of: place.year, after: place.leaf)
        if !everything, hole == nil, head.size - place.leaf < SegmentCutter.leaves {
            let isDue = try await isDue(place)
            if !isDue { return false }
        }
        guard let segment = try await cutter.segment(at: place, upTo: hole) else { return false }
        try await ship(segment)
        return true
    }

    /// Puts the next run of expired entries, as hashes under their tombstone; false where all are there.
    private func shipExpired() async throws -> Bool {
        let notes = try await store.tombstones()
        var count = state.withLock(\.runs)
        while count < notes.count {
            let name = try await cutter.nameOfExpiredRun(under: notes[count])
            let isNew = state.withLock { $0.holdings?.copies(of: name).isEmpty ?? true }
            if isNew { try await put(cutter.expiredRun(under: notes[count]).bytes, as: name) }
            count += 1
            state.withLock { [count] state in
                state.runs = count
                state.knownRuns.insert(name)
            }
            if var known = try mark?.read(), known.runs < count {
                known.runs = count
                try mark?.write(known)
            }
            if isNew { return true }
        }
        return false
    }

    private func ship(_ segment: Segment) async throws {
        try await put(segment.bytes, as: segment.name)
        guard let mark, let last = segment.entries.last else { return }
        var known = try mark.read()
        guard known.position < segment.endPosition else { return }
        known.event = try EntryHeader(parsing: last).eventID
        known.position = segment.endPosition
        try mark.write(known)
    }

    /// Puts something under its name, or another one where something that proves nothing has it. What has it and proves
    /// itself was put there before an interruption.
    private func put(_ bytes: [UInt8], as name: SegmentName) async throws {
        for name in name.alternatives where !state.withLock({ $0.refused.contains(name) }) {
            let isPut = try await archive.put(bytes, as: name.text, until: clock.now() + retention.microseconds)
            let fault = isPut ? nil : try await fault(of: name)
            guard let fault else {
                state.withLock { $0.holdings?.add(name) }
                return
            }
            refuse(name, fault)
        }
        throw AuditError(
            .unavailable, "what is no segment of this log has every name that the next segment could have there")
    }

    private func isDue(_ place: SegmentCutter.Place) async throws -> Bool {
        let block = try await store.entries(from: place.position, limit: 1, maximumBytes: 1)
        guard block.count == 1, let header = try? EntryHeader(parsing: block[0]) else { return true }
        return clock.now() - header.time >= interval
    }
}
