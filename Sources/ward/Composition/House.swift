internal import Foundation
#if canImport(Glibc)
internal import Glibc
#endif
internal import Logging
internal import WardAccess
internal import WardAudit
internal import WardDatabase
internal import WardIdentity
internal import WardKeys
internal import WardRecords
internal import WardSQLite
internal import WardSearch
internal import WardVault

/// Everything of a home, opened and put together: the one composition root.
struct House: Sendable {
    let home: Home
    let configuration: WardConfiguration
    let lock: HomeLock
    let keyring: Keyring
    let tenantKeys: TenantKeys
    let records: SQLiteRecordStore
    let keyStore: SQLiteKeyStore
    let dataKeys: DataKeyring
    let auditStore: SQLiteAuditStore
    let auditIndex: SQLiteAuditIndex
    let audit: AuditLog
    let indexer: EntryIndex
    let desk: AuditDesk
    let deliveries: Deliveries
    let sequencer: Sequencer
    let relay: OutboxRelay
    let vault: Vault
    /// What the verification in the background does and found.
    let verification: VerificationBook
    /// What opens the entries of the log.
    let entries: EntrySealer
    let identity: Identity
    let policies: PolicyEngine
    let fhir: FHIRService
    let index: IndexAdministration
    let shredding: ShreddingDesk
    let logger: Logger
    /// What was taken out of the log's tail, where that was accepted.
    let tailRepair: TailRepair.Summary?
    /// What was given on the command line to open the keys.
    let passphraseFile: String?
    /// What keeps the memory of this process off the disk; nil in development.
    let hardening: ProcessHardening?

    /// Takes the home's lock and opens everything. What `accepting` names does not hold it up.
    ///
    /// The audit log is checked against its signed head and against the anchor before anything is served.
    /// - Throws: what is wrong with the home; ``Explanation`` says it in words.
    static func open(
        _ home: Home, purpose: String, flags: [String: String] = [:], passphraseFile: String? = nil,
        accepting: Acceptance? = nil
    ) async throws -> House {
        try await open(
            home, lock: HomeLock.take(home, purpose: purpose), flags: flags, passphraseFile: passphraseFile, accepting: accepting)
    }

    /// The same with the lock in hand, which goes where opening fails.
    static func open(
        _ home: Home, lock: HomeLock, flags: [String: String] = [:], passphraseFile: String? = nil, accepting: Acceptance? = nil
    ) async throws -> House {
        do {
            let configuration = try WardConfiguration(home: home, flags: flags)
            let hardening = try ProcessHardening.apply(configuration)
            if !configuration.isDevelopment { try Separation.check(home, configuration, passphraseFile: passphraseFile) }
            return try await open(home, configuration, lock, hardening, passphraseFile: passphraseFile, accepting: accepting)
        } catch {
            lock.release()
            throw error
        }
    }

