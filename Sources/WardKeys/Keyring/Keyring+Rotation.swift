internal import Crypto

/// Is told of keys, by the ids of ``KeyringStatus``, before they are destroyed. Where it throws, none of them is.
public typealias KeysToDestroy = @Sendable (_ ids: [String]) async throws(KeyError) -> Void

/// What a change of keys did, by the ids of ``KeyringStatus``.
public struct KeyChange: Sendable, Codable, Equatable {
    /// Keys that are new.
    public var made: [String] = []
    /// Keys that are wrapped anew, the same as before.
    public var rewrapped: [String] = []
    /// Keys that are gone for good.
    public var destroyed: [String] = []
    /// What the key service keeps although nothing needs it any more.
    public var kept: [String] = []

    /// A change; see the properties.
    public init(made: [String] = [], rewrapped: [String] = [], destroyed: [String] = [], kept: [String] = []) {
        self.made = made
        self.rewrapped = rewrapped
        self.destroyed = destroyed
        self.kept = kept
    }

    /// Whether nothing was to be done.
    public var isEmpty: Bool { made.isEmpty && rewrapped.isEmpty && destroyed.isEmpty }

    /// Both changes as one.
    public mutating func add(_ other: KeyChange) {
        made += other.made
        rewrapped += other.rewrapped
        destroyed += other.destroyed
        kept += other.kept
    }
}

extension Keyring {
    /// Makes a new version of the root and wraps every key under it; the old version is destroyed where the key service
    /// can. Where an earlier call was interrupted, it finishes that one and makes no new version.
    /// - Parameter now: microseconds since 1970-01-01T00:00:00Z.
    /// - Throws: ``KeyError``; the keys open as before then, and calling again goes on.
    public func rotateRoot(now: Int64) async throws(KeyError) -> KeyChange {
        let before = try await provider.describe()
        var change = KeyChange()
        let isFinished = documents.wrapped.allSatisfy { $0.isUnder(before) }
        if isFinished, before.versions.count == 1 || before.keepsOldVersions {
            try await provider.rotateRoot(now: now)
            let after = try await provider.describe()
            change.made = after.versions.suffix(1).map { after.id(of: $0.number) }
        }
        change.add(try await rewrap())
        return change
    }

    /// Whether the key service keeps older versions of the root whatever happens here.
    /// - Throws: ``KeyError`` where the key service does not answer.
    public func keepsOldRoots() async throws(KeyError) -> Bool { try await provider.describe().keepsOldVersions }

    /// Wraps every key that is not under the newest root anew, and destroys older roots where the key service can.
    /// - Throws: ``KeyError``; calling again goes on.
    public func rewrap() async throws(KeyError) -> KeyChange {
        try await rewrap(with: provider)
    }

    /// Moves every key to another provider: online, without resealing anything. The old provider wraps nothing that is
    /// kept afterwards. Where an earlier call was interrupted, it goes on.
    /// - Throws: ``KeyError``; every key is wrapped by one of the two then, and a ``KeyServices`` of both opens them.
    public func migrate(to new: any KeyProvider) async throws(KeyError) -> KeyChange {
        let (before, after) = (try await provider.describe(), try await new.describe())
        var result = try await rewrap(with: try await KeyServices(primary: new, others: [provider]))
        // From here on the new provider alone, which is proved by opening everything with it.
        try await change(provider: new) { _ in }
        if before.name != after.name { result.kept += before.versions.map { before.id(of: $0.number) } }
        return result
    }

    private func rewrap(with provider: any KeyProvider) async throws(KeyError) -> KeyChange {
        let target = try await provider.describe()
        guard let newest = target.versions.last else { throw KeyError(.unknownKey, "root") }
        var result = try await change(provider: provider) { documents throws(KeyError) in
            var result = KeyChange()
            let application = documents.keyring.application
            for tenant in documents.keyring.tenants.indices {
                let number = documents.keyring.tenants[tenant].tenant
                for (place, kek) in documents.keyring.tenants[tenant].keks.enumerated() where !kek.isUnder(target) {
                    let context = KeyContext(application: application, kek: kek.version, tenant: number)
                    let moved = try await provider.rewrap(kek.key, context: context)
                    documents.keyring.tenants[tenant].keks[place] = kek.wrapped(as: moved)
                    result.rewrapped.append("tenant-\(number)/kek/\(kek.version)")
                }
            }
            for (place, key) in documents.log.keys.enumerated() {
                guard let old = key.privateKey, !old.isUnder(target) else { continue }
                let context = KeyContext(application: application, log: old.version)
                let moved = try await provider.rewrap(old.key, context: context)
                documents.log.keys[place].privateKey = old.wrapped(as: moved)
                result.rewrapped.append("log/\(old.version)")
            }
            return result
        }
        let old = target.versions.dropLast().map { target.id(of: $0.number) }
        guard !old.isEmpty else { return result }
        try await provider.retireRoots(before: newest.number)
        if target.keepsOldVersions { result.kept += old } else { result.destroyed += old }
        return result
    }

