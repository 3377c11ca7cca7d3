internal import WardAccess
internal import WardAudit
internal import WardDatabase
internal import WardFHIR
internal import WardVault

extension FHIRService {
    /// `PUT [base]/[type]/[id]`: a new version; with `If-Match` only on top of the version named, with `If-None-Match` only where none that
    /// it names is current. An id that is not there is created.
    /// Source: https://hl7.org/fhir/R4/http.html#update, RFC 9110 §13.1
    func update(type: String, id: LogicalID, _ operation: Operation) async throws -> Performed {
        let node = try intake.resource(operation.request, type: type)
        try ResourceIntake.checkID(node, id, type: type)
        let conditions = Conditions(operation.request)
        return try await settle(type, id, conditions) {
            let base = try await updateBase(type, id, conditions, operation)
            let draft = try await draft(node, type: type, id: id, version: base.version + 1, operation)
            return try await write(draft, operation, former: base.patients)
        }
    }

    /// Tries a write of one record again when another came first, in turn with those that do the same; but not one that was meant for the
    /// version that is gone.
    func settle(
        _ type: String, _ id: LogicalID, _ conditions: Conditions, _ attempt: () async throws -> Performed
    ) async throws -> Performed {
        do {
            return try await attempt()
        } catch let error as VaultError where error.code == .versionConflict {
            guard conditions.ifMatch == nil else { throw FHIRError.preconditionFailed(path: "If-Match") }
        }
        return try await turns.inTurn(type, id) {
            for _ in 1..<limits.attempts {
                do {
                    return try await attempt()
                } catch let error as VaultError where error.code == .versionConflict {}
            }
            throw FHIRError.conflict("other writes kept coming first; try again")
        }
    }

    /// The version on which an update builds, and its patients; 0 where it creates.
    func updateBase(
        _ type: String, _ id: LogicalID, _ conditions: Conditions, _ operation: Operation
    ) async throws -> (version: UInt64, patients: [LogicalID]) {
        let required = try EntityTag.required(conditions.ifMatch)
        guard let current = try await vault.newest(type, id) else {
            // Who acts for one patient is told the same of what is not there and of what is another's.
            guard operation.permit.writesOnlyOf == nil else { throw Refusal.outsideFilter }
            guard required == nil else {
                throw FHIRError.preconditionFailed("If-Match names a version of a resource that is not there", path: "If-Match")
            }
            try allowsClientID(id, type)
            _ = try policies.decide(operation.caller, InteractionRequest(.create, type: type)).get()
            return (0, [])
        }
        guard try gate.admits(current, operation.permit) else { throw Refusal.outsideFilter }
        try gate.requireOwn(current.patient, operation.permit)
        if let required, required != current.version { throw FHIRError.preconditionFailed(path: "If-Match") }
        if current.isDeleted {
            _ = try policies.decide(operation.caller, InteractionRequest(.create, type: type)).get()
        } else if try EntityTag.excluded(conditions.ifNoneMatch)?.contains(current.version) == true {
            throw FHIRError.preconditionFailed("the resource is there already", path: "If-None-Match")
        }
        return (current.version, try patients(of: current))
    }

    /// Ids lie in the clear, so a production home takes only random ones from clients.
    private func allowsClientID(_ id: LogicalID, _ type: String) throws(FHIRError) {
        guard intake.isDevelopment || id.uuidBytes != nil else {
            throw .unprocessable("an id that a client chooses must be a UUID in lower case: ids lie in the clear", path: "\(type).id")
        }
    }
}
