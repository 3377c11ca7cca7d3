internal import Crypto

/// All keys of a home that are not data keys, opened once with the key provider: the tenants' keys and the log key.
///
/// ```swift
/// let root = try FileKeyring.open(at: "DIR/keys/root.key", passphrase: Passphrase(file: "DIR/keys/passphrase"))
/// let keyring = try await Keyring.open(in: "DIR/keys", provider: root)
/// let tenant = try keyring.tenant(1)
/// ```
///
/// On disk: `keyring.key` and `log.key` in one folder, mode 0600, replaced atomically. Both hold wrapped keys only.
public struct Keyring: Sendable {
    /// The name of this home in every key's context: `ward/ENVIRONMENT/DEPLOYMENT`.
    public let application: String
    /// Signs the audit log's checkpoints.
    public let log: LogKey

    private let tenants: [UInt32: TenantKeys]
    private let folder: String
    private let file: KeyringFile
    private let logFile: LogKeyFile
    private let provider: any KeyProvider

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
        for secret in [keyringFile(folder), logFile(folder)] where secret.exists {
            throw KeyError(.exists, secret.name)
        }
        let application = "ward/\(settings.environment)/\(settings.deployment)"
        let kek = try await provider.generateDataKey(
            KeyContext(application: application, tenant: tenant, purpose: kekPurpose, version: 1))
        let keks = [
            ProviderWrapped(kek.wrapped, version: 1, createdAt: now, commitment: Derivation.commitment(to: kek.key))
        ]
        let index = try makeIndex(tenant: tenant, kek: kek.key, epoch: 1, settings.partitions, now: now, random)
        let file = KeyringFile(
            application: application, tenants: [.init(tenant: tenant, keks: keks, indexes: [index])])

        let signing = random.key()
        let wrapped = try await provider.wrap(signing, context: logContext(application, version: 1))
        let log = try LogKey(name: settings.logName, privateKey: signing)
        let privateKey = ProviderWrapped(
            wrapped, version: 1, createdAt: now, commitment: Derivation.commitment(to: signing))
        let logDocument = LogKeyFile(
            application: application, name: settings.logName,
            keys: [.init(publicKey: Base64Bytes(log.publicKey.bytes), privateKey: privateKey)])

        try logFile(folder).create(LogKeyFile.document.encode(logDocument))
        try keyringFile(folder).create(KeyringFile.document.encode(file))
        return try await open(in: folder, provider: provider, random: random)
    }

    /// Opens the keys of a home.
    /// - Throws: ``KeyError`` with `.missing`, `.permissions`, `.damaged`, `.newerFormat` or `.unavailable` for the
    ///   files, `.unknownKey` where they were wrapped by another root, `.authentication` or `.commitment` where a key
    ///   is not what the files say.
    public static func open(
        in folder: String, provider: any KeyProvider, random: RandomSource = .system
    ) async throws(KeyError) -> Keyring {
        let file = try KeyringFile.document.decode(keyringFile(folder).read())
        let logDocument = try LogKeyFile.document.decode(logFile(folder).read())
        var tenants: [UInt32: TenantKeys] = [:]
        for tenant in file.tenants {
            tenants[tenant.tenant] = try await open(tenant, file.application, provider, random)
        }
        guard !tenants.isEmpty, let newest = logDocument.keys.last, logDocument.application == file.application else {
            throw KeyError(.damaged, keyringFile(folder).name)
        }
        let context = logContext(file.application, version: newest.privateKey.version)
        let signing = try await unwrap(newest.privateKey, context, provider)
        let log = try LogKey(name: logDocument.name, privateKey: signing)
        guard log.publicKey.bytes == newest.publicKey.bytes else { throw KeyError(.commitment, "log key") }
        return Keyring(
            application: file.application, log: log, tenants: tenants, folder: folder, file: file, logFile: logDocument,
            provider: provider)
    }

    /// The public log keys of a home, newest last, without opening anything: all that a verifier of the log needs.
    /// - Throws: ``KeyError`` with `.missing`, `.permissions`, `.damaged`, `.newerFormat` or `.unavailable`.
    public static func logPublicKeys(in folder: String) throws(KeyError) -> [LogPublicKey] {
        let document = try LogKeyFile.document.decode(logFile(folder).read())
        var keys: [LogPublicKey] = []
        for key in document.keys { keys.append(try LogPublicKey(name: document.name, bytes: key.publicKey.bytes)) }
        return keys
    }

    /// The keys of a tenant.
    /// - Throws: ``KeyError`` with `.unknownKey` where there is no such tenant.
    public func tenant(_ number: UInt32) throws(KeyError) -> TenantKeys {
        guard let keys = tenants[number] else { throw KeyError(.unknownKey, "tenant \(number)") }
        return keys
    }

    /// Every key by id, kind, version, age and place; never its bytes.
    public func status() async throws(KeyError) -> KeyringStatus {
        KeyringStatus(
            provider: try await provider.describe(), file: file, logFile: logFile,
            keyringPlace: Self.keyringFile(folder).path, logPlace: Self.logFile(folder).path)
    }
}

