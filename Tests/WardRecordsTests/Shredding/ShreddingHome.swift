import Crypto
import Foundation
import Logging
import Synchronization
import Testing
import WardAccess
import WardDatabase
import WardFHIR
import WardKeys
import WardRecords
import WardSQLite
import WardSearch
import WardTesting
import WardVault
@testable import WardAudit
@testable import WardIdentity

/// A home on disk for shreddings: it dies at a chosen write, and is opened anew with nothing in memory.
final class ShreddingHome: Sendable {
    /// What is open at a time.
    struct Opened: Sendable {
        let records: FaultyDatabase
        let keys: SQLiteKeyStore
        let ring: Keyring
        let dataKeys: DataKeyring
        let vault: Vault
        let audit: AuditLog
        let fhir: FHIRService
        let desk: ShreddingDesk
        let log: SQLiteAuditStore
        fileprivate let store: SQLiteRecordStore
        fileprivate let entryIndex: SQLiteAuditIndex
    }

    /// Stands for the end of a process in the middle of a renewal of keys.
    struct Death: Error {}

    let folder: URL
    let root: FileKeyring
    let passphrase = Passphrase.random()
    /// How many steps of a renewal are still done before the process dies; nil: it lives.
    let renewals = Mutex<Int?>(nil)
    /// When the credentials of accounts were set.
    let credentials = Mutex<Int64>(0)
    let clock = FixedClock()
    let auditKeys = AuditKeys(
        auditKey: SymmetricKey(data: [UInt8](repeating: 1, count: 32)),
        pseudonymKey: SymmetricKey(data: [UInt8](repeating: 2, count: 32)))

