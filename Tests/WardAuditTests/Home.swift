import Crypto
import Foundation
import GRDB
import Logging
import Testing
@testable import WardAudit
import WardDatabase
import WardSQLite
import WardTesting

/// A folder with an audit log in it, and what a test needs to fill, break and verify it.
final class Home: Sendable {
    let folder: URL
    let clock = FixedClock()
    let signer: CheckpointSigner
    let origin: LogOrigin

    static let keys = AuditKeys(
        auditKey: SymmetricKey(data: [UInt8](repeating: 1, count: 32)),
        pseudonymKey: SymmetricKey(data: [UInt8](repeating: 2, count: 32)))

    /// What verifies the log where its key never changed.
    var logKeys: CheckpointKeys { CheckpointKeys(signer.publicKey) }
    var logPath: String { folder.appendingPathComponent("audit.db").path }
    var anchor: AnchorFile { AnchorFile(path: folder.appendingPathComponent("anchor").path) }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("ward-audit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        signer = try CheckpointSigner(privateKey: [UInt8](repeating: 7, count: 32))
        origin = try LogOrigin(deployment: "test")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    static let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    func open(_ store: any AuditStore) async throws -> AuditLog {
        try await AuditLog.open(store: store, origin: origin, keys: Self.keys, clock: clock, logger: Self.quiet)
    }

    /// A log of so many reads, sequenced in steps; closed again.
    func fill(_ count: Int, steps: Int = 1) async throws {
        let store = try SQLiteAuditStore.open(path: logPath)
        let log = try await open(store)
        let sequencer = Sequencer(log: log, signer: signer, anchor: anchor, heartbeat: 0)
        for _ in 0..<steps {
            for start in stride(from: 0, to: count / steps, by: 500) {
                let events = (start..<min(start + 500, count / steps)).map { _ in Self.writeEvent() }
                _ = try await log.record(events, releasing: ())
            }
            clock.advance(by: .seconds(700))
            try await sequencer.sequenceAll()
        }
        await store.close()
    }

    /// A log of twelve entries, the last two of which no checkpoint signs.
    static func withUnsignedTail() async throws -> Home {
        let home = try Home()
        try await home.fill(10)
        let store = try SQLiteAuditStore.open(path: home.logPath)
        _ = try await home.open(store).record([writeEvent(), writeEvent()], releasing: ())
        await store.close()
        return home
    }

    /// Verifies the log, or a part of it.
    func verify(_ range: Range<Int64>? = nil, anchored: Bool = false, now: Int64? = nil) async throws -> VerificationReport {
        let store = try SQLiteAuditStore.openForReading(path: logPath)
        let anchor = anchored ? try self.anchor.read() : nil
        let kept = anchor.map { [KeptCheckpoint($0, by: "anchor")] } ?? []
        let verifier = AuditVerifier(store: store, keys: logKeys, kept: kept, now: now)
        let report = if let range { try await verifier.verify(range) } else { try await verifier.verify() }
        await store.close()
        return report
    }

    /// Changes the database behind the log's back.
    func tamper(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws {
        var configuration = Configuration()
        // Who has the file is held by no rule of its tables.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA ignore_check_constraints = ON") }
        let database = try DatabaseQueue(path: logPath, configuration: configuration)
        try database.write { try $0.execute(sql: sql, arguments: arguments) }
        try database.close()
    }

    func blob(_ sql: String) throws -> [UInt8] {
        let database = try DatabaseQueue(path: logPath)
        defer { try? database.close() }
        return Array(try database.read { try Data.fetchOne($0, sql: sql) } ?? Data())
    }

    static func writeEvent() -> AuditEvent {
        AuditEvent(
            .create,
            by: EventOrigin(
                actor: .init(id: "018f3c1e-7a10-7abc-8def-0123456789ab", name: "clara", roles: ["clinician"]),
                session: "018f3c1e-7a10-7abc-8def-0123456789ac", client: "console", source: "10.1.2.3",
                purposes: ["TREAT"],
                requestID: "018f3c1e-7a10-7abc-8def-0123456789ad"),
            record: RecordReference(
                type: "Observation", id: LogicalID("018f3c1e-7a10-7abc-8def-0123456789ae"), version: 1),
            patient: LogicalID("018f3c1e-7a10-7abc-8def-0123456789af"), status: 201)
    }
}
