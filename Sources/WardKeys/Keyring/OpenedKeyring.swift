internal import Crypto

/// The keys of the two documents, opened and checked against their commitments.
struct OpenedKeyring: Sendable {
    var tenants: [UInt32: TenantKeys.Opened]
    var log: LogKey
    /// The log key that is about to take over, while a rotation is under way.
    var nextLog: LogKey?

    /// Opens everything, and checks what stands in the clear.
    /// - Throws: ``KeyError``; see ``Keyring/open(in:provider:random:)``.
    static func open(_ documents: KeyringDocuments, _ provider: any KeyProvider) async throws(KeyError) -> OpenedKeyring {
        let opened = try await openKeys(documents, provider)
        try documents.checkSeals(with: opened)
        return opened
    }

    /// The same of documents that are being changed.
    static func openKeys(
        _ documents: KeyringDocuments, _ provider: any KeyProvider
    ) async throws(KeyError) -> OpenedKeyring {
        let (file, logFile) = (documents.keyring, documents.log)
        var tenants: [UInt32: TenantKeys.Opened] = [:]
        for tenant in file.tenants { tenants[tenant.tenant] = try await open(tenant, file.application, provider) }
        guard !tenants.isEmpty, let signing = logFile.signing,
              logFile.keys.count - signing <= 2, logFile.keys[signing...].allSatisfy({ $0.privateKey != nil }) else {
            throw KeyError(.damaged, "keyring.key")
        }
        var logs: [LogKey] = []
        for key in logFile.keys[signing...] { logs.append(try await open(key, of: logFile, provider)) }
        return OpenedKeyring(tenants: tenants, log: logs[0], nextLog: logs.dropFirst().first)
    }

    private static func open(
        _ key: LogKeyFile.Key, of file: LogKeyFile, _ provider: any KeyProvider
    ) async throws(KeyError) -> LogKey {
        guard let wrapped = key.privateKey else { throw KeyError(.damaged, "log key \(key.version)") }
        let context = KeyContext(application: file.application, log: wrapped.version)
        let log = try LogKey(name: file.name, privateKey: try await unwrap(wrapped, context, provider))
        guard log.publicKey.bytes == key.publicKey.bytes else { throw KeyError(.commitment, "log key") }
        return log
    }

    private static func open(
        _ tenant: KeyringFile.Tenant, _ application: String, _ provider: any KeyProvider
    ) async throws(KeyError) -> TenantKeys.Opened {
        var derived: [UInt32: [KeyPurpose: SymmetricKey]] = [:]
        for kek in tenant.keks {
            let context = KeyContext(application: application, kek: kek.version, tenant: tenant.tenant)
            let key = try await unwrap(kek, context, provider)
            derived[kek.version] = TenantKeys.derive(from: key, tenant: tenant.tenant)
        }
        guard let newest = tenant.keks.map(\.version).max() else { throw KeyError(.damaged, "tenant \(tenant.tenant)") }
        for retained in tenant.retained ?? [] {
            let key = try retained.open(tenant: tenant.tenant, derived[retained.kekVersion])
            guard let purpose = KeyPurpose(rawValue: retained.purpose) else { continue }
            if derived[retained.version]?[purpose] == nil { derived[retained.version, default: [:]][purpose] = key }
        }
        var indexes: [BlindIndexKey] = []
        for index in tenant.indexes {
            let key = try index.open(tenant: tenant.tenant, derived[index.kekVersion])
            indexes.append(BlindIndexKey(key, epoch: index.epoch, partitions: index.partitions, policy: index.policy))
        }
        guard !indexes.isEmpty else { throw KeyError(.damaged, "tenant \(tenant.tenant)") }
        var tokens: [SymmetricKey] = []
        for token in tenant.tokens ?? [] {
            guard token.purpose == KeyringFile.tokenPurpose else { throw KeyError(.newerFormat, "token key \(token.version)") }
            tokens.append(try token.open(tenant: tenant.tenant, derived[token.kekVersion]))
        }
        return TenantKeys.Opened(newestVersion: newest, derived: derived, indexes: indexes, tokens: tokens)
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
}

extension KeyringFile.Retained {
    /// A key, wrapped under what is derived from the newest key-encryption key.
    static func make(
        _ key: SymmetricKey, purpose: String, version: UInt32, createdAt: Int64, tenant: UInt32, kekVersion: UInt32,
        _ derived: [KeyPurpose: SymmetricKey], _ random: RandomSource
    ) throws(KeyError) -> Self {
        guard let wrapping = derived[.retain] else { throw KeyError(.unknownKey, "retain") }
        var retained = Self(
            purpose: purpose, version: version, createdAt: createdAt, kekVersion: kekVersion,
            wrapped: Base64Bytes([]), commitment: Base64Bytes(Derivation.commitment(to: key)))
        let aad = retained.authenticatedData(tenant: tenant)
        retained.wrapped = Base64Bytes(try AESGCM.wrap(key, under: wrapping, aad: aad, random: random))
        return retained
    }

    /// The key, opened and checked against its commitment.
    func open(tenant: UInt32, _ derived: [KeyPurpose: SymmetricKey]?) throws(KeyError) -> SymmetricKey {
        guard let wrapping = derived?[.retain] else { throw KeyError(.unknownKey, "\(purpose) \(version)") }
        let key = try AESGCM.unwrap(wrapped.bytes, under: wrapping, aad: authenticatedData(tenant: tenant))
        guard Derivation.isEqual(Derivation.commitment(to: key), commitment.bytes) else {
            throw KeyError(.commitment, "\(purpose) \(version)")
        }
        return key
    }
}

extension KeyringDocuments {
    /// Every key that the provider wrapped.
    var wrapped: [ProviderWrapped] { keyring.tenants.flatMap(\.keks) + log.keys.compactMap(\.privateKey) }

    /// The roots that wrapped them.
    var roots: Set<RootName> { Set(wrapped.map { RootName(kind: $0.provider, root: $0.root) }) }
}