extension Keyring {
    private static let kekPurpose = "kek"

    private static func keyringFile(_ folder: String) -> SecretFile { SecretFile(folder + "/keyring.key") }

    private static func logFile(_ folder: String) -> SecretFile { SecretFile(folder + "/log.key") }

    private static func logContext(_ application: String, version: UInt32) -> KeyContext {
        KeyContext(application: application, tenant: 0, purpose: "log", version: version)
    }

    private static func open(
        _ tenant: KeyringFile.Tenant, _ application: String, _ provider: any KeyProvider, _ random: RandomSource
    ) async throws(KeyError) -> TenantKeys {
        var keks: [UInt32: SymmetricKey] = [:]
        for kek in tenant.keks {
            let context = KeyContext(
                application: application, tenant: tenant.tenant, purpose: kekPurpose, version: kek.version)
            keks[kek.version] = try await unwrap(kek, context, provider)
        }
        var indexes: [BlindIndexKey] = []
        for index in tenant.indexes {
            guard let kek = keks[index.kekVersion], (1...64).contains(index.partitions),
                  let wrapping = TenantKeys.derive(from: kek, tenant: tenant.tenant)[.index] else {
                throw KeyError(.unknownKey, "index \(index.epoch)")
            }
            let key = try AESGCM.unwrap(
                index.wrapped.bytes, under: wrapping, aad: index.authenticatedData(tenant: tenant.tenant))
            guard Derivation.isEqual(Derivation.commitment(to: key), index.commitment.bytes) else {
                throw KeyError(.commitment, "index \(index.epoch)")
            }
            indexes.append(BlindIndexKey(key, epoch: index.epoch, partitions: index.partitions))
        }
        guard !keks.isEmpty, !indexes.isEmpty else { throw KeyError(.damaged, "tenant \(tenant.tenant)") }
        return TenantKeys(tenant: tenant.tenant, keks: keks, indexes: indexes, random: random)
    }

    private static func unwrap(
        _ wrapped: ProviderWrapped, _ context: KeyContext, _ provider: any KeyProvider
    ) async throws(KeyError) -> SymmetricKey {
        let key = try await provider.unwrap(wrapped.key, context: context)
        guard Derivation.isEqual(Derivation.commitment(to: key), wrapped.commitment.bytes) else {
            throw KeyError(.commitment, "\(context.purpose) \(context.version)")
        }
        return key
    }

    private static func makeIndex(
        tenant: UInt32, kek: SymmetricKey, epoch: UInt32, _ partitions: UInt8, now: Int64, _ random: RandomSource
    ) throws(KeyError) -> KeyringFile.Index {
        guard let wrapping = TenantKeys.derive(from: kek, tenant: tenant)[.index] else {
            throw KeyError(.unknownKey, "index")
        }
        let key = random.key()
        var index = KeyringFile.Index(
            epoch: epoch, partitions: partitions, createdAt: now, kekVersion: 1, wrapped: Base64Bytes([]),
            commitment: Base64Bytes(Derivation.commitment(to: key)))
        let aad = index.authenticatedData(tenant: tenant)
        index.wrapped = Base64Bytes(try AESGCM.wrap(key, under: wrapping, aad: aad, random: random))
        return index
    }
}
