/// A legal hold as it may be seen: as the records have it; or as the audit log tells of it, where the records have none.
public struct HoldStatus: Codable, Sendable, Equatable {
    /// The patient's logical id.
    public var patient: String
    /// Nil where the records, which alone keep it, have no such hold.
    public var reason: String?
    /// Nil where the log names nobody.
    public var placedBy: ShredRequest.Person?
    /// Microseconds since 1970-01-01T00:00:00Z.
    public var placedAt: Int64
    /// How records and log disagree; nil where they agree.
    public var disagreement: Disagreement?

    /// Ways in which records and log disagree: somebody wrote into the files.
    public enum Disagreement: String, Codable, Sendable, CaseIterable {
        /// The log tells that it was placed and not released, and the records have none.
        case notInRecords = "not-in-records"
        /// The log tells that it was released, and the records have it.
        case released
    }

    init(_ hold: LegalHold, disagreement: Disagreement? = nil) {
        patient = hold.patient
        reason = hold.reason
        placedBy = hold.placedBy
        placedAt = hold.placedAt
        self.disagreement = disagreement
    }

    /// A hold of which the log alone tells.
    init(patient: String, _ told: HoldEntries.Told) {
        self.patient = patient
        placedBy = told.by
        placedAt = told.at
        disagreement = .notInRecords
    }
}