    private static func open(
        _ home: Home, _ configuration: WardConfiguration, _ lock: HomeLock, _ hardening: ProcessHardening?, passphraseFile: String?,
        accepting: Acceptance?
    ) async throws -> House {
        let logger = Logger(label: "ward")
        // What is wrong here is said before any key is opened.
        let provider = try configuration.provider()
        let providerWire = try ProviderNetwork.wire(authorityFile: configuration.text("oidc.ca_file"))
        let keyring = try await HomeKeys.open(home, configuration, passphraseFile: passphraseFile)
        let tenantKeys = try keyring.tenant(TenantID.first.rawValue)
        let keyStore = try opening("the key store", home.keyDatabase, home) { try SQLiteKeyStore(path: $0) }
        let records = try opening("the record store", home.recordDatabase, home) { try SQLiteRecordStore(path: $0) }
        try LogFile.requirePresence(in: home)
        let auditStore = try opening("the audit log", home.auditDatabase, home) { try SQLiteAuditStore.open(path: $0) }
        let origin = try LogOrigin(deployment: HomeKeys.deployment(of: keyring))
        let tailRepair = accepting == .tail
            ? try await TailRepair(store: auditStore, sealer: EntrySealer(origin: origin, keys: try AuditKeys(tenant: tenantKeys)))
                .run(by: Self.origin(LocalOperator.caller(osUser: OperatingSystemUser.name)))
            : nil
        let audit = try await AuditLog.open(
            store: auditStore, origin: origin, keys: try AuditKeys(tenant: tenantKeys), logger: logger,
            clockTolerance: accepting == .clock ? .max : AuditLog.defaultClockTolerance)
        let sequencer = Sequencer(
            log: audit, signer: CheckpointSigner(keyring.log), keys: try CheckpointKeys(keyring.logHistory),
            anchor: AnchorFile(path: home.auditAnchor))
        // Before anything is signed: a process that died in a rotation may have left it undone.
        try HandoverFile(folder: home.audit).write(sequencer.keys.handovers)
        try await sequencer.start(acceptsMissingAnchor: accepting == .anchor)
        let relay = OutboxRelay(from: records, to: audit)
        try await relay.relayAll()
        let dataKeys = DataKeyring(tenant: tenantKeys, store: keyStore, cache: KeyCache())
        try await checkKeys(dataKeys, records)
        let vault = Vault(store: records, keys: dataKeys)
        try await checkIndex(vault, records)
        let entries = EntrySealer(origin: origin, keys: try AuditKeys(tenant: tenantKeys))
        let policies = PolicyEngine(resourceTypes: FHIRDefinitionsTypes.stored)
        let identity = Identity(
            users: Collection<User>(User.collectionName, in: vault, lookup: User.lookups),
            sessions: Collection<Session>(Session.collectionName, in: vault, lookup: Session.lookups),
            passkeys: Collection<Passkey>(Passkey.collectionName, in: vault, lookup: Passkey.lookups),
            oauth: try oauth(vault, tenantKeys, policies, providerWire),
            pepper: try Self.pepper(tenantKeys), log: audit,
            settings: IdentitySettings(
                sessions: try sessions(configuration), passwords: Self.passwords(configuration), passkeyRoles: try configuration.passkeyRoles(),
                attestation: try configuration.attestation(), provider: provider))
        let auditIndex = try opening("the index of the audit log", home.auditIndex, home) { path in
            do {
                return try SQLiteAuditIndex(path: path)
            } catch let error as DatabaseError where error.code == .corrupt {
                // It holds nothing of its own, and is made anew from the log. What is no file stays, and is named by the next opening.
                for ending in ["", "-wal", "-shm"] { unlink(path + ending) }
                return try SQLiteAuditIndex(path: path)
            }
        }
        let indexer = EntryIndex(of: auditStore, in: auditIndex)
        let questions = LogQuestions(
            store: auditStore, index: indexer, sealer: entries,
            keys: sequencer.keys, tenant: .first, hours: try configuration.workHours(),
            names: PatientNames(vault: vault).names)
        let desk = AuditDesk(log: audit, relay: relay, questions: questions, policies: policies)
        let deliveries = try Deliveries(
            home, configuration, of: audit,
            sealed: SealedLog(store: auditStore, sealer: entries, keys: sequencer.keys))
        if let group = configuration.text("audit.group") { try LogFolderRights.grant(group, in: home) }
        let clock = SystemWallClock()
        let fhir = FHIRService(
            vault: vault, audit: audit, policies: policies, catalog: .r4,
            links: try SealedTokens(tenantKeys, now: { clock.now() }), isDevelopment: configuration.isDevelopment,
            limits: .init(
                bundleEntries: configuration.whole("limits.bundle_entries"), pageSize: configuration.whole("limits.page_size")),
            auditLog: questions, logger: Logger(label: "ward.records"))
        let index = IndexAdministration(
            configuration: configuration, keyring: keyring, tenantKeys: tenantKeys, records: records, vault: vault, audit: audit)
        let shredding = ShreddingDesk(
            vault: vault, log: audit, policies: policies,
            keys: KeyAdministration(
                home: home, configuration: configuration, keyring: keyring, tenantKeys: tenantKeys, dataKeys: dataKeys,
                audit: audit, sequencer: sequencer, passphraseFile: passphraseFile).renewal,
            index: index.renewal,
            credentialsChangedAt: { try await identity.users.credentialsChangedAt(of: $0) },
            told: HoldEntries(questions: questions, records: records, sealer: entries))
        try await shredding.reconcile()
        return House(
            home: home, configuration: configuration, lock: lock, keyring: keyring, tenantKeys: tenantKeys, records: records,
            keyStore: keyStore, dataKeys: dataKeys, auditStore: auditStore, auditIndex: auditIndex, audit: audit, indexer: indexer, desk: desk,
            deliveries: deliveries, sequencer: sequencer, relay: relay, vault: vault,
            verification: VerificationBook(path: home.verification, keys: tenantKeys, now: clock.now()), entries: entries,
            identity: identity, policies: policies, fhir: fhir, index: index, shredding: shredding, logger: logger, tailRepair: tailRepair,
            passphraseFile: passphraseFile, hardening: hardening)
    }

