internal import WardAccess
internal import WardAudit
internal import WardDatabase
internal import WardFHIR
internal import WardSearch
internal import WardVault

/// Whose a record is: what the audit log tells of it, once for each patient, and whose key seals it.
extension FHIRService {
    /// The patients of a record: the one whose key seals it, else all that share it. Empty where it says nothing of any.
    func patients(of record: OpenedRecord) throws -> [LogicalID] {
        if let patient = record.patient { return [patient] }
        guard !record.isDeleted, maySharePatients(record.key.type) else { return [] }
        return try Self.ids(shared(record.filter(), record.key.type)
            ?? gate.values(of: record, base: nil).sharedPatients)
    }

    /// The patients of whom an answer says something: those of the matches, and those that the query names, of whom it says
    /// that there is nothing. Source: IHE BALP, PatientQuery.
    func patients(of matches: [Candidate], _ query: SearchQuery) async throws -> [LogicalID] {
        var patients: [LogicalID] = []
        for match in matches { patients += try await self.patients(of: match) }
        for id in Self.ids(query.namedPatients.sorted()) where try await vault.hasKey(id) { patients.append(id) }
        return patients
    }

    /// The patients of a match.
    private func patients(of match: Candidate) async throws -> [LogicalID] {
        if let patient = match.patient { return [patient] }
        guard maySharePatients(match.key.type) else { return [] }
        if let known = shared(match.filter, match.key.type) { return Self.ids(known) }
        guard let record = try await vault.records([match.sequence]).first else { return [] }
        return try Self.ids(gate.values(of: record, base: FilterRecord.base(of: match.filter)).sharedPatients)
    }

    /// The events of a write, once for each patient of what is written, then for each that it was of before; the first tells
    /// of the version itself.
    /// - Parameter former: the patients of the version before.
    func writeEvents(_ draft: RecordDraft, former: [LogicalID], _ origin: EventOrigin) -> [AuditEvent] {
        let event = writeEvent(draft, origin)
        if draft.isDeleted { return event.perPatient(former) }
        let now = patients(of: draft)
        let left = former.filter { !now.contains($0) }
        return event.perPatient(now) + (left.isEmpty ? [] : event.perPatient(left))
    }

    private func patients(of draft: RecordDraft) -> [LogicalID] {
        if let patient = draft.patient { return [patient] }
        guard maySharePatients(draft.type) else { return [] }
        return Self.ids(shared(draft.filter, draft.type) ?? [])
    }

    /// A draft of a Binary under the key of the patient whose record its security context names.
    /// Source: https://hl7.org/fhir/R4/binary.html#security-context
    /// - Parameter drafts: what is written together with it.
    func placed(
        _ draft: RecordDraft, beside drafts: [RecordDraft] = [], baseURL: String
    ) async throws -> RecordDraft {
        guard draft.type == "Binary", draft.patient == nil, !draft.isDeleted else { return draft }
        let text = try ResourceIntake.parse(draft.content)["securityContext"]?["reference"]?.string
        guard let text, let path = try? RelativeURL(text, baseURL: baseURL, place: "Binary.securityContext").path,
            path.count >= 2, let id = LogicalID(path[1])
        else { return draft }
        let written = drafts.first { $0.type == path[0] && $0.id == id }
        var placed = draft
        placed.patient = if let written { written.patient } else { try await vault.newest(path[0], id)?.patient }
        return placed.patient == nil ? draft : try reindexed(placed)
    }

    private func maySharePatients(_ type: String) -> Bool { catalog.parameters(for: type)?.mayNamePatients == true }

    /// What a filter record says of who shares the resource; nil where another program made it.
    private func shared(_ filter: [UInt8], _ type: String) -> [String]? {
        guard let parameters = catalog.parameters(for: type) else { return nil }
        return try? FilterRecord.values(filter, parameters: parameters, patient: nil).sharedPatients
    }

    static func ids(_ texts: [String]) -> [LogicalID] { texts.compactMap { LogicalID($0) } }
}
