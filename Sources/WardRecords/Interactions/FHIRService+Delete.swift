internal import WardAccess
internal import WardAudit
internal import WardDatabase
internal import WardFHIR
internal import WardVault

extension FHIRService {
    /// `DELETE [base]/[type]/[id]`: a version that marks the deletion; earlier versions stay. Deleting what is not there succeeds.
    /// Source: https://hl7.org/fhir/R4/http.html#delete
    func delete(type: String, id: LogicalID, _ operation: Operation) async throws -> Performed {
        let required = try EntityTag.required(operation.request.ifMatch)
        for _ in 0..<limits.attempts {
            guard let current = try await vault.newest(type, id), !current.isDeleted else {
                let event = AuditEvent(.delete, by: operation.origin, record: .init(type: type, id: id), reason: "absent", status: 204)
                return Performed(FHIRResponse(status: 204), events: [event])
            }
            guard try gate.admits(current, operation.permit) else { throw Refusal.outsideFilter }
            if let required, required != current.version { throw FHIRError.preconditionFailed() }
            do {
                return try await write(deletion(of: current), operation)
            } catch let error as VaultError where error.code == .versionConflict {
                if required != nil { throw FHIRError.preconditionFailed() }
            }
        }
        throw FHIRError.conflict("other writes kept coming first; try again")
    }
}
