internal import WardAudit
internal import WardSQLite

/// A part of the log, named by numbers of entries or by times.
struct EntryRange {
    let positions: Range<Int64>
    /// True where neither end was named.
    let isWhole: Bool

    /// Reads the ends; a time stands for the first entry that is not before it.
    /// - Throws: ``Failure`` where an end is neither a number nor a time, or the ends are the wrong way round.
    init(from: String?, to: String?, in store: SQLiteAuditStore) async throws {
        isWhole = from == nil && to == nil
        let low = try await Self.position(of: from, "--from", store) ?? 0
        let high = try await Self.position(of: to, "--to", store) ?? .max
        guard low <= high else { throw Failure("--from must not be after --to") }
        positions = low..<high
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
