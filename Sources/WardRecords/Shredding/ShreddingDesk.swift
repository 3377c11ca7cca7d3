public import WardAccess
public import WardAudit
public import WardDatabase
public import WardIdentity
internal import WardKeys
internal import WardSearch
public import WardVault

/// Where a patient's shredding is asked for, confirmed by a second person, and carried out step by step.
///
/// A request lies sealed in a collection; each step is done first, may be done again, and is then noted there together
/// with its entry in the audit log. So a process may die at any moment, and ``advance(_:by:)`` goes on.
public struct ShreddingDesk: Sendable {
    let vault: Vault
    let requests: Collection<ShredRequest>
    let holds: Collection<LegalHold>
    let log: AuditLog
    let policies: PolicyEngine
    let keys: KeyRenewal
    let index: IndexRenewal
    let credentialsChangedAt: @Sendable (LogicalID) async throws -> Int64?
    let told: HoldEntries
    let clock: any WallClock
    let ids: TimeOrderedIDs
    let shared: SharedRecords

    /// A desk over a vault and its audit log.
    /// - Parameters:
    ///   - keys: renews what wraps data keys.
    ///   - index: renews what makes tokens.
    ///   - credentialsChangedAt: when the password or second factor of an account was set last, in microseconds since
    ///   1970-01-01T00:00:00Z; nil where there is no such account.
    ///   - told: what the audit log tells of legal holds.
    public init(
        vault: Vault, log: AuditLog, policies: PolicyEngine, keys: KeyRenewal, index: IndexRenewal,
        credentialsChangedAt: @escaping @Sendable (LogicalID) async throws -> Int64?,
        told: HoldEntries,
        clock: any WallClock = SystemWallClock()
    ) {
        self.vault = vault
        requests = Collection(ShredRequest.collectionName, in: vault, lookup: ShredRequest.lookups, clock: clock)
        holds = Collection(LegalHold.collectionName, in: vault, clock: clock)
        self.log = log
        self.policies = policies
        self.keys = keys
        self.index = index
        self.credentialsChangedAt = credentialsChangedAt
        self.told = told
        self.clock = clock
        ids = TimeOrderedIDs(clock: clock)
        shared = SharedRecords(vault: vault, catalog: .r4)
    }

    /// Asks for the shredding of a patient; nothing is destroyed yet.
    /// - Parameter patient: `Patient/ID`.
    /// - Throws: ``ShreddingError``, or a ``Refusal`` for who is no signed-in administrator.
    public func ask(_ patient: String, reason: String, by caller: Caller) async throws -> ShreddingStatus {
        let person = try await person(caller, "ask", .shredPatients)
        let patient = try Self.patient(patient)
        let id = ids.nextLogicalID()
        do {
            guard (1...1_000).contains(reason.count) else { throw ShreddingError(.reasonForm) }
            try await requireDestroyable(patient)
            var request = ShredRequest(
                patient: patient.text, reason: reason, askedBy: person, askedAt: clock.now(), state: .asked)
            request.sharedRecords = try await shared.count(of: patient)
            let event = try log.seal(event("shred-asked", id, patient, Self.origin(caller)))
            try await requests.put(id, request, expecting: nil, events: [event])
            return ShreddingStatus(id, request)
        } catch let error as ShreddingError {
            throw try await refused(error, event("shred-asked", nil, patient, Self.origin(caller)))
        }
    }

    /// Confirms a request: from here on it is carried out. Confirming again what was confirmed changes nothing.
    /// - Throws: as ``ask(_:reason:by:)``.
    public func confirm(_ id: String, by caller: Caller) async throws -> ShreddingStatus {
        let person = try await person(caller, "confirm", .shredPatients)
        let item = try await item(id)
        guard item.value.state == .asked else { return ShreddingStatus(item.id, item.value) }
        let patient = try Self.patient("Patient/\(item.value.patient)")
        let event = event("shred-confirmed", item.id, patient, Self.origin(caller))
        do {
            let unheld = try await requireConfirmable(item, person)
            var request = item.value
            request.sharedRecords = try await shared.count(of: patient)
            request.confirmedBy = person
            request.confirmedAt = clock.now()
            request.state = .confirmed
            try await requests.put(
                item.id, request, expecting: item.version, preconditions: unheld, events: [try log.seal(event)])
            return ShreddingStatus(item.id, request)
        } catch {
            throw try await refused(Self.raced(error), event)
        }
    }

    /// All requests, newest first.
    public func list() async throws -> [ShreddingStatus] {
        try await requests.all(limit: 1_000).map { ShreddingStatus($0.id, $0.value) }
    }

    func item(_ id: String) async throws -> CollectionItem<ShredRequest> {
        guard let id = LogicalID(id), let item = try await requests.get(id) else { throw ShreddingError(.noSuchRequest) }
        return item
    }

    private func requireDestroyable(_ patient: LogicalID) async throws {
        guard try await holds.get(patient) == nil else { throw ShreddingError(.held) }
        // Who has the files can take a hold out of them, and not out of the log.
        guard try await !told.isHeld(patient) else { throw ShreddingError(.holdDisagrees) }
        guard try await !vault.isDestroyed(patient) else { throw ShreddingError(.alreadyShredded) }
        guard try await vault.hasKey(patient) else { throw ShreddingError(.noSuchPatient) }
    }

    /// Checks that a second person may confirm.
    /// - Returns: that the patient is on no hold, to hold in the same transaction.
    private func requireConfirmable(
        _ item: CollectionItem<ShredRequest>, _ person: ShredRequest.Person
    ) async throws -> [WriteBatch.Precondition] {
        let request = item.value
        guard clock.now() - request.askedAt < ShredRequest.lifetime else { throw ShreddingError(.expired) }
        guard request.askedBy?.id != person.id else { throw ShreddingError(.samePerson) }
        let changed = try await LogicalID(person.id).asyncFlatMap(credentialsChangedAt)
        guard let changed, changed < request.askedAt else { throw ShreddingError(.newCredentials) }
        guard let patient = LogicalID(request.patient) else { throw ShreddingError(.patientForm) }
        let held = try await vault.newest(LegalHold.collectionName, patient)
        try await requireDestroyable(patient)
        let key = RecordKey(tenant: vault.tenant, type: LegalHold.collectionName, id: patient)
        return [.newest(key, version: held?.version ?? 0)]
    }
}

extension Optional {
    fileprivate func asyncFlatMap<Value>(_ transform: (Wrapped) async throws -> Value?) async rethrows -> Value? {
        guard let self else { return nil }
        return try await transform(self)
    }
}
