public import WardAudit
public import WardDatabase

/// What the audit log tells of legal holds on patients: who has the files can take a hold out of them, and not out of the log.
///
/// Holds whose entries have expired are told by the records alone.
public struct HoldEntries: Sendable {
    private let questions: LogQuestions
    private let records: any RecordStore
    private let sealer: EntrySealer

    /// The newest that is told of a hold.
    struct Told: Sendable, Equatable {
        /// Whether it was placed; else it was released.
        var isPlaced: Bool
        var by: ShredRequest.Person?
        /// Microseconds since 1970-01-01T00:00:00Z.
        var at: Int64
    }

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
        if let waiting = try await waiting()[patient] { return waiting.isPlaced }
        var newest: Told?
        try await questions.forEach(.keyChange, about: patient) { entry in
            guard let (of, told) = Self.told(entry.event, entry.header), of == patient else { return true }
            newest = told
            return false
        }
        return newest?.isPlaced ?? false
    }

    /// The newest that is told of the hold of each patient who ever had one.
    /// - Throws: as ``isHeld(_:)``.
    func all() async throws -> [LogicalID: Told] {
        var all = try await waiting()
        try await questions.forEach(.keyChange, about: nil) { entry in
            if let (patient, told) = Self.told(entry.event, entry.header), all[patient] == nil { all[patient] = told }
            return true
        }
        return all
    }

    /// The newest that the outbox tells.
    private func waiting() async throws -> [LogicalID: Told] {
        var found: [LogicalID: Told] = [:]
        var after: Int64 = 0
        while true {
            let rows = try await records.outbox(after: after, limit: 1_000)
            guard let last = rows.last else { return found }
            for row in rows {
                guard let entry = try? sealer.open(row.event.entry), let (patient, told) = Self.told(entry.event, entry.header)
                else { continue }
                found[patient] = told
            }
            after = last.number
        }
    }

    /// The patient of a hold that an event tells of, and what; nil where it tells of none.
    private static func told(_ event: AuditEvent, _ header: EntryHeader) -> (LogicalID, Told)? {
        guard event.kind == .keyChange, event.record?.type == LegalHold.collectionName, event.outcome == .success,
            let patient = event.patient, let what = event.details.first(where: { $0.name == "what" })?.value,
            ["hold-placed", "hold-released"].contains(what)
        else { return nil }
        let person = event.origin.actor.map { ShredRequest.Person(id: $0.id, name: $0.name ?? "") }
        return (patient, Told(isPlaced: what == "hold-placed", by: person, at: header.time))
    }
}
