import Crypto
import Foundation
import Logging
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

/// A FHIR endpoint over stores in a folder of one test, whose stores can be made to fail.
final class Ward: Sendable {
    let fhir: FHIRService
    let records: FaultyDatabase
    let log: FaultyAuditStore
    let audit: AuditLog
    let vault: Vault
    let clock: any WallClock
    private let keys: AuditKeys
    private let store: SQLiteRecordStore
    private let logStore: SQLiteAuditStore
    private let folder: URL

    init(
        isDevelopment: Bool = true, limits: FHIRService.Limits = .init(), clock: any WallClock = SystemWallClock()
    ) async throws {
        self.clock = clock
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("ward-records-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let root = try FileKeyring.create(
            at: folder.path + "/root.key", passphrase: .random(), now: 0, cost: ScryptCost(n: 2, r: 1, p: 1) ?? .standard)
        let settings = Keyring.Settings(environment: "development", deployment: "test")
        let tenantKeys = try await Keyring.create(in: folder.path, provider: root, settings: settings, now: 0).tenant(1)
        store = try SQLiteRecordStore(path: folder.path + "/records.db")
        logStore = try SQLiteAuditStore.open(path: folder.path + "/audit.db")
        records = FaultyDatabase(store)
        log = FaultyAuditStore(logStore)
        let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        keys = AuditKeys(
            auditKey: SymmetricKey(data: [UInt8](repeating: 1, count: 32)),
            pseudonymKey: SymmetricKey(data: [UInt8](repeating: 2, count: 32)))
        audit = try await AuditLog.open(store: log, origin: LogOrigin(deployment: "test"), keys: keys, clock: clock, logger: quiet)
        vault = Vault(
            store: records,
            keys: DataKeyring(
                tenant: tenantKeys, store: try SQLiteKeyStore(path: folder.path + "/keys.db"), cache: KeyCache()))
        fhir = FHIRService(
            vault: vault, audit: audit, policies: PolicyEngine(resourceTypes: FHIRDefinitions.r4.resourceTypes), catalog: .r4,
            links: try SealedTokens(tenantKeys, now: { clock.now() }), isDevelopment: isDevelopment, limits: limits, logger: quiet)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    static let base = "https://ward.test/fhir"

    static let clinician = Caller(
        subject: .user(LogicalID(uuid: [UInt8](repeating: 7, count: 16)), name: "ada"), role: .clinician,
        session: LogicalID(uuid: [UInt8](repeating: 8, count: 16)), factors: [.password, .oneTimeCode], tenant: .first,
        source: "192.0.2.1")

    /// An application that acts for the clinician by these scopes, with this patient.
    static func app(_ scopes: String, patient: String?) -> Caller {
        Caller(
            subject: clinician.subject, role: .clinician, session: clinician.session, factors: clinician.factors,
            authorization: Authorization(
                client: LogicalID(uuid: [UInt8](repeating: 9, count: 16)), scopes: GrantedScopes(scopes) ?? .none,
                patient: patient.flatMap { LogicalID($0) }),
            tenant: .first, source: clinician.source)
    }

    /// One request; `path` is a URL below the base.
    func send(
        _ method: String, _ url: String, _ body: String = "", as caller: Caller = Ward.clinician,
        _ change: (inout FHIRRequest) -> Void = { _ in }
    ) async throws(AuditError) -> Reply {
        let halves = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let query = (halves.count > 1 ? halves[1] : "").split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (name: String(parts[0]), value: parts.count > 1 ? String(parts[1]) : "")
        }
        var request = FHIRRequest(
            method: method, path: halves.first?.split(separator: "/").map(String.init) ?? [], query: query,
            body: Array(body.utf8), requestID: "018f3c1e-7a10-7abc-8def-0123456789ad", source: "192.0.2.1", baseURL: Self.base)
        change(&request)
        return Reply(try await fhir.respond(to: request, caller: caller))
    }

    /// A new resource.
    func create(_ body: String) async throws -> String {
        let reply = try await send("POST", Reply.type(of: body), body)
        return reply.location.split(separator: "/").prefix(2).joined(separator: "/")
    }

