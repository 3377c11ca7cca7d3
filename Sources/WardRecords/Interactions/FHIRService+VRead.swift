internal import WardAudit
internal import WardDatabase
internal import WardFHIR
internal import WardVault

extension FHIRService {
    /// `GET [base]/[type]/[id]/_history/[vid]`: one version. Source: https://hl7.org/fhir/R4/http.html#vread
    func vread(type: String, id: LogicalID, version: UInt64, _ operation: Operation) async throws -> Performed {
        var event = AuditEvent(.vread, by: operation.origin, record: .init(type: type, id: id, version: version))
        let found = try await vault.version(version, type, id)
        guard let record = found, try gate.admits(record, operation.permit) else {
            return await failed(.notFound, event, reason: "not-found")
        }
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
}