    /// What the authorization server is made of. Tokens are signed under the newest key and verified under those before
    /// it too, so that those that are under way outlive a rotation; a rotation is followed at once.
    private static func oauth(
        _ vault: Vault, _ keys: TenantKeys, _ policies: PolicyEngine, _ providerWire: ProviderWire
    ) throws -> OAuthParts {
        guard !keys.tokenKeys.isEmpty else { throw KeyError(.unknownKey, "token signing") }
        return OAuthParts(
            clients: Collection<Client>(Client.collectionName, in: vault),
            grants: Collection<Grant>(Grant.collectionName, in: vault, lookup: Grant.lookups),
            assertions: Collection<UsedAssertion>(UsedAssertion.collectionName, in: vault),
            launches: Collection<LaunchContext>(LaunchContext.collectionName, in: vault),
            signer: TokenSigner(following: { keys.tokenKeys }), keySets: ClientKeys.source,
            opened: { policies.rights(of: $0, for: $1) }, providerWire: providerWire)
    }

    /// What is here was sealed under keys that must be here too: one made in their place would open nothing, and take their numbers.
    private static func checkKeys(_ keys: DataKeyring, _ records: SQLiteRecordStore) async throws {
        guard try await records.newestSequence() > 0, try await keys.keys(of: nil) == nil else { return }
        throw Failure("""
            keys.db in the keys folder holds no key of the records that are here: it is missing or another home's. Restore the newest keys \
            folder of this home
            """)
    }

    /// Keys and index must belong together, and the list of every epoch be known.
    private static func checkIndex(_ vault: Vault, _ records: SQLiteRecordStore) async throws {
        let epochs = vault.indexEpochs
        guard epochs.allSatisfy({ IndexPolicy.of($0.policy) != nil }) else {
            throw Failure("the index was made by a newer Ward; upgrade this program")
        }
        let state = try await records.indexState()
        guard state.epoch <= epochs.last?.number ?? 0 else {
            throw Failure("""
                the keys folder is older than records.db: it has no key of epoch \(state.epoch) of the index; restore the newest keys folder
                """)
        }
        guard epochs.contains(where: { $0.number == state.older ?? state.epoch }) else {
            throw Failure("""
                records.db is older than the keys folder: the key of epoch \(state.older ?? state.epoch) of its index was destroyed; restore \
                the newest records.db
                """)
        }
    }

    /// What holds the records against the log, the index and the keys.
    var verifier: RecordVerifier {
        RecordVerifier(
            vault: vault, records: records, log: auditStore, entries: entries, collections: indexedCollections,
            logKeys: sequencer.keys)
    }

    /// What removes ended sessions and the like.
    var sweep: IdentitySweep {
        IdentitySweep(
            sessions: Collection<Session>(Session.collectionName, in: vault, lookup: Session.lookups),
            grants: Collection<Grant>(Grant.collectionName, in: vault, lookup: Grant.lookups),
            assertions: Collection<UsedAssertion>(UsedAssertion.collectionName, in: vault),
            launches: Collection<LaunchContext>(LaunchContext.collectionName, in: vault), log: audit)
    }