    /// A batch or transaction of these entries.
    func bundle(
        _ type: String, _ entries: [String], as caller: Caller = Ward.clinician
    ) async throws(AuditError) -> Reply {
        try await send(
            "POST", "", #"{"resourceType":"Bundle","type":"\#(type)","entry":[\#(entries.joined(separator: ","))]}"#, as: caller)
    }

    /// How many patients carry an identifier.
    func count(_ identifier: String) async throws -> Int {
        let reply = try await send("GET", "Patient?identifier=urn:t|\(identifier)&_summary=count")
        return reply.json["total"]?.lexeme.flatMap { Int($0) } ?? -1
    }

    /// What `ward verify` does, reading the log through another store.
    func verifier(
        reading log: (any AuditStore)? = nil, clock: any WallClock = SystemWallClock(), collections: [any IndexedCollection] = []
    ) throws -> RecordVerifier {
        RecordVerifier(
            vault: vault, records: records, log: log ?? logStore,
            entries: EntrySealer(origin: try LogOrigin(deployment: "test"), keys: keys), collections: collections, clock: clock)
    }

    /// What `ward verify` finds, reading the log through another store.
    func verify(reading log: any AuditStore) async throws -> RecordReport { try await verifier(reading: log).verify() }

    /// A log of its own that tells of nothing.
    func emptyLog() throws -> SQLiteAuditStore { try SQLiteAuditStore.open(path: folder.path + "/empty.db") }

    /// Seals a patient and writes nothing: what a write that is refused leaves behind.
    func sealOnly() async throws -> LogicalID {
        let id = LogicalID(uuid: TimeOrderedIDs().next())
        _ = try await vault.seal([RecordDraft(
            type: "Patient", id: id, patient: id, version: 1, updatedAt: 1, content: Array(Text.patient.utf8))])
        return id
    }

    /// Brings what waits in the outbox into the log.
    func relay() async throws {
        _ = try await OutboxRelay(from: records, to: audit).relayAll()
    }

    /// Takes a record away with all its versions, as somebody does who has the database and no key.
    func removeUnseen(_ key: RecordKey, version: UInt64) async throws {
        let other = LogicalID(uuid: TimeOrderedIDs().next())
        let rows = try await vault.seal([
            RecordDraft(type: "_other", id: other, patient: nil, version: 1, updatedAt: clock.now(), content: [])
        ])
        _ = try await vault.commit(rows, removing: [.init(key, version: version)], events: [])
    }

    /// What an entry tells, wherever it lies.
    func opened(_ entry: [UInt8]) throws -> AuditEvent {
        try EntrySealer(origin: try LogOrigin(deployment: "test"), keys: keys).open(entry).event
    }

    /// What the log tells, from its beginning.
    func entries() async throws -> [AuditEvent] {
        let block = try await logStore.entries(from: 0, limit: 10_000, maximumBytes: 1 << 24)
        return try (0..<block.count).map { try opened(Array(block[$0])) }
    }

    /// Every event of this process in the log.
    func logged() async throws -> Int {
        Int(try await logStore.state().nextPosition)
    }

    /// Every event that waits beside the data.
    func outbox() async throws -> Int {
        try await store.outbox(after: 0, limit: 100_000).count
    }
}

/// What the endpoint answered.
struct Reply: Sendable {
    let response: FHIRResponse
    let json: JSONNode
    let events: Int

    init(_ audited: Audited<FHIRResponse>) {
        response = audited.value
        events = audited.events.count
        json = (try? JSONDocument(parsing: audited.value.body).root) ?? Self.nothing
    }

    var status: Int { response.status }
    var location: String { response.location ?? "" }
    var text: String { String(decoding: response.body, as: UTF8.self) }
    /// Where the first issue of an OperationOutcome is.
    var place: String { json["issue"]?.elements.first { _ in true }?["expression"]?.elements.first { _ in true }?.string ?? "" }
    /// The status of each entry of a Bundle, without its words.
    var statuses: [String] {
        (json["entry"]?.elements.map { $0["response"]?["status"]?.string ?? "" } ?? []).map { String($0.prefix(3)) }
    }

    static func type(of body: String) -> String {
        (try? JSONDocument(parsing: Array(body.utf8)).root["resourceType"]?.string) ?? ""
    }

    private static let nothing: JSONNode = {
        guard let document = try? JSONDocument(parsing: Array("{}".utf8)) else { preconditionFailure("{} is JSON") }
        return document.root
    }()
}

/// Entries and resources as text.
enum Text {
    static let patient = #"{"resourceType":"Patient"}"#

    static func patient(_ identifier: String) -> String {
        #"{"resourceType":"Patient","identifier":[{"system":"urn:t","value":"\#(identifier)"}]}"#
    }

    static func observation(of reference: String) -> String {
        #"{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"\#(reference)"}}"#
    }

    static func entry(_ method: String, _ url: String, _ resource: String? = nil, fullURL: String? = nil, _ more: String = "") -> String {
        let parts = [
            fullURL.map { #""fullUrl":"\#($0)""# }, resource.map { #""resource":\#($0)"# },
            #""request":{"method":"\#(method)","url":"\#(url)"\#(more)}"#,
        ]
        return "{" + parts.compactMap(\.self).joined(separator: ",") + "}"
    }
}
