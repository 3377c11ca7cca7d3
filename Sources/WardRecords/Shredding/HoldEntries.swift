public import WardAudit
public import WardDatabase

/// What the audit log tells of legal holds on patients: who has the files can take a hold out of them, and not out of the log.
///
/// Holds whose entries have expired are told by the records alone.
public struct HoldEntries: Sendable {
    private let questions: LogQuestions
    private let records: any RecordStore
    private let sealer: EntrySealer

    /// Holds as a log tells of them, and the outbox of what is to come into it.
    public init(questions: LogQuestions, records: any RecordStore, sealer: EntrySealer) {
        self.questions = questions
        self.records = records
        self.sealer = sealer
    }

    /// Whether the newest that is told of a hold on a patient is that it was placed.
    /// - Throws: ``AuditError`` with `.tampered` where the log does not hold, ``DatabaseError``.
    public func isHeld(_ patient: LogicalID) async throws -> Bool {
        // What waits is read first: it may come into the log meanwhile, and nothing goes the other way.
        var newest: AuditEvent?
        var after: Int64 = 0
        while true {
            let rows = try await records.outbox(after: after, limit: 1_000)
            guard let last = rows.last else { break }
            for row in rows {
                guard let event = try? sealer.open(row.event.entry).event, Self.tells(event, of: patient) else { continue }
                newest = event
            }
            after = last.number
        }
        if newest == nil { newest = try await questions.newest(.keyChange, about: patient) { Self.tells($0, of: patient) }?.event }
        return newest.map { Self.what($0) == "hold-placed" } ?? false
    }

    private static func tells(_ event: AuditEvent, of patient: LogicalID) -> Bool {
        event.kind == .keyChange && event.record?.type == LegalHold.collectionName && event.outcome == .success
            && event.patient == patient && ["hold-placed", "hold-released"].contains(what(event))
    }

    private static func what(_ event: AuditEvent) -> String? { event.details.first { $0.name == "what" }?.value }
}
