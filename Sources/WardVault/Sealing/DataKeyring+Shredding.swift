public import WardDatabase
public import WardKeys

extension DataKeyring {
    /// Destroys every data key of a patient for good, and forgets those that are open here; durable on return.
    ///
    /// Another process that shares the key store serves what it has open for the lifetime of its cache at most, and can
    /// neither read the keys again nor make new ones.
    /// - Returns: how many versions there were.
    /// - Throws: ``KeyError`` with `.unavailable`; calling again goes on.
    @discardableResult
    public func destroyKeys(of patient: LogicalID, request: LogicalID, now: Int64) async throws(KeyError) -> Int {
        let tombstone = KeyTombstone(
            tenant: TenantID(rawValue: tenant.tenant), patient: patient, destroyedAt: now, request: request)
        defer { evict(patient) }
        return try await asking { () async throws(DatabaseError) in try await store.destroy(tombstone) }
    }

    /// The patients whose keys were destroyed by order.
    /// - Throws: ``KeyError`` with `.unavailable`.
    public func destroyed() async throws(KeyError) -> [KeyTombstone] {
        try await asking { () async throws(DatabaseError) in
            try await store.tombstones(tenant: TenantID(rawValue: tenant.tenant))
        }
    }

    /// Whether a patient's keys were destroyed by order.
    /// - Throws: ``KeyError`` with `.unavailable`.
    public func isDestroyed(_ patient: LogicalID) async throws(KeyError) -> Bool {
        try await asking { () async throws(DatabaseError) in
            try await store.tombstone(of: patient, tenant: TenantID(rawValue: tenant.tenant)) != nil
        }
    }

    /// Whether a key of a patient lies in the store, whatever else the store says of the patient.
    /// - Throws: ``KeyError`` with `.unavailable`.
    public func isStored(_ patient: LogicalID) async throws(KeyError) -> Bool {
        let place = WrappedKeyPlace(patient: patient, version: 0)
        return try await asking { () async throws(DatabaseError) in
            try await store.list(tenant: TenantID(rawValue: tenant.tenant), after: place, limit: 1)
        }.first?.patient == patient
    }

    private func asking<Value>(_ work: () async throws(DatabaseError) -> Value) async throws(KeyError) -> Value {
        do throws(DatabaseError) {
            return try await work()
        } catch {
            throw Self.failure(error)
        }
    }
}
