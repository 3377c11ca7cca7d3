public import Crypto
internal import Synchronization

/// A tenant's keys, open: what is derived from its key-encryption keys, and its index keys.
///
/// Every version of the key-encryption key that still protects something is here; what is new uses the newest. Copies
/// share one state, so that a rotation reaches all who hold the keys at once.
public struct TenantKeys: Sendable {
    /// The tenant's number.
    public let tenant: UInt32
    private let storage: Storage
    private let random: RandomSource

    /// The newest version of the key-encryption key.
    public var newestVersion: UInt32 { storage.opened.withLock { $0.newestVersion } }

    /// Versions of the key-encryption key before the newest that still wrap data keys, or may, ascending.
    public var olderVersions: [UInt32] {
        storage.opened.withLock { opened in
            opened.derived.filter { $0.value[.wrap] != nil && $0.key < opened.newestVersion }.keys.sorted()
        }
    }

    /// The index keys, oldest epoch first; at least one.
    public var indexes: [BlindIndexKey] { storage.opened.withLock { $0.indexes } }

    /// The index key that new tokens are made with.
    public var index: BlindIndexKey { storage.opened.withLock { $0.indexes[$0.indexes.count - 1] } }

    /// The keys that sign tokens, the newest first: it signs, and the older ones verify what is under way.
    public var tokenKeys: [SymmetricKey] {
        storage.opened.withLock { opened in
            if !opened.tokens.isEmpty { return opened.tokens.reversed() }
            let versions = opened.derived.keys.sorted(by: >).prefix(2)
            return versions.compactMap { opened.derived[$0]?[.tokenSigning] }
        }
    }

    init(tenant: UInt32, keks: [UInt32: SymmetricKey], indexes: [BlindIndexKey], random: RandomSource) {
        let derived = keks.mapValues { Self.derive(from: $0, tenant: tenant) }
        self.init(tenant: tenant, Opened(newestVersion: keks.keys.max() ?? 0, derived: derived, indexes: indexes), random)
    }

    init(tenant: UInt32, _ opened: Opened, _ random: RandomSource) {
        precondition(
            !opened.derived.isEmpty && !opened.indexes.isEmpty,
            "the keyring opens a tenant only with a key and an index")
        self.tenant = tenant
        self.random = random
        storage = Storage(opened)
    }

    /// Whether the keys must not serve now, because their key service has not answered for too long (``KeyLease``).
    public var isSuspended: Bool { storage.isSuspended.load(ordering: .relaxed) }

    func setSuspended(_ isSuspended: Bool) { storage.isSuspended.store(isSuspended, ordering: .relaxed) }

    /// What is open now.
    struct Opened: Sendable {
        var newestVersion: UInt32
        /// By version of the key-encryption key; all purposes, or those that outlive it where it is gone.
        var derived: [UInt32: [KeyPurpose: SymmetricKey]]
        var indexes: [BlindIndexKey]
        /// Keys that sign tokens, oldest first; empty where they are derived.
        var tokens: [SymmetricKey] = []
    }

    private final class Storage: Sendable {
        let opened: Mutex<Opened>
        /// How many wrappings of data keys under each version are on their way to the key store.
        let making = Mutex<[UInt32: Int]>([:])
        let isSuspended = Atomic(false)

        init(_ opened: Opened) { self.opened = Mutex(opened) }
    }

    /// Puts other keys in place: after a rotation.
    func replace(with opened: Opened) { storage.opened.withLock { $0 = opened } }

    /// All keys of a version that are open now.
    func derived(_ version: UInt32) -> [KeyPurpose: SymmetricKey] {
        storage.opened.withLock { $0.derived[version] ?? [:] }
    }

    /// The key for one purpose; of the newest version where none is given.
    /// - Throws: ``KeyError`` with `.unknownKey` where there is no such version.
    public func key(_ purpose: KeyPurpose, version: UInt32? = nil) throws(KeyError) -> SymmetricKey {
        let (version, key) = storage.opened.withLock { opened in
            let version = version ?? opened.newestVersion
            return (version, opened.derived[version]?[purpose])
        }
        guard let key else { throw KeyError(.unknownKey, "\(purpose.rawValue) \(version)") }
        return key
    }

