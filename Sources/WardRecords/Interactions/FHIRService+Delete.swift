internal import WardAccess
internal import WardAudit
internal import WardDatabase
internal import WardFHIR
internal import WardVault

extension FHIRService {
    /// `DELETE [base]/[type]/[id]`: a version that marks the deletion; earlier versions stay. Deleting what is not there succeeds, unless
    /// `If-Match` counts on a version of it.
    /// Source: https://hl7.org/fhir/R4/http.html#delete
    func delete(type: String, id: LogicalID, _ operation: Operation) async throws -> Performed {
        let conditions = Conditions(operation.request)
        return try await settle(type, id, conditions) {
            guard let current = try await deletable(type, id, conditions, operation.permit) else {
                return Performed(FHIRResponse(status: 204), events: await absent(type, id, operation))
            }
            return try await write(deletion(of: current), operation, former: try patients(of: current))
        }
    }

    /// The record that a delete is about; nil where there is none, or none any more.
    /// - Throws: ``FHIRError`` 412 where `If-Match` names another version than the newest.
    func deletable(
        _ type: String, _ id: LogicalID, _ conditions: Conditions, _ permit: Permit
    ) async throws -> OpenedRecord? {
        let required = try EntityTag.required(conditions.ifMatch)
        let newest = try await vault.newest(type, id)
        if let newest, !newest.isDeleted {
            guard try gate.admits(newest, permit) else { throw Refusal.outsideFilter }
            try gate.requireOwn(newest.patient, permit)
        } else if let only = permit.writesOnlyOf, newest?.patient != only {
            // Who acts for one patient is told the same of what is not there and of what is another's.
            throw Refusal.outsideFilter
        }
        if let required, required != newest?.version { throw FHIRError.preconditionFailed(path: "If-Match") }
        return newest.flatMap { $0.isDeleted ? nil : $0 }
    }

    /// The events of a delete that found nothing to delete.
    func absent(_ type: String, _ id: LogicalID, _ operation: Operation) async -> [AuditEvent] {
        await unopened(AuditEvent(.delete, by: operation.origin, record: .init(type: type, id: id), reason: "absent", status: 204))
    }
}
