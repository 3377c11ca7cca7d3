internal import WardAccess
internal import WardAudit
internal import WardDatabase
public import WardIdentity
internal import WardVault

extension ShreddingDesk {
    /// Places a legal hold on a patient's records: no shredding of them is asked for or confirmed until it is released.
    /// - Throws: as ``ask(_:reason:by:)``.
    public func hold(_ patient: String, reason: String, by caller: Caller) async throws -> HoldStatus {
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
            return HoldStatus(hold)
        } catch {
            throw try await refused(Self.raced(error), told)
        }
    }

    /// Releases a hold.
    /// - Throws: as ``ask(_:reason:by:)``.
    public func release(_ patient: String, by caller: Caller) async throws -> HoldStatus {
        _ = try await person(caller, "release", .holdPatients)
        let patient = try Self.patient(patient)
        let told = holdEvent("hold-released", patient, caller)
        do {
            guard let held = try await holds.get(patient) else { throw ShreddingError(.notHeld) }
            try await holds.delete(patient, expecting: held.version, events: [try log.seal(told)])
            return HoldStatus(held.value)
        } catch {
            throw try await refused(Self.raced(error), told)
        }
    }

    /// All holds, newest first: those of the records, and those of which the audit log alone tells. Where the two disagree,
    /// somebody wrote into the files, and it is said which hold it is.
    /// - Throws: `AuditError` with `.tampered` where the log does not hold; `VaultError`, `DatabaseError`.
    public func listHolds() async throws -> [HoldStatus] {
        let found = try await compareHolds()
        guard found.contains(where: { $0.disagreement != nil }) else { return found }
        // A hold that was placed or released between the two readings looks like this once, and not twice.
        let again = try await compareHolds()
        return again.compactMap { status in
            let isSame = found.contains { $0.patient == status.patient && $0.disagreement == status.disagreement }
            guard status.disagreement != nil, !isSame else { return status }
            var status = status
            status.disagreement = nil
            // Of a hold that is released at this moment nothing is left to show.
            return status.reason == nil ? nil : status
        }
    }

    /// One look at the holds of the records and of the log.
    private func compareHolds() async throws -> [HoldStatus] {
        let kept = try await holds.all(limit: 10_000).map(\.value)
        let told = try await self.told.all()
        let alone = Set(kept.map(\.patient))
        let lost = told.filter { $0.value.isPlaced && !alone.contains($0.key.text) }.map { HoldStatus(patient: $0.key.text, $0.value) }
        let listed = kept.map { hold in
            HoldStatus(hold, disagreement: LogicalID(hold.patient).flatMap { told[$0] }?.isPlaced == false ? .released : nil)
        }
        return (listed + lost).sorted { ($0.placedAt, $0.patient) > ($1.placedAt, $1.patient) }
    }

    private func holdEvent(_ what: String, _ patient: LogicalID, _ caller: Caller) -> AuditEvent {
        AuditEvent(
            .keyChange, by: Self.origin(caller), record: .init(type: LegalHold.collectionName, id: patient),
            patient: patient, details: [.init("what", what)])
    }
}
