public import Crypto

/// A tenant's keys, open: what is derived from its key-encryption keys, and its index keys.
///
/// Every version of the key-encryption key that still protects something is here; what is new uses the newest.
public struct TenantKeys: Sendable {
    /// The tenant's number.
    public let tenant: UInt32
    /// The newest version of the key-encryption key.
    public let newestVersion: UInt32
    /// The index keys, oldest epoch first; at least one.
    public let indexes: [BlindIndexKey]

    private let derived: [UInt32: [KeyPurpose: SymmetricKey]]
    private let random: RandomSource

    /// The index key that new tokens are made with.
    public var index: BlindIndexKey { indexes[indexes.count - 1] }

    init(tenant: UInt32, keks: [UInt32: SymmetricKey], indexes: [BlindIndexKey], random: RandomSource) {
        precondition(!keks.isEmpty && !indexes.isEmpty, "the keyring opens a tenant only with a key and an index")
        self.tenant = tenant
        newestVersion = keks.keys.max() ?? 0
        self.indexes = indexes
        self.random = random
        derived = keks.mapValues { Self.derive(from: $0, tenant: tenant) }
    }

    /// The key for one purpose; of the newest version where none is given.
    /// - Throws: ``KeyError`` with `.unknownKey` where there is no such version.
    public func key(_ purpose: KeyPurpose, version: UInt32? = nil) throws(KeyError) -> SymmetricKey {
        let version = version ?? newestVersion
        guard let key = derived[version]?[purpose] else {
            throw KeyError(.unknownKey, "\(purpose.rawValue) \(version)")
        }
        return key
    }

    /// The key for one purpose in the form that ``SealedEnvelope`` takes (XAES-256-GCM, since all of a tenant shares
    /// it). Its version is that of the key-encryption key, so a sealed message tells which version opens it. Keep it:
    /// making one costs a derivation.
    /// - Throws: ``KeyError`` with `.unknownKey` where there is no such version.
    public func sealingKey(_ purpose: KeyPurpose, version: UInt32? = nil) throws(KeyError) -> DataKey {
        DataKey(try key(purpose, version: version), version: version ?? newestVersion, algorithm: .xaes256GCM)
    }

    /// Makes a random data key and wraps it under the newest version. It seals nothing before its wrapped form is
    /// durable.
    public func makeDataKey(
        owner: DataKeyOwner, version: UInt32
    ) throws(KeyError) -> (key: DataKey, wrapped: WrappedDataKey) {
        let key = random.key()
        let wrapped = try wrap(key, owner: owner, version: version)
        return (DataKey(key, version: version, algorithm: owner.algorithm), wrapped)
    }

    /// Opens a data key and checks that it is the one committed to.
    /// - Throws: ``KeyError`` with `.unknownKey` (the key-encryption key's version), `.authentication` (changed bytes,
    ///   another owner or version) or `.commitment`.
    public func unwrap(_ wrapped: WrappedDataKey) throws(KeyError) -> DataKey {
        DataKey(try open(wrapped), version: wrapped.version, algorithm: wrapped.owner.algorithm)
    }

    /// Wraps the same data key under the newest version.
    /// - Throws: as ``unwrap(_:)``.
    public func rewrap(_ wrapped: WrappedDataKey) throws(KeyError) -> WrappedDataKey {
        try wrap(open(wrapped), owner: wrapped.owner, version: wrapped.version)
    }

    private func wrap(_ key: SymmetricKey, owner: DataKeyOwner, version: UInt32) throws(KeyError) -> WrappedDataKey {
        guard owner.tenant == tenant else { throw KeyError(.unknownKey, "tenant \(owner.tenant)") }
        let aad = WrappedDataKey.authenticatedData(owner, version: version)
        return WrappedDataKey(
            owner: owner, version: version, kekVersion: newestVersion,
            wrapped: try AESGCM.wrap(key, under: self.key(.wrap), aad: aad, random: random),
            commitment: Derivation.commitment(to: key))
    }

    private func open(_ wrapped: WrappedDataKey) throws(KeyError) -> SymmetricKey {
        guard wrapped.owner.tenant == tenant else { throw KeyError(.unknownKey, "tenant \(wrapped.owner.tenant)") }
        let aad = WrappedDataKey.authenticatedData(wrapped.owner, version: wrapped.version)
        let key = try AESGCM.unwrap(wrapped.wrapped, under: self.key(.wrap, version: wrapped.kekVersion), aad: aad)
        guard Derivation.isEqual(Derivation.commitment(to: key), wrapped.commitment) else {
            throw KeyError(.commitment, "data key \(wrapped.version)")
        }
        return key
    }

    /// The keys of all purposes of one version.
    static func derive(from kek: SymmetricKey, tenant: UInt32) -> [KeyPurpose: SymmetricKey] {
        var keys: [KeyPurpose: SymmetricKey] = [:]
        for purpose in KeyPurpose.allCases {
            var canonical = CanonicalBytes("ward/v1")
            canonical.lengthPrefixed(tenant.bigEndianBytes)
            canonical.lengthPrefixed(purpose.rawValue)
            keys[purpose] = Derivation.key(from: kek, info: canonical.bytes)
        }
        return keys
    }
}