    /// Makes a new version of a tenant's key-encryption key: new data keys are wrapped under it from now on. What was
    /// derived from the older version and is needed as long as its work is there (audit entries, password hashes) is
    /// kept, wrapped under the new one; data keys are moved by ``TenantKeys/rewrap(_:)``, and ``retireKEKs(_:telling:counting:)``
    /// destroys what nothing needs.
    /// - Parameter now: microseconds since 1970-01-01T00:00:00Z.
    /// - Throws: ``KeyError``; nothing changed then.
    public func rotateKEK(_ tenant: UInt32, now: Int64) async throws(KeyError) -> KeyChange {
        let keys = try self.tenant(tenant)
        let provider = provider
        return try await change { documents throws(KeyError) in
            guard let place = documents.keyring.tenants.firstIndex(where: { $0.tenant == tenant }) else {
                throw KeyError(.unknownKey, "tenant \(tenant)")
            }
            let version = keys.newestVersion + 1
            let context = KeyContext(application: documents.keyring.application, kek: version, tenant: tenant)
            let made = try await provider.generateDataKey(context)
            let derived = TenantKeys.derive(from: made.key, tenant: tenant)
            var held = documents.keyring.tenants[place]
            for (index, old) in held.indexes.enumerated() {
                let key = try old.open(tenant: tenant, keys.derived(old.kekVersion))
                held.indexes[index] = try .make(
                    key, epoch: old.epoch, partitions: old.partitions, policy: old.policy, now: old.createdAt,
                    tenant: tenant, kekVersion: version, derived, random)
            }
            let kept = try retained(held, keys, version, derived, now)
            let gone = (held.retained ?? []).filter { old in !kept.contains { ($0.purpose, $0.version) == (old.purpose, old.version) } }
            held.retained = kept
            held.tokens = try tokens(held, keys, version, derived)
            held.keks.append(
                ProviderWrapped(
                    made.wrapped, version: version, createdAt: now, commitment: Derivation.commitment(to: made.key)))
            documents.keyring.tenants[place] = held
            return KeyChange(
                made: ["tenant-\(tenant)/kek/\(version)"],
                rewrapped: held.indexes.map { "tenant-\(tenant)/index/\($0.epoch)" }
                    + (held.tokens ?? []).map { Self.tokenID(tenant, $0.version) },
                destroyed: gone.map { "tenant-\(tenant)/\($0.purpose)/\($0.version)" })
        }
    }

    /// Tells of keys that are about to be destroyed, where there are any: another change may have destroyed them while this one waited.
    func tell(_ telling: KeysToDestroy?, of ids: [String]) async throws(KeyError) {
        if !ids.isEmpty { try await telling?(ids) }
    }

    /// A day, in microseconds.
    private static let longestLink: Int64 = 86_400_000_000

    /// Whether no link of a version is under way any more: when it had a successor for a day.
    private static func areLinksOver(_ held: KeyringFile.Tenant, _ now: Int64) -> (UInt32) -> Bool {
        var made: [UInt32: Int64] = [:]
        for old in held.retained ?? [] { made[old.version] = old.createdAt }
        for kek in held.keks { made[kek.version] = kek.createdAt }
        return { version in made[version + 1].map { now - $0 > Self.longestLink } ?? false }
    }

    /// Destroys what was kept for links of older versions, once none of them is under way.
    /// - Parameters:
    ///   - now: microseconds since 1970-01-01T00:00:00Z.
    ///   - telling: see ``KeysToDestroy``.
    /// - Throws: ``KeyError``; nothing changed then.
    public func retireLinks(_ tenant: UInt32, now: Int64, telling: KeysToDestroy? = nil) async throws(KeyError) -> KeyChange {
        let isDue = { (key: KeyringFile.Retained, held: KeyringFile.Tenant) in
            key.purpose == KeyPurpose.page.rawValue && Self.areLinksOver(held, now)(key.version)
        }
        let present = documents.keyring.tenants.first { $0.tenant == tenant }
        guard let present, present.retained?.contains(where: { isDue($0, present) }) == true else { return KeyChange() }
        return try await change { documents throws(KeyError) in
            var destroyed: [String] = []
            for place in documents.keyring.tenants.indices where documents.keyring.tenants[place].tenant == tenant {
                let held = documents.keyring.tenants[place]
                destroyed += (held.retained ?? []).filter { isDue($0, held) }.map { "tenant-\(tenant)/\($0.purpose)/\($0.version)" }
                documents.keyring.tenants[place].retained?.removeAll { isDue($0, held) }
            }
            try await tell(telling, of: destroyed)
            return KeyChange(destroyed: destroyed)
        }
    }

