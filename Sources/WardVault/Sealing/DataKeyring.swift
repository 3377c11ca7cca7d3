public import WardDatabase
public import WardKeys

/// A tenant's data keys: opened from the key store when they are asked for, made where they are missing, kept in the
/// cache.
///
/// A key that is made is durable in the key store before it is returned, so nothing is sealed under a key that could be
/// lost.
public struct DataKeyring: Sendable {
    /// The tenant's keys.
    public let tenant: TenantKeys

    let store: any WrappedKeyStore
    private let cache: KeyCache
    let clock: any WallClock

    /// A keyring of one tenant. Several tenants may share a store and a cache.
    public init(
        tenant: TenantKeys, store: any WrappedKeyStore, cache: KeyCache, clock: any WallClock = SystemWallClock()
    ) {
        self.tenant = tenant
        self.store = store
        self.cache = cache
        self.clock = clock
    }

    /// The keys of a patient (nil: the tenant's shared keys) if the cache holds them: no wait, no I/O.
    public func cached(of patient: LogicalID?) -> DataKeySet? {
        guard !tenant.isSuspended else { return nil }
        return if case .present(let keys) = cache.lookup(owner(patient)) { keys } else { nil }
    }

    /// The keys of a patient (nil: the tenant's shared keys), or nil where it has none.
    /// - Throws: ``KeyError`` with `.unavailable` where the key store does not answer, or what
    ///   ``TenantKeys/unwrap(_:)`` throws.
    public func keys(of patient: LogicalID?) async throws(KeyError) -> DataKeySet? {
        if let keys = cached(of: patient) { return keys }
        try requireServing()
        return try await cache.keys(of: owner(patient)) { () async throws(KeyError) in try await load(patient) }
    }

    /// The key of a patient (nil: the tenant's shared key) that opens what was sealed under this version.
    /// - Throws: ``KeyError`` with `.unknownKey` where there is no such key, `.destroyed` where it was destroyed by
    ///   order; else as ``keys(of:)``.
    public func key(of patient: LogicalID?, version: UInt32) async throws(KeyError) -> DataKey {
        guard let key = try await keys(of: patient)?[version] else {
            if let patient, try await isDestroyed(patient) { throw KeyError(.destroyed, "data key \(version)") }
            throw KeyError(.unknownKey, "data key \(version)")
        }
        return key
    }

    /// The keys of a patient (nil: the tenant's shared keys), made if there are none; ``DataKeySet/sealing`` seals what
    /// is new.
    /// - Throws: as ``keys(of:)``; `.destroyed` where the patient's keys were destroyed by order.
    public func sealingKeys(of patient: LogicalID?) async throws(KeyError) -> DataKeySet {
        if let keys = cached(of: patient) { return keys }
        try requireServing()
        let keys = try await cache.keys(of: owner(patient), makesMissing: true) { () async throws(KeyError) in
            if let keys = try await load(patient) { return keys }
            return try await make(patient)
        }
        guard let keys else { throw KeyError(.unavailable, "key store") }
        return keys
    }

    /// Forgets the opened keys of a patient: after a rotation or a shredding.
    public func evict(_ patient: LogicalID?) { cache.evict(owner(patient)) }

    /// Forgets all opened keys.
    public func evictAll() { cache.evictAll() }

    private func requireServing() throws(KeyError) {
        if tenant.isSuspended { throw KeyError(.unavailable, "the key service has not answered for too long") }
    }

    /// A failure of the key store, as the keyring's: a row that is none is no key that could come back by waiting.
    static func failure(_ error: DatabaseError) -> KeyError {
        error.code == .damaged
            ? KeyError(.damaged, "key store: \(error.context)") : KeyError(.unavailable, "key store: \(error.code.rawValue)")
    }

    /// How long after it was made a further version of a key begins to seal, in microseconds: longer than a request takes.
    static let sealingDelay: Int64 = 120_000_000

    func owner(_ patient: LogicalID?) -> DataKeyOwner {
        DataKeyOwner(tenant: tenant.tenant, patient: patient?.text)
    }

    private func load(_ patient: LogicalID?) async throws(KeyError) -> DataKeySet? {
        try await rereading { () async throws(KeyError) in
            let rows: [WrappedKeyRow]
            do throws(DatabaseError) {
                rows = try await store.keys(of: patient, tenant: TenantID(rawValue: tenant.tenant))
            } catch {
                throw Self.failure(error)
            }
            return try open(rows, patient)
        }
    }

    /// Reads wrapped keys and opens them; once more where the key-encryption key that they lay under when they were read
    /// is gone when they are opened. It is destroyed only after everything was moved away from it, so what is read then
    /// lies under a newer one. A rotation lasts longer than a reading: more than three in a row are none.
    func rereading<Value: Sendable>(
        _ body: () async throws(KeyError) -> Value
    ) async throws(KeyError) -> Value {
        for _ in 0..<3 {
            do throws(KeyError) {
                return try await body()
            } catch where error.code == .unknownKey {
                continue
            }
        }
        return try await body()
    }

    private func make(_ patient: LogicalID?) async throws(KeyError) -> DataKeySet? {
        let kekVersion = tenant.beginMaking()
        defer { tenant.endMaking(kekVersion) }
        let made = try tenant.makeDataKey(owner: owner(patient), version: 1, kekVersion: kekVersion).wrapped
        let row = WrappedKeyRow(
            tenant: TenantID(rawValue: tenant.tenant), patient: patient, version: made.version,
            kekVersion: made.kekVersion, wrapped: made.wrapped, commitment: made.commitment, createdAt: clock.now())
        // What another one made before lies under the key of its time.
        return try await rereading { () async throws(KeyError) in
            let held: [WrappedKeyRow]
            do throws(DatabaseError) {
                held = try await store.put([row])
            } catch {
                if error.code == .destroyed { throw KeyError(.destroyed, "data key") }
                throw Self.failure(error)
            }
            return try open(held, patient)
        }
    }

    private func open(_ rows: [WrappedKeyRow], _ patient: LogicalID?) throws(KeyError) -> DataKeySet? {
        let owner = owner(patient)
        var keys: [DataKey] = []
        for row in rows {
            keys.append(try tenant.unwrap(WrappedDataKey(
                owner: owner, version: row.version, kekVersion: row.kekVersion, wrapped: row.wrapped,
                commitment: row.commitment)))
        }
        // Who began to search before a version was made does not ask for its tokens: it seals when those have ended.
        let latest = clock.now() - Self.sealingDelay
        let sealing = rows.last { $0.createdAt <= latest } ?? rows.first
        return DataKeySet(owner: owner, keys: keys, sealing: sealing?.version)
    }
}
