internal import WardAudit
internal import WardDatabase
internal import WardKeys
internal import WardRecords
internal import WardSQLite
internal import WardVault

/// A home opened for reading only, also beside a server that serves it: no lock, nothing written.
struct ReadingHouse: Sendable {
    let configuration: WardConfiguration
    let records: SQLiteRecordStore
    let keyStore: SQLiteKeyStore
    let log: SQLiteAuditStore
    let vault: Vault
    /// What opens the entries of the log.
    let entries: EntrySealer
    /// Of the log's checkpoints.
    let logKeys: CheckpointKeys

    /// Opens the keys, then the stores.
    /// - Throws: ``UnreadableStore`` where the file of a store is damaged; else what is wrong with the home.
    static func open(_ home: Home, passphraseFile: String?) async throws -> ReadingHouse {
        let configuration = try WardConfiguration(home: home)
        _ = try ProcessHardening.apply(configuration)
        guard configuration.isDevelopment || PassphrasePrompt.environment == nil else { throw PassphrasePrompt.inProduction }
        let keyring = try await HomeKeys.open(home, configuration, passphraseFile: passphraseFile)
        let keys = try keyring.tenant(TenantID.first.rawValue)
        let records = try UnreadableStore.opening(home.recordDatabase, of: home) { try SQLiteRecordStore(readingAt: $0) }
        let keyStore = try UnreadableStore.opening(home.keyDatabase, of: home) { try SQLiteKeyStore(readingAt: $0) }
        let log = try UnreadableStore.opening(home.auditDatabase, of: home) { try SQLiteAuditStore.openForReading(path: $0) }
        return ReadingHouse(
            configuration: configuration, records: records, keyStore: keyStore,
            log: log,
            vault: Vault(store: records, keys: DataKeyring(tenant: keys, store: keyStore, cache: KeyCache())),
            entries: EntrySealer(
                origin: try LogOrigin(deployment: HomeKeys.deployment(of: keyring)), keys: try AuditKeys(tenant: keys)),
            logKeys: try LogFile.keys(of: home))
    }

    /// What holds the records against the log, the index and the keys.
    var verifier: RecordVerifier {
        RecordVerifier(
            vault: vault, records: records, log: log, entries: entries, collections: House.indexedCollections(of: vault),
            logKeys: logKeys)
    }

    /// Closes the stores.
    func close() async {
        await records.close()
        await keyStore.close()
        await log.close()
    }
}