    /// Everything of older versions that outlives them, wrapped under a new one.
    private func retained(
        _ held: KeyringFile.Tenant, _ keys: TenantKeys, _ kekVersion: UInt32, _ derived: [KeyPurpose: SymmetricKey],
        _ now: Int64
    ) throws(KeyError) -> [KeyringFile.Retained] {
        var retained: [KeyringFile.Retained] = []
        let isOver = Self.areLinksOver(held, now)
        for old in held.retained ?? [] where old.purpose != KeyPurpose.page.rawValue || !isOver(old.version) {
            guard let purpose = KeyPurpose(rawValue: old.purpose) else {
                throw KeyError(.newerFormat, "retained key \(old.version)")
            }
            let key = try old.open(tenant: held.tenant, keys.derived(old.kekVersion))
            retained.append(
                try .make(
                    key, purpose: purpose.rawValue, version: old.version, createdAt: old.createdAt, tenant: held.tenant,
                    kekVersion: kekVersion, derived, random))
        }
        for kek in held.keks {
            for purpose in KeyPurpose.outliving where purpose != .tokenSigning || held.tokens == nil {
                if purpose == .page, isOver(kek.version) { continue }
                if retained.contains(where: { $0.version == kek.version && $0.purpose == purpose.rawValue }) { continue }
                retained.append(
                    try .make(
                        keys.key(purpose, version: kek.version), purpose: purpose.rawValue, version: kek.version,
                        createdAt: kek.createdAt, tenant: held.tenant, kekVersion: kekVersion, derived, random))
            }
        }
        return retained
    }

    /// Destroys the older versions of a tenant's key-encryption key that wrap nothing any more.
    ///
    /// What is on its way to the key store is noted first, then what is there is counted: what arrives in between is in
    /// one of the two. No other change of the keyring happens meanwhile, so whatever begins later lies under the newest.
    /// - Parameters:
    ///   - telling: see ``KeysToDestroy``.
    ///   - counting: finds the versions that data keys in the key store are wrapped under, when it is called.
    /// - Throws: ``KeyError``, and what `counting` throws; nothing changed then.
    public func retireKEKs(
        _ tenant: UInt32, telling: KeysToDestroy? = nil, counting: @Sendable () async throws(KeyError) -> Set<UInt32>
    ) async throws(KeyError) -> KeyChange {
        let keys = try self.tenant(tenant)
        guard let held = documents.keyring.tenants.first(where: { $0.tenant == tenant }), held.keks.count > 1 else {
            return KeyChange()
        }
        return try await change { documents throws(KeyError) in
            var needed = keys.versionsInMaking.union([keys.newestVersion])
            needed.formUnion(try await counting())
            var destroyed: [String] = []
            for place in documents.keyring.tenants.indices where documents.keyring.tenants[place].tenant == tenant {
                let held = documents.keyring.tenants[place]
                let indexed = Set(held.indexes.map(\.kekVersion)).union(((held.retained ?? []) + (held.tokens ?? [])).map(\.kekVersion))
                let gone = held.keks.map(\.version).filter { !needed.contains($0) && !indexed.contains($0) }
                documents.keyring.tenants[place].keks.removeAll { gone.contains($0.version) }
                destroyed += gone.map { "tenant-\(tenant)/kek/\($0)" }
            }
            try await tell(telling, of: destroyed)
            return KeyChange(destroyed: destroyed)
        }
    }
}

extension ProviderWrapped {
    /// Whether the newest version of this root wraps the key.
    func isUnder(_ description: KeyProviderDescription) -> Bool {
        provider == description.kind && root == description.root && rootVersion == description.versions.last?.number
    }

    /// The same key, wrapped otherwise.
    func wrapped(as key: WrappedKey) -> ProviderWrapped {
        ProviderWrapped(key, version: version, createdAt: createdAt, commitment: commitment.bytes)
    }
}

extension KeyProviderDescription {
    /// The id of a version of the root in ``KeyringStatus``.
    func id(of version: UInt32) -> String { "root/\(kind)/\(root)/\(version)" }
}