    /// Every collection that has lookup fields, for making the index anew.
    var indexedCollections: [any IndexedCollection] { Self.indexedCollections(of: vault) }

    /// Every collection of a vault that has lookup fields.
    static func indexedCollections(of vault: Vault) -> [any IndexedCollection] {
        [
            Collection<User>(User.collectionName, in: vault, lookup: User.lookups),
            Collection<Session>(Session.collectionName, in: vault, lookup: Session.lookups),
            Collection<Passkey>(Passkey.collectionName, in: vault, lookup: Passkey.lookups),
            Collection<Grant>(Grant.collectionName, in: vault, lookup: Grant.lookups),
            Collection<ShredRequest>(ShredRequest.collectionName, in: vault, lookup: ShredRequest.lookups),
        ]
    }

    private static func sessions(_ configuration: WardConfiguration) throws -> SessionPolicy {
        let idle = configuration.whole("session.idle_minutes"), absolute = configuration.whole("session.absolute_hours")
        guard let policy = SessionPolicy(idleMinutes: idle, absoluteHours: absolute) else {
            throw ConfigurationError("session.idle_minutes must be 15 to 30, session.absolute_hours 1 to 12")
        }
        return policy
    }

    private static func passwords(_ configuration: WardConfiguration) -> PasswordPolicy {
        PasswordPolicy(
            PasswordProfile(rawValue: configuration.text("password.profile") ?? "") ?? .guide,
            service: configuration.text("password.service") ?? "Ward")
    }

    /// The pepper stays the one that the home began with: account ids are derived from it, and hashes name its version.
    private static func pepper(_ keys: TenantKeys) throws -> Pepper {
        let version = keys.oldestVersion(of: .pepper)
        return Pepper(key: try keys.key(.pepper, version: version), version: version)
    }

    /// Opens a store; a failure names which one, by its place in the home.
    private static func opening<Store>(_ what: String, _ path: String, _ home: Home, _ open: (String) throws -> Store) throws -> Store {
        do {
            return try open(path)
        } catch {
            throw Failure("\(what) (\(home.place(of: path))) cannot be opened: \(Explanation.of(error))")
        }
    }

    /// Who the audit log is told of for what the operating-system user does here.
    var operatorOrigin: EventOrigin { Self.origin(LocalOperator.caller(osUser: OperatingSystemUser.name)) }

    /// Who the audit log is told of.
    static func origin(_ caller: Caller) -> EventOrigin {
        EventOrigin(
            tenant: caller.tenant,
            actor: .init(id: caller.actorID, name: caller.name, roles: [caller.role.rawValue]),
            session: caller.session?.text, source: caller.source)
    }

    /// Signs what is in the log, where no server does so now.
    func signIfNotServed() async throws {
        if !deliveries.services.contains(where: \.isRunning) { try await sequencer.sequenceAll() }
    }

    /// Delivers all of the log, and says how far each delivery is. What the delivering itself tells the log is delivered too: a server does
    /// it in its next round.
    func deliver() async throws -> [DeliveryStatus] {
        try await signIfNotServed()
        let statuses = await deliveries.deliver()
        let isDue = statuses.contains { $0.reason == nil && ($0.waiting ?? 0) > 0 }
        guard isDue, !deliveries.services.contains(where: \.isRunning) else { return statuses }
        try await signIfNotServed()
        return await deliveries.deliver()
    }

    /// Writes into the log's folder how the log went from key to key, and lets those read there who may.
    static func tell(_ handovers: [Handover], _ home: Home, _ configuration: WardConfiguration) throws {
        try HandoverFile(folder: home.audit).write(handovers)
        if let group = configuration.text("audit.group") { try LogFolderRights.grant(group, in: home) }
    }

    /// Brings what was written into the log, signs it, and closes everything.
    func close() async throws {
        defer { lock.release() }
        try await relay.relayAll()
        try await sequencer.sequenceAll()
        await closeStores()
    }

    /// Closes the stores and gives the lock back: after the services have drained.
    func closeStores() async {
        await records.close()
        await auditIndex.close()
        await auditStore.close()
        await keyStore.close()
    }
}
