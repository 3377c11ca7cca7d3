import Foundation
import ServiceLifecycle
import Testing
@testable import WardAudit
import WardDatabase
import WardSQLite
import WardTesting

@Suite struct SequencerTests {
    @Test func aYearEndsAndTheNextBeginsWithItsLastCheckpoint() async throws {
        let home = try Home()
        try await home.fill(300)
        home.clock.advance(by: .seconds(365 * 86_400))
        try await home.fill(300)
        home.clock.advance(by: .seconds(366 * 86_400))
        try await home.fill(10)
        let report = try await home.verify(anchored: true)
        #expect(report.faults == [] && report.entries == 610)
        #expect(report.head?.checkpoint.origin == "audit.test/main/2028")
        let store = try SQLiteAuditStore.openForReading(path: home.logPath)
        let books = try await store.state().books
        #expect(books.map(\.year) == [2026, 2027, 2028])
        for (book, next) in zip(books, books.dropFirst()) {
            let head = try #require(try await store.head(of: book.year))
            #expect(next.opening == head.note)
            #expect(try SignedCheckpoint(parsing: next.opening).isSigned(by: home.signer.publicKey))
        }
        let proof = try await TileReader(store: store, year: 2027).inclusionProof(leaf: 0, size: 100)
        #expect(proof.count == 7)
        await store.close()
        try home.tamper("UPDATE book SET opening = x'00' WHERE year = 2027")
        #expect(try await home.verify().faults.contains { $0.kind == .changed && $0.year == 2027 })
    }

    /// A table of books that was emptied, wholly or at its end, is named; nothing is signed beside the books that there were.
    @Test(arguments: [2026, 2027]) func aMissingBookIsNamed(year: Int) async throws {
        let home = try Home()
        try await home.fill(300)
        home.clock.advance(by: .seconds(365 * 86_400))
        try await home.fill(10)
        try home.tamper("DELETE FROM book WHERE year >= \(year)")
        let store = try SQLiteAuditStore.open(path: home.logPath)
        let sequencer = Sequencer(log: try await home.open(store), signer: home.signer, anchor: home.anchor)
        await #expect(throws: AuditError(
            .tampered, "the book of \(year) is missing from its table, though it has signed checkpoints")) {
            try await sequencer.start()
        }
        await store.close()
        #expect(try await home.verify().faults.contains { $0.kind == .removed && $0.year == year })
    }

    @Test func proofsFromStoredTilesHold() async throws {
        let home = try Home()
        try await home.fill(1_300)
        let store = try SQLiteAuditStore.openForReading(path: home.logPath)
        let head = try SignedCheckpoint(parsing: try #require(try await store.head(of: 2026)).note).checkpoint
        let reader = TileReader(store: store, year: 2026)
        for leaf in [Int64(0), 255, 256, 1_023, 1_024, 1_299] {
            let entry = try await store.entries(from: leaf, limit: 1, maximumBytes: 1)[0]
            let proof = try await reader.inclusionProof(leaf: leaf, size: 1_300)
            #expect(MerkleProof.verifyInclusion(leaf: .leaf(entry), index: leaf, size: 1_300, root: head.root,
                proof: proof))
        }
        let old = try await MerklePath.root(of: 0..<700, node: reader.node)
        let proof = try await reader.consistencyProof(first: 700, second: 1_300)
        #expect(MerkleProof.verifyConsistency(
            first: 700, firstRoot: old, second: 1_300, secondRoot: head.root, proof: proof))
        await store.close()
    }

    /// Steps that overlapped would fail by the compare-and-set of the head, or sign what another one has in hand.
    @Test func whoeverAsksForSignaturesWaitsForATurn() async throws {
        let home = try Home()
        let store = try SQLiteAuditStore.open(path: home.logPath)
        let log = try await home.open(store)
        let sequencer = Sequencer(log: log, signer: home.signer, anchor: home.anchor, heartbeat: 0)
        try await sequencer.start()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    for _ in 0..<10 {
                        try await log.record(Home.writeEvent())
                        try await sequencer.sequenceAll()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.head(of: 2026)?.size == 160)
        await store.close()
        #expect(try await home.verify(anchored: true).faults == [])
    }

    /// Kills between any two writes: a step fails before it is written, or is durable and its caller is gone.
    @Test(arguments: UInt64(0)..<8) func everyKillLeavesALogThatGoesOn(seed: UInt64) async throws {
        let home = try Home()
        var recorded = 0
        for life in 0..<6 {
            let store = try SQLiteAuditStore.open(path: home.logPath)
            let faulty = FaultyAuditStore(store)
            let log = try await home.open(faulty)
            let sequencer = Sequencer(log: log, signer: home.signer, anchor: home.anchor, heartbeat: 0)
            var random = SeededRandom(seed: seed &* 100 &+ UInt64(life))
            let dies = Int.random(in: 1...12, using: &random)
            let moment: FaultyAuditStore.Moment = Bool.random(using: &random) ? .before : .after
            faulty.set { $0 >= dies ? moment : nil }
            for _ in 0..<8 {
                do {
                    for _ in 0..<Int.random(in: 1...400, using: &random) {
                        try await log.record(Home.writeEvent())
                        recorded += 1
                        if recorded % 50 == 0 { break }
                    }
                    try await sequencer.sequenceAll()
                } catch { break }
            }
            await store.close()
            home.clock.advance(by: .seconds(400 * 86_400 / 6))
        }
        let store = try SQLiteAuditStore.open(path: home.logPath)
        try await Sequencer(log: try await home.open(store), signer: home.signer, anchor: home.anchor).start()
        await store.close()
        let report = try await home.verify(anchored: true)
        #expect(report.faults == [] && report.entries >= recorded && report.unsequenced == 0)
    }

    @Test func runningItSequencesBeatsAndDrains() async throws {
        let home = try Home()
        let store = try SQLiteAuditStore.open(path: home.logPath)
        let log = try await home.open(store)
        let sequencer = Sequencer(log: log, signer: home.signer, anchor: home.anchor, interval: .milliseconds(20))
        let group = ServiceGroup(services: [sequencer], logger: Home.quiet)
        let running = Task { try await group.run() }
        for _ in 0..<50 { try await log.record(Home.writeEvent()) }
        // A minute is counted from when it runs, which may be later than this.
        while try await store.state().nextPosition < 51 {
            home.clock.advance(by: .seconds(61))
            try await Task.sleep(for: .milliseconds(10))
        }
        await group.triggerGracefulShutdown()
        try await running.value
        let entries = try await store.state().nextPosition
        await store.close()
        let report = try await home.verify(anchored: true)
        #expect(entries >= 51 && report.faults == [] && report.entries == entries && report.unsequenced == 0)
        #expect(try home.anchor.read()?.checkpoint.size == entries)
    }

    @Test func twoSequencersDoNotFork() async throws {
        let home = try Home()
        let store = try SQLiteAuditStore.open(path: home.logPath)
        let log = try await home.open(store)
        let pair = [0, 1].map { _ in Sequencer(log: log, signer: home.signer, heartbeat: 0) }
        _ = try await log.record([AuditEvent](repeating: Home.writeEvent(), count: 10), releasing: ())
        for sequencer in pair { try await sequencer.start() }
        _ = try await log.record([AuditEvent](repeating: Home.writeEvent(), count: 10), releasing: ())
        try await pair[0].sequenceAll()
        await #expect(throws: DatabaseError.self) { try await pair[1].sequenceAll() }
        await store.close()
        #expect(try await home.verify().isWhole)
    }
}
