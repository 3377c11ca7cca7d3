internal import WardAccess
internal import WardAudit
internal import WardDatabase
internal import WardFHIR
internal import WardVault

extension FHIRService {
    /// `PUT [base]/[type]/[id]`: a new version; with `If-Match` only on top of the version named. An id that is not there is created.
    /// Source: https://hl7.org/fhir/R4/http.html#update
    func update(type: String, id: LogicalID, _ operation: Operation) async throws -> Performed {
        let node = try intake.resource(operation.request, type: type)
        try ResourceIntake.checkID(node, id, type: type)
        let required = try EntityTag.required(operation.request.ifMatch)
        for _ in 0..<limits.attempts {
            let base = try await updateBase(type, id, required: required, operation)
            let draft = try draft(node, type: type, id: id, version: base + 1, baseURL: operation.request.baseURL)
            do {
                return try await write(draft, operation)
            } catch let error as VaultError where error.code == .versionConflict {
                if required != nil { throw FHIRError.preconditionFailed() }
            }
        }
        throw FHIRError.conflict("other writes kept coming first; try again")
    }

    /// The version on which an update builds; 0 where it creates.
    func updateBase(_ type: String, _ id: LogicalID, required: UInt64?, _ operation: Operation) async throws -> UInt64 {
        guard let current = try await vault.newest(type, id) else {
            guard required == nil else { throw FHIRError.preconditionFailed("If-Match names a version of a resource that is not there") }
            try allowsClientID(id, type)
            _ = try policies.decide(operation.caller, InteractionRequest(.create, type: type)).get()
            return 0
        }
        guard try gate.admits(current, operation.permit) else { throw Refusal.outsideFilter }
        if let required, required != current.version { throw FHIRError.preconditionFailed() }
        if current.isDeleted { _ = try policies.decide(operation.caller, InteractionRequest(.create, type: type)).get() }
        return current.version
    }

    /// Ids lie in the clear, so a production home takes only random ones from clients.
    private func allowsClientID(_ id: LogicalID, _ type: String) throws(FHIRError) {
        guard intake.isDevelopment || id.uuidBytes != nil else {
            throw .unprocessable("an id that a client chooses must be a UUID in lower case: ids lie in the clear", path: "\(type).id")
        }
    }
}
