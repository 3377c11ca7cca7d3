import Foundation
import Logging
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

/// Seven years on, the entries of a home have expired; its records, and the shredding of one of its patients, still hold.
@Suite struct AgedLogTests {
    private let signer = { try CheckpointSigner(privateKey: [UInt8](repeating: 7, count: 32)) }

    /// A home in which a patient was shredded, and every entry of then has expired.
    private func aged() async throws -> (home: ShreddingHome, opened: ShreddingHome.Opened, expired: Int64) {
        let home = try await ShreddingHome()
        let opened = try await home.open()
        let (first, second) = (ShreddingHome.caller(1), ShreddingHome.caller(2))
        for (id, family) in [("gone", "Shredded"), ("kept", "Kept")] { try await home.fill(id, family, opened) }
        let asked = try await opened.desk.ask("Patient/gone", reason: "r", by: first)
        home.clock.advance(by: .seconds(1))
        _ = try await opened.desk.confirm(asked.id, by: second)
        for _ in 0..<20 where try await opened.desk.advance(asked.id, by: .system()).request.state != .done {}
        _ = try await OutboxRelay(from: opened.records, to: opened.audit).relayAll()
        let sequencer = Sequencer(log: opened.audit, signer: try signer(), heartbeat: 0)
        try await sequencer.sequenceAll()
        home.clock.advance(by: .seconds(7 * 366 * 86_400))
        try await opened.audit.record(AuditEvent(.heartbeat, by: .system()))
        try await sequencer.sequenceAll()
        let summary = try await LogExpiry(
            of: opened.audit, sealed: sealed(home, opened), sequencer: sequencer, retention: try AuditRetention(years: 6)
        ).run(by: .system())
        try await sequencer.sequenceAll()
        return (home, opened, summary.entries)
    }

    private func sealed(_ home: ShreddingHome, _ opened: ShreddingHome.Opened) throws -> SealedLog {
        SealedLog(
            store: opened.log, sealer: EntrySealer(origin: try LogOrigin(deployment: "test"), keys: home.auditKeys),
            keys: CheckpointKeys(try signer().publicKey))
    }

    @Test func recordsAndShreddingsOutliveTheirEntries() async throws {
        let (home, opened, expired) = try await aged()
        #expect(expired > 8)
        let verifier = try home.verifier(opened, logKeys: CheckpointKeys(signer().publicKey))
        let whole = try await verifier.verify()
        #expect(whole.faults == [] && whole.shredded == 4 && whole.expired >= 4, "\(whole.faults)")
        var state = try await RecordSweep(verifier).begin()
        while !state.isFinished { state = try await RecordSweep(verifier).step(state, rows: 3) }
        #expect(state.faults == [] && state.expired == whole.expired, "\(state.faults)")
        // Without the key of the log nobody believes a tombstone: then versions and shreddings have nobody who tells of them.
        let blind = try home.verifier(opened)
        #expect(try await !blind.verify().faults.isEmpty)
        state = try await RecordSweep(blind).begin()
        while !state.isFinished { state = try await RecordSweep(blind).step(state, rows: 3) }
        #expect(!state.faults.isEmpty)
        await home.close(opened)
    }

    @Test func pagesOfTheLogSayFromWhenOnItHoldsEntries() async throws {
        let (home, opened, expired) = try await aged()
        let index = try SQLiteAuditIndex(path: home.folder.path + "/index.db")
        let log = try sealed(home, opened)
        let questions = LogQuestions(
            store: opened.log, index: EntryIndex(of: opened.log, in: index), sealer: log.sealer, keys: log.keys,
            tenant: .first, hours: try #require(WorkHours(hours: "07:00-19:00", days: "1-5") { _ in 0 }), clock: home.clock,
            names: { _ in [:] })
        let fhir = FHIRService(
            vault: opened.vault, audit: opened.audit, policies: PolicyEngine(resourceTypes: FHIRDefinitions.r4.resourceTypes),
            catalog: .r4, links: try SealedTokens(opened.ring.tenant(1), now: { home.clock.now() }), isDevelopment: true,
            clock: home.clock, auditLog: questions, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let reply = Reply(try await fhir.respond(
            to: FHIRRequest(
                method: "GET", path: ["AuditEvent"], query: [], body: [], requestID: "018f3c1e-7a10-7abc-8def-0123456789ad",
                source: "192.0.2.1", baseURL: Ward.base), caller: ShreddingHome.caller(5, role: .auditor)))
        #expect(reply.status == 200)
        #expect(reply.text.contains(#""mode":"outcome""#))
        #expect(reply.text.contains("the log holds entries from 20") && reply.text.contains("\(expired) older ones have expired"))
        await index.close()
        await home.close(opened)
    }
}