    init() async throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("ward-shredding-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        root = try FileKeyring.create(
            at: folder.path + "/root.key", passphrase: passphrase, now: 0, cost: ScryptCost(n: 2, r: 1, p: 1) ?? .standard)
        _ = try await Keyring.create(
            in: folder.path, provider: root, settings: .init(environment: "development", deployment: "test"), now: 0)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Opens the home as a new process does, without what it reconciles.
    func open(_ root: FileKeyring? = nil, options: RecordStoreOptions = .init()) async throws -> Opened {
        let ring = try await Keyring.open(in: folder.path, provider: root ?? self.root)
        let tenant = try ring.tenant(1)
        let store = try SQLiteRecordStore(path: folder.path + "/records.db", options: options)
        let log = try SQLiteAuditStore.open(path: folder.path + "/audit.db")
        let keys = try SQLiteKeyStore(path: folder.path + "/keys.db")
        let records = FaultyDatabase(store)
        let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let audit = try await AuditLog.open(
            store: log, origin: LogOrigin(deployment: "test"), keys: auditKeys, clock: clock, logger: quiet)
        let dataKeys = DataKeyring(tenant: tenant, store: keys, cache: KeyCache())
        let vault = Vault(store: records, keys: dataKeys)
        let policies = PolicyEngine(resourceTypes: FHIRDefinitions.r4.resourceTypes)
        let fhir = FHIRService(
            vault: vault, audit: audit, policies: policies, catalog: .r4,
            links: try SealedTokens(tenant, now: { [clock] in clock.now() }), isDevelopment: true, clock: clock, logger: quiet)
        let entries = EntrySealer(origin: try LogOrigin(deployment: "test"), keys: auditKeys)
        let entryIndex = try SQLiteAuditIndex(path: folder.path + "/holds.db")
        let questions = LogQuestions(
            store: log, index: EntryIndex(of: log, in: entryIndex), sealer: entries,
            keys: CheckpointKeys([UInt8](repeating: 3, count: 32)), tenant: .first,
            hours: try #require(WorkHours(hours: "07:00-19:00", days: "1-5") { _ in 0 }), clock: clock, names: { _ in [:] })
        let desk = ShreddingDesk(
            vault: vault, log: audit, policies: policies, keys: renewal(ring, dataKeys), index: index(ring, vault, records),
            credentialsChangedAt: { [self] _ in credentials.withLock { $0 } },
            told: HoldEntries(questions: questions, records: records, sealer: entries), clock: clock)
        return Opened(
            records: records, keys: keys, ring: ring, dataKeys: dataKeys, vault: vault, audit: audit, fhir: fhir, desk: desk,
            log: log, store: store, entryIndex: entryIndex)
    }

    /// The key store as a verification reads it.
    func readKeys() throws -> SQLiteKeyStore { try SQLiteKeyStore(readingAt: folder.path + "/keys.db") }

    func close(_ opened: Opened) async {
        await opened.store.close()
        await opened.keys.close()
        await opened.log.close()
        await opened.entryIndex.close()
    }

    /// The keys of the home renewed, in steps at each of which it may die.
    private func renewal(_ ring: Keyring, _ keys: DataKeyring) -> KeyRenewal {
        KeyRenewal(newestVersion: { keys.tenant.newestVersion }) { [self] version in
            var change = KeyChange()
            if keys.tenant.newestVersion <= version { change.add(try await ring.rotateKEK(1, now: 0)) }
            try step()
            _ = try await keys.rewrap(after: nil, limit: 1_000)
            try step()
            change.add(try await ring.retireKEKs(1) { () async throws(KeyError) in Set(try await keys.counts().keys) })
            try step()
            change.add(try await ring.rotateRoot(now: 0))
            try step()
            return change
        }
    }

    /// The index of the home made anew, a few versions at a time; it may die at each.
    private func index(_ ring: Keyring, _ vault: Vault, _ records: FaultyDatabase) -> IndexRenewal {
        let rebuild = IndexRebuild(
            vault: vault, store: records,
            collections: [Collection<ShredRequest>(ShredRequest.collectionName, in: vault, lookup: ShredRequest.lookups)])
        return IndexRenewal(newestEpoch: { vault.indexEpochs.last?.number ?? 0 }) { [self] epoch, _ in
            if vault.indexEpochs.count == 1, vault.indexEpochs[0].number <= epoch {
                while try await !records.endOlderIndex() {}
                _ = try await ring.beginIndex(1, partitions: 2, policy: IndexPolicy.first.text, now: 0)
            }
            try step()
            var progress = try await rebuild.step(limit: 3)
            if progress.isFinished { _ = try await ring.retireIndexes(1, before: progress.epoch) }
            try step()
            progress.isFinished = vault.indexEpochs.allSatisfy { $0.number > epoch }
            return progress
        }
    }

    private func step() throws {
        try renewals.withLock { left in
            guard let count = left else { return }
            if count == 0 { throw Death() }
            left = count - 1
        }
    }

    func verify(_ opened: Opened) async throws -> RecordReport { try await verifier(opened).verify() }

    /// What verifies the records; with the key of the log it also knows what expired of it.
    func verifier(_ opened: Opened, logKeys: CheckpointKeys? = nil) throws -> RecordVerifier {
        RecordVerifier(
            vault: opened.vault, records: opened.records, log: opened.log,
            entries: EntrySealer(origin: try LogOrigin(deployment: "test"), keys: auditKeys),
            collections: [Collection<ShredRequest>(ShredRequest.collectionName, in: opened.vault, lookup: ShredRequest.lookups)],
            logKeys: logKeys, clock: clock)
    }

    /// What the newest entry of the log tells.
    func newestEntry(_ opened: Opened) async throws -> AuditEvent {
        let end = try await opened.log.state().nextPosition
        let block = try await opened.log.entries(from: end - 1, limit: 1, maximumBytes: 1 << 20)
        return try EntrySealer(origin: try LogOrigin(deployment: "test"), keys: auditKeys).open(Array(block[0])).event
    }

    static func caller(_ number: UInt8, role: Role = .administrator) -> Caller {
        Caller(
            subject: .user(LogicalID(uuid: [UInt8](repeating: number, count: 16)), name: "person-\(number)"), role: role,
            session: LogicalID(uuid: [UInt8](repeating: 9, count: 16)), factors: [.password, .oneTimeCode], tenant: .first,
            source: "local", isFresh: true)
    }

    func send(_ method: String, _ path: String, _ opened: Opened, _ body: String = "") async throws -> Reply {
        let parts = path.split(separator: "?", omittingEmptySubsequences: false).map(String.init)
        let query = parts.count > 1 ? [(name: String(parts[1].split(separator: "=")[0]), value: String(parts[1].split(separator: "=")[1]))] : []
        let request = FHIRRequest(
            method: method, path: parts[0].split(separator: "/").map(String.init), query: query, body: Array(body.utf8),
            requestID: "018f3c1e-7a10-7abc-8def-0123456789ad", source: "192.0.2.1", baseURL: Ward.base)
        return Reply(try await opened.fhir.respond(to: request, caller: Self.caller(7, role: .clinician)))
    }

    /// A patient with a family name and one observation; a second version of both.
    func fill(_ id: String, _ family: String, _ opened: Opened) async throws {
        for _ in 0..<2 {
            let patient = #"{"resourceType":"Patient","id":"\#(id)","name":[{"family":"\#(family)"}]}"#
            _ = try await send("PUT", "Patient/\(id)", opened, patient)
            let observation = #"""
                {"resourceType":"Observation","id":"o-\#(id)","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/\#(id)"}}
                """#
            _ = try await send("PUT", "Observation/o-\(id)", opened, observation)
        }
    }
}
