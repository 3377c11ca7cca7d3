internal import Crypto

extension Keyring {
    /// What a new keyring is made with.
    public struct Settings: Sendable {
        /// `development` or `production`; part of every key's context, so that keys of one do not open in the other.
        public var environment: String
        /// Names the home; unique among all.
        public var deployment: String
        /// In how many parts population tokens are split, 1 to 64; fixed for the life of an index epoch.
        public var partitions: UInt8
        /// The log key's name in signed notes, such as `audit.DEPLOYMENT`.
        public var logName: String

        /// Settings; four partitions by default, which cut the frequencies that the index shows to a quarter for four
        /// lookups a query.
        public init(environment: String, deployment: String, partitions: UInt8 = 4, logName: String? = nil) {
            self.environment = environment
            self.deployment = deployment
            self.partitions = min(max(partitions, 1), 64)
            self.logName = logName ?? "audit.\(deployment)"
        }
    }

    /// Makes the keys of a new home with one tenant, durable on return.
    /// - Parameter now: microseconds since 1970-01-01T00:00:00Z.
    /// - Throws: ``KeyError`` with `.exists` where the folder holds a keyring, `.unavailable` where the disk or the
    ///   provider fails.
    public static func create(
        in folder: String, provider: any KeyProvider, settings: Settings, tenant: UInt32 = 1, now: Int64,
        random: RandomSource = .system
    ) async throws(KeyError) -> Keyring {
        let folder = KeyringFolder(folder)
        try folder.begin(leftovers: ["keyring.key", "log.key"])
        try folder.write(try await documents(provider, settings, tenant, now, random), over: nil)
        try folder.finish()
        return try await open(in: folder.path, provider: provider, random: random)
    }

    /// Makes the keys of a new home, and what else is to be whole with them or not at all.
    ///
    /// A process that dies before this returns leaves a folder that the next call clears: `root.key` and `passphrase`,
    /// which `makingProvider` may have made, the keyring, and nothing else.
    /// - Parameters:
    ///   - now: microseconds since 1970-01-01T00:00:00Z.
    ///   - makingProvider: makes or opens the key provider.
    ///   - completing: what must be done before the keyring counts as made, such as writing the configuration.
    /// - Throws: as ``create(in:provider:settings:tenant:now:random:)``, or what the closures throw.
    public static func create(
        in folder: String, settings: Settings, tenant: UInt32 = 1, now: Int64, random: RandomSource = .system,
        makingProvider: () async throws -> any KeyProvider, completing: () throws -> Void
    ) async throws {
        let folder = KeyringFolder(folder)
        try folder.begin(leftovers: ["keyring.key", "log.key", "root.key", "passphrase"])
        let provider = try await makingProvider()
        try folder.write(try await documents(provider, settings, tenant, now, random), over: nil)
        try completing()
        try folder.finish()
    }

    private static func documents(
        _ provider: any KeyProvider, _ settings: Settings, _ tenant: UInt32, _ now: Int64, _ random: RandomSource
    ) async throws(KeyError) -> KeyringDocuments {
        let application = "ward/\(settings.environment)/\(settings.deployment)"
        let kek = try await provider.generateDataKey(KeyContext(application: application, kek: 1, tenant: tenant))
        let keks = [
            ProviderWrapped(kek.wrapped, version: 1, createdAt: now, commitment: Derivation.commitment(to: kek.key))
        ]
        let derived = TenantKeys.derive(from: kek.key, tenant: tenant)
        let index = try KeyringFile.Index.make(
            random.key(), epoch: 1, partitions: settings.partitions, now: now, tenant: tenant, kekVersion: 1, derived,
            random)
        var file = KeyringFile(
            application: application, tenants: [.init(tenant: tenant, keks: keks, indexes: [index])])
        file.tenants[0].code = Base64Bytes(try file.tenants[0].code(application: application, derived))
        let signing = random.key()
        let wrapped = try await provider.wrap(signing, context: KeyContext(application: application, log: 1))
        let log = try LogKey(name: settings.logName, privateKey: signing)
        let privateKey = ProviderWrapped(
            wrapped, version: 1, createdAt: now, commitment: Derivation.commitment(to: signing))
        return KeyringDocuments(
            keyring: file,
            log: LogKeyFile(
                application: application, name: settings.logName,
                keys: [.init(publicKey: Base64Bytes(log.publicKey.bytes), privateKey: privateKey, retired: nil)]))
    }
}

extension KeyContext {
    /// The context of a tenant's key-encryption key.
    init(application: String, kek version: UInt32, tenant: UInt32) {
        self.init(application: application, tenant: tenant, purpose: "kek", version: version)
    }

    /// The context of a log key.
    init(application: String, log version: UInt32) {
        self.init(application: application, tenant: 0, purpose: "log", version: version)
    }
}

extension KeyringFile.Index {
    /// An index key wrapped under a tenant's key-encryption key, given by what is derived from it.
    static func make(
        _ key: SymmetricKey, epoch: UInt32, partitions: UInt8, policy: String? = nil, now: Int64, tenant: UInt32,
        kekVersion: UInt32, _ derived: [KeyPurpose: SymmetricKey], _ random: RandomSource
    ) throws(KeyError) -> Self {
        guard let wrapping = derived[.index] else { throw KeyError(.unknownKey, "index") }
        var index = Self(
            epoch: epoch, partitions: partitions, policy: policy, createdAt: now, kekVersion: kekVersion, wrapped: Base64Bytes([]),
            commitment: Base64Bytes(Derivation.commitment(to: key)))
        let aad = index.authenticatedData(tenant: tenant)
        index.wrapped = Base64Bytes(try AESGCM.wrap(key, under: wrapping, aad: aad, random: random))
        return index
    }

    /// The key, opened and checked against its commitment.
    func open(tenant: UInt32, _ derived: [KeyPurpose: SymmetricKey]?) throws(KeyError) -> SymmetricKey {
        guard (1...64).contains(partitions), let wrapping = derived?[.index] else {
            throw KeyError(.unknownKey, "index \(epoch)")
        }
        let key = try AESGCM.unwrap(wrapped.bytes, under: wrapping, aad: authenticatedData(tenant: tenant))
        guard Derivation.isEqual(Derivation.commitment(to: key), commitment.bytes) else {
            throw KeyError(.commitment, "index \(epoch)")
        }
        return key
    }
}
