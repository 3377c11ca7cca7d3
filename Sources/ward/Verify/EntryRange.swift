internal import WardAudit
internal import WardDatabase
internal import WardSQLite

/// A part of the log, named by numbers of entries or by times.
struct EntryRange {
    let positions: Range<Int64>
    /// True where neither end was named.
    let isWhole: Bool

    /// Reads the ends; a time stands for the first entry that is not before it.
    /// - Parameter kept: checkpoints of this log that are kept outside it: what they tell of may be cut off, and is asked for all
    ///   the same.
    /// - Throws: ``Failure`` where an end is neither a number nor a time, or the ends are the wrong way round.
    init(from: String?, to: String?, in store: SQLiteAuditStore, kept: [KeptCheckpoint] = []) async throws {
        isWhole = from == nil && to == nil
        let times = [from, to].map { text in text.flatMap { Int64($0) == nil ? LogTime.microseconds($0) : nil } }
        try AuditTimes.check(from: times[0], to: times[1], now: SystemWallClock().now())
        let low = try await Self.position(of: from, "--from", store) ?? 0
        let high = try await Self.position(of: to, "--to", store) ?? .max
        let isNamedByNumbers = (from.map { Int64($0) != nil } ?? true) && (to.map { Int64($0) != nil } ?? true)
        if let number = from.flatMap(Int64.init), number > 0, case let end = try await Self.end(store, kept), number >= end {
            throw Failure("--from \(number) lies behind the log, which ends with entry \(end - 1)")
        }
        if from == nil, high == 0, isNamedByNumbers {
            throw Failure("--to is the entry after the last, 1 or more: there is nothing before entry 0")
        }
        guard low <= high, low < high || !isNamedByNumbers else {
            throw Failure("--from must come before --to, and --to is the entry after the last: there is nothing between them")
        }
        positions = low..<high
    }

    /// The number after the last entry that is there, or that is signed, or was by what is kept.
    private static func end(_ store: SQLiteAuditStore, _ kept: [KeptCheckpoint]) async throws -> Int64 {
        let state = try await store.state()
        let known = kept.map(\.checkpoint.checkpoint).map { checkpoint in
            let book = state.books.first { $0.year == LogOrigin.book(of: checkpoint.origin)?.year }
            // Of a book that is not there, nobody knows where it began.
            return book.map { $0.position(ofLeaf: checkpoint.size) } ?? .max
        }
        guard let book = state.books.last, let head = try await store.head(of: book.year) else {
            return max(state.nextPosition, known.max() ?? 0)
        }
        return max(state.nextPosition, book.position(ofLeaf: head.size), known.max() ?? 0)
    }

    private static func position(of text: String?, _ flag: String, _ store: SQLiteAuditStore) async throws -> Int64? {
        guard let text else { return nil }
        if let number = Int64(text), number >= 0 { return number }
        guard let time = LogTime.microseconds(text) else {
            throw Failure("\(flag) takes the number of an entry, or a time such as 2026-01-31T00:00:00Z")
        }
        return try await TimeSearch(store: store).position(of: time)
    }
}
