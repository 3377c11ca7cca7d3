internal import WardDatabase

/// Removes entries whose time of retention is over: whole segments from the beginning of the log, each under a signed
/// tombstone. It is the one place in the program from which entries are ever removed.
///
/// A segment here is up to 256 tiles of 256 leaves, or what a closed book has left. Nothing goes that is younger than
/// the retention by the log's clock *and*, where a witness cosigned the log, by the witness's clock; nothing from the
/// time of a legal hold on; and nothing that no checkpoint signs.
public struct LogExpiry: Sendable {
    private let log: AuditLog
    private let sealed: SealedLog
    private let sequencer: Sequencer
    private let retention: AuditRetention
    private let witnessed: Int64?
    private let index: EntryIndex?

    /// Leaves of one segment.
    static let leaves: Int64 = 65_536

    /// An expiry.
    /// - Parameters:
    ///   - sequencer: signs the log, and its tombstones in turn with it.
    ///   - witnessed: when a witness last cosigned the log, in microseconds since 1970; nil where there is none.
    ///   - index: what is known of removed entries there is forgotten too.
    public init(
        of log: AuditLog, sealed: SealedLog, sequencer: Sequencer, retention: AuditRetention, witnessed: Int64? = nil,
        index: EntryIndex? = nil
    ) {
        self.log = log
        self.sealed = sealed
        self.sequencer = sequencer
        self.retention = retention
        self.witnessed = witnessed
        self.index = index
    }

    /// What was, or would be, removed.
    public struct Summary: Sendable, Codable, Equatable {
        /// Entries below this number are gone.
        public var before: Int64
        /// Entries that went.
        public var entries: Int64
        /// Tombstones that were signed.
        public var tombstones: Int
        /// RFC 3339: entries older than this may go.
        public var limit: String
        /// The holds in force.
        public var holds: [LegalHolds.Hold]
    }

    /// Removes what may go.
    ///
    /// Interrupted at any point, it goes on with the next run: a segment is in the log with all of its entries, or it
    /// is not there and its tombstone is. That a segment goes is in the log before; so after an interruption it may be
    /// told twice.
    /// - Parameter isTrial: only says what would go.
    /// - Throws: ``AuditError``: `.tampered` where the log is not what was signed; then nothing is removed.
    ///   ``DatabaseError``.
    public func run(by origin: EventOrigin, isTrial: Bool = false) async throws -> Summary {
        let report = try await AuditVerifier(store: log.store, keys: sequencer.keys).verify()
        guard report.faults.allSatisfy({ $0.kind == .lost }) else {
            throw AuditError(.tampered, "nothing is removed from a log that does not verify")
        }
        let holds = try await LegalHolds(of: sealed).current()
        let now = min(log.clock.now(), witnessed ?? .max)
        let limit = max(0, min(now - retention.microseconds, holds.map(\.time).min() ?? .max))
        var summary = Summary(
            before: try await log.store.state().expired, entries: 0, tombstones: 0, limit: LogTime.text(limit),
            holds: holds)
        while let segment = try await next(from: summary.before, limit: limit) {
            if !isTrial {
                // That it goes is in the log before it does.
                try await log.record(AuditEvent(
                    .expiry, by: origin, count: segment.range.count,
                    details: [
                        .init("from", String(segment.range.lowerBound)), .init("to", String(segment.range.upperBound)),
                    ]))
                try await sequencer.signing { signer in
                    let tombstone = try Tombstone(
                        of: log.origin, range: segment.range, time: now, newest: segment.newest, signer: signer)
                    try await log.store.expire(segment.range, under: tombstone.note)
                }
                summary.tombstones += 1
            }
            summary.before = segment.range.upperBound
            summary.entries += Int64(segment.range.count)
        }
        if !isTrial, summary.before > 0 { try await index?.forget(below: summary.before) }
        return summary
    }

    private struct Segment {
        var range: Range<Int64>
        var newest: Int64
    }

    /// The next segment all of whose entries are older than the limit; nil where there is none.
    private func next(from start: Int64, limit: Int64) async throws -> Segment? {
        let books = try await log.store.state().books
        guard let index = books.lastIndex(where: { $0.start <= start }) else { return nil }
        let book = books[index]
        let isClosed = index + 1 < books.count
        guard let head = try await log.store.head(of: book.year) else { return nil }
        let signedEnd = book.position(ofLeaf: head.size)
        var found: Segment?
        var newest = Int64.min
        var position = start
        while position < signedEnd, book.leaf(ofPosition: position) - book.leaf(ofPosition: start) < Self.leaves {
            let block = try await log.store.entries(from: position, limit: 1_024, maximumBytes: 1 << 20)
            guard block.positions.first == position else { return found }
            for row in 0..<block.count where block.positions[row] < signedEnd {
                let time = try EntryHeader(parsing: block[row]).time
                guard time < limit else { return found }
                newest = max(newest, time)
                position = block.positions[row] + 1
                let isFullTile = book.leaf(ofPosition: position) % Int64(AuditLimits.tileWidth) == 0
                if isFullTile || (isClosed && position == signedEnd) {
                    found = Segment(range: start..<position, newest: newest)
                }
                if book.leaf(ofPosition: position) - book.leaf(ofPosition: start) >= Self.leaves { return found }
            }
        }
        return found
    }
}
