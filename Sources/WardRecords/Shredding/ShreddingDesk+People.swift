internal import WardAccess
internal import WardAudit
internal import WardDatabase
internal import WardIdentity
internal import WardVault

extension ShreddingDesk {
    /// The person behind a caller, who must be signed in and may do this. A refusal is told to the log.
    func person(
        _ caller: Caller, _ what: String, _ permission: AdministrativePermission
    ) async throws -> ShredRequest.Person {
        do throws(Refusal) {
            _ = try policies.decide(caller, permission).get()
        } catch {
            let event = AuditEvent(.refusal, by: Self.origin(caller), details: [.init("what", "shred-\(what)")])
            try await log.record(event.ended(.minorFailure, reason: error.reason.rawValue))
            throw error
        }
        // The permissions are of roles that only accounts have; whoever has none is no person here.
        guard let id = caller.user else { throw ShreddingError(.samePerson) }
        return ShredRequest.Person(id: id.text, name: caller.name)
    }

    /// Tells the log of a refusal, and gives the error to throw.
    func refused(_ error: any Error, _ event: AuditEvent) async throws -> any Error {
        guard let error = error as? ShreddingError else { return error }
        var event = event
        // An id of which nothing is kept may be any word; a UUID says nothing.
        if let patient = event.patient, patient.uuidBytes == nil, try await !isKnown(patient) {
            event.patient = nil
            if event.record?.id == patient { event.record?.id = nil }
        }
        try await log.record(event.ended(.minorFailure, reason: error.code.rawValue))
        return error
    }

    private func isKnown(_ patient: LogicalID) async throws -> Bool {
        if try await vault.isDestroyed(patient) { return true }
        return try await vault.hasKey(patient)
    }

    /// A write that came too late, said by this desk.
    static func raced(_ error: any Error) -> any Error {
        switch error {
        case let error as DatabaseError where error.code == .versionConflict: ShreddingError(.raced)
        case let error as VaultError where error.code == .preconditionFailed: ShreddingError(.raced)
        default: error
        }
    }

    func event(_ what: String, _ id: LogicalID?, _ patient: LogicalID, _ origin: EventOrigin) -> AuditEvent {
        AuditEvent(
            .keyChange, by: origin, record: .init(type: ShredRequest.collectionName, id: id), patient: patient,
            details: [.init("what", what)])
    }

    static func origin(_ caller: Caller) -> EventOrigin {
        EventOrigin(
            tenant: caller.tenant, actor: .init(id: caller.actorID, name: caller.name, roles: [caller.role.rawValue]),
            session: caller.session?.text, source: caller.source)
    }

    static func patient(_ reference: String) throws(ShreddingError) -> LogicalID {
        guard reference.hasPrefix("Patient/"), let id = LogicalID(reference.dropFirst(8)) else {
            throw ShreddingError(.patientForm)
        }
        return id
    }
}
