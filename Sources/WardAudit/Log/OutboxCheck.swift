public import WardDatabase

/// Judges rows of the outbox against the log: the relay brings none into it that the log did not seal, and a verification names
/// every one at which the relay would stop.
///
/// Rows are read after it was made: what waited then and is in the log since has left the outbox.
public struct OutboxCheck: Sendable {
    private let sealer: EntrySealer
    private let cursor: OutboxCursor
    private var tail: TailCheck

    /// Looks at where the log is, and at its newest entries.
    /// - Throws: ``DatabaseError``.
    public init(of log: any AuditStore, sealer: EntrySealer) async throws(DatabaseError) {
        self.sealer = sealer
        let state = try await log.state()
        cursor = state.cursor
        tail = TailCheck(sealer: sealer)
        try await tail.note(log, before: state.nextPosition)
    }

    /// What is wrong with rows of a page of the outbox: the number of the row, and why, in words without values. The first page
    /// begins with the first row.
    public mutating func faults(_ rows: [OutboxRow]) -> [(number: Int64, what: String)] {
        // What is in the log is removed in one go, so its last row is there as long as any of the others.
        let isOfThisLog = rows.contains { $0.number == cursor.number && $0.event.id == cursor.event }
        var faults: [(number: Int64, what: String)] = []
        for row in rows {
            if row.number <= cursor.number {
                if isOfThisLog { continue }
                faults.append((row.number, OutboxRow.setBack(row.number)))
            } else if let what = Self.fault(of: row, sealer: sealer) {
                faults.append((row.number, "\(what); \(OutboxRow.remedy(row.number))"))
            } else if !tail.isNew(row.event.entry) {
                faults.append((row.number, "it is a copy of an event that the log has already; \(OutboxRow.remedy(row.number))"))
            }
        }
        return faults
    }

    /// Why a row is no event that this log sealed; nil where it is one.
    static func fault(of row: OutboxRow, sealer: EntrySealer) -> String? {
        guard let header = try? EntryHeader(parsing: row.event.entry), header.eventID == row.event.id, header.emitter == .outbox
        else { return "it is no event of the audit log" }
        return (try? sealer.open(row.event.entry)) == nil ? "it does not open under the keys of the audit log" : nil
    }
}
