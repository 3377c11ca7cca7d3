internal import WardAudit
internal import WardDatabase
internal import WardFHIR
internal import WardVault

extension FHIRService {
    /// `GET [base]/[type]/[id]`: the current version. Source: https://hl7.org/fhir/R4/http.html#read
    func read(type: String, id: LogicalID, _ operation: Operation) async throws -> Performed {
        var event = AuditEvent(.read, by: operation.origin, record: .init(type: type, id: id))
        let found = try await vault.newest(type, id)
        guard let record = found, try gate.admits(record, operation.permit) else {
            return await failed(.notFound, event, reason: "not-found")
        }
        event.record?.version = record.version
        event.patient = record.patient
        let patients = try patients(of: record)
        guard !record.isDeleted else { return await failed(.gone, event, reason: "deleted") }
        event.status = 200
        if try isUnchanged(record, operation.request) {
            event.status = 304
            return Performed(
                FHIRResponse(status: 304, version: record.version, updatedAt: record.updatedAt),
                events: event.perPatient(patients))
        }
        return Performed(
            FHIRResponse(status: 200, body: record.content, version: record.version, updatedAt: record.updatedAt),
            events: event.perPatient(patients))
    }

    /// Whether the client has this version already. Source: https://hl7.org/fhir/R4/http.html#cread, RFC 9110 §13.1
    func isUnchanged(_ record: OpenedRecord, _ request: FHIRRequest) throws(FHIRError) -> Bool {
        try EntityTag.excluded(request.ifNoneMatch)?.contains(record.version) ?? false
    }
}
