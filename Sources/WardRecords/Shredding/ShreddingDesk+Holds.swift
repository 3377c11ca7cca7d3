internal import WardAccess
internal import WardAudit
internal import WardDatabase
public import WardIdentity
internal import WardVault

extension ShreddingDesk {
    /// Places a legal hold on a patient's records: no shredding of them is asked for or confirmed until it is released.
    /// - Throws: as ``ask(_:reason:by:)``.
    public func hold(_ patient: String, reason: String, by caller: Caller) async throws -> LegalHold {
        let person = try await person(caller, "hold", .holdPatients)
        let patient = try Self.patient(patient)
        let told = holdEvent("hold-placed", patient, caller)
        do {
            guard (1...1_000).contains(reason.count) else { throw ShreddingError(.reasonForm) }
            guard try await !vault.isDestroyed(patient) else { throw ShreddingError(.alreadyShredded) }
            // A request that is confirmed in between changes its version, and then nothing is written.
            let pending = try await requests.find("patient", patient.text)
            guard pending.allSatisfy({ $0.value.state == .asked }) else { throw ShreddingError(.alreadyShredded) }
            let unconfirmed = pending.map {
                WriteBatch.Precondition.newest(
                    RecordKey(tenant: vault.tenant, type: ShredRequest.collectionName, id: $0.id), version: $0.version)
            }
            let hold = LegalHold(patient: patient.text, reason: reason, placedBy: person, placedAt: clock.now())
            let newest = try await vault.newest(LegalHold.collectionName, patient)
            try await holds.put(
                patient, hold, expecting: newest?.version, preconditions: unconfirmed, events: [try log.seal(told)])
            return hold
        } catch {
            throw try await refused(Self.raced(error), told)
        }
    }

    /// Releases a hold.
    /// - Throws: as ``ask(_:reason:by:)``.
    public func release(_ patient: String, by caller: Caller) async throws -> LegalHold {
        _ = try await person(caller, "release", .holdPatients)
        let patient = try Self.patient(patient)
        let told = holdEvent("hold-released", patient, caller)
        do {
            guard let held = try await holds.get(patient) else { throw ShreddingError(.notHeld) }
            try await holds.delete(patient, expecting: held.version, events: [try log.seal(told)])
            return held.value
        } catch {
            throw try await refused(Self.raced(error), told)
        }
    }

    /// All holds, newest first.
    public func listHolds() async throws -> [LegalHold] { try await holds.all(limit: 10_000).map(\.value) }

    private func holdEvent(_ what: String, _ patient: LogicalID, _ caller: Caller) -> AuditEvent {
        AuditEvent(
            .keyChange, by: Self.origin(caller), record: .init(type: LegalHold.collectionName, id: patient),
            patient: patient, details: [.init("what", what)])
    }
}