    /// The versions whose key for this purpose is open, the newest first.
    public func versions(of purpose: KeyPurpose) -> [UInt32] {
        storage.opened.withLock { opened in opened.derived.filter { $0.value[purpose] != nil }.keys.sorted(by: >) }
    }

    /// The oldest version whose key for this purpose is open: for what must stay as it began, such as the pepper.
    public func oldestVersion(of purpose: KeyPurpose) -> UInt32 {
        storage.opened.withLock { opened in
            opened.derived.filter { $0.value[purpose] != nil }.keys.min() ?? opened.newestVersion
        }
    }

    /// Takes the newest version for a data key that is about to be made or wrapped anew; ``endMaking(_:)`` when it is durable or given
    /// up. Until then the version is in use and is not destroyed.
    public func beginMaking() -> UInt32 {
        storage.making.withLock { making in
            let version = newestVersion
            making[version, default: 0] += 1
            return version
        }
    }

    /// Ends what ``beginMaking()`` began.
    public func endMaking(_ version: UInt32) {
        storage.making.withLock { making in
            making[version, default: 1] -= 1
            if making[version] == 0 { making[version] = nil }
        }
    }

    /// The versions under which data keys are being made at this moment.
    public var versionsInMaking: Set<UInt32> { storage.making.withLock { Set($0.keys) } }

    /// The key for one purpose in the form that ``SealedEnvelope`` takes (XAES-256-GCM, since all of a tenant shares
    /// it). Its version is that of the key-encryption key, so a sealed message tells which version opens it. Keep it:
    /// making one costs a derivation.
    /// - Throws: ``KeyError`` with `.unknownKey` where there is no such version.
    public func sealingKey(_ purpose: KeyPurpose, version: UInt32? = nil) throws(KeyError) -> DataKey {
        let version = version ?? newestVersion
        return DataKey(try key(purpose, version: version), version: version, algorithm: .xaes256GCM)
    }

    /// Makes a random data key and wraps it under a version of the key-encryption key, the newest where none is given.
    /// It seals nothing before its wrapped form is durable; see ``beginMaking()``.
    public func makeDataKey(
        owner: DataKeyOwner, version: UInt32, kekVersion: UInt32? = nil
    ) throws(KeyError) -> (key: DataKey, wrapped: WrappedDataKey) {
        let key = random.key()
        let wrapped = try wrap(key, owner: owner, version: version, kekVersion: kekVersion ?? newestVersion)
        return (DataKey(key, version: version, algorithm: owner.algorithm), wrapped)
    }

    /// Opens a data key and checks that it is the one committed to.
    /// - Throws: ``KeyError`` with `.unknownKey` (the key-encryption key's version), `.authentication` (changed bytes,
    ///   another owner or version) or `.commitment`.
    public func unwrap(_ wrapped: WrappedDataKey) throws(KeyError) -> DataKey {
        DataKey(try open(wrapped), version: wrapped.version, algorithm: wrapped.owner.algorithm)
    }

    /// Wraps the same data key under another version of the key-encryption key, the newest where none is given. It is
    /// in use until its wrapped form is durable; see ``beginMaking()``.
    /// - Throws: as ``unwrap(_:)``.
    public func rewrap(_ wrapped: WrappedDataKey, kekVersion: UInt32? = nil) throws(KeyError) -> WrappedDataKey {
        try wrap(
            open(wrapped), owner: wrapped.owner, version: wrapped.version, kekVersion: kekVersion ?? newestVersion,
            commitment: wrapped.commitment)
    }

    /// - Parameter commitment: what commits to the key, where it was checked already.
    private func wrap(
        _ key: SymmetricKey, owner: DataKeyOwner, version: UInt32, kekVersion: UInt32, commitment: [UInt8]? = nil
    ) throws(KeyError) -> WrappedDataKey {
        guard owner.tenant == tenant else { throw KeyError(.unknownKey, "tenant \(owner.tenant)") }
        let aad = WrappedDataKey.authenticatedData(owner, version: version)
        return WrappedDataKey(
            owner: owner, version: version, kekVersion: kekVersion,
            wrapped: try AESGCM.wrap(key, under: self.key(.wrap, version: kekVersion), aad: aad, random: random),
            commitment: commitment ?? Derivation.commitment(to: key))
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
