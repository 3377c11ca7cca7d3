public import WardDatabase
internal import WardKeys

/// What a shredding does to a patient's compartment. Each call may be made again, whatever became of an earlier one.
extension Vault {
    /// Closes a patient's compartment to writes, then destroys every data key of it; durable on return. From then on its
    /// records throw `.shredded`.
    /// - Returns: how many versions of the key there were.
    /// - Throws: ``VaultError`` with `.unavailable` or `.keysUnavailable`; calling again goes on.
    @discardableResult
    public func destroyKeys(of patient: LogicalID, request: LogicalID, now: Int64) async throws(VaultError) -> Int {
        try await attempt { () async throws(DatabaseError) in
            try await store.closeCompartment(of: patient, tenant: tenant)
        }
        return try await asking { () async throws(KeyError) in
            try await keys.destroyKeys(of: patient, request: request, now: now)
        }
    }

    /// The patients whose data keys were destroyed, by patient.
    /// - Throws: ``VaultError`` with `.keysUnavailable`.
    public func destroyedKeys() async throws(VaultError) -> [KeyTombstone] {
        try await asking { () async throws(KeyError) in try await keys.destroyed() }
    }

    /// Whether a patient's data keys were destroyed.
    /// - Throws: ``VaultError`` with `.keysUnavailable`.
    public func isDestroyed(_ patient: LogicalID) async throws(VaultError) -> Bool {
        try await asking { () async throws(KeyError) in try await keys.isDestroyed(patient) }
    }

    /// Whether data keys of a patient lie in the key store, whatever else it says of the patient.
    /// - Throws: ``VaultError`` with `.keysUnavailable`.
    public func isKeyStored(_ patient: LogicalID) async throws(VaultError) -> Bool {
        try await asking { () async throws(KeyError) in try await keys.isStored(patient) }
    }

    /// The patients whose compartments take no writes.
    /// - Throws: ``VaultError`` with `.unavailable`.
    public func closedCompartments() async throws(VaultError) -> Set<LogicalID> {
        try await attempt { () async throws(DatabaseError) in try await store.closedCompartments(tenant: tenant) }
    }

    /// A step of walking through a patient's compartment for what searches still find.
    /// - Throws: ``VaultError`` with `.unavailable`.
    public func compartment(of patient: LogicalID, after sequence: Int64) async throws(VaultError) -> CompartmentPage {
        try await attempt { () async throws(DatabaseError) in
            try await store.compartment(of: patient, tenant: tenant, after: sequence)
        }
    }

    private func asking<Value>(_ work: () async throws(KeyError) -> Value) async throws(VaultError) -> Value {
        do throws(KeyError) {
            return try await work()
        } catch {
            throw Self.failure(error, record: nil)
        }
    }
}
