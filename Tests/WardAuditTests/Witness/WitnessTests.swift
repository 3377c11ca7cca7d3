import Foundation
import Testing
@testable import WardAudit
import WardDatabase
import WardSQLite
import WardTesting

/// The add-checkpoint protocol, in process: what a witness cosigns, what it refuses, what it remembers.
@Suite struct WitnessTests {
    private final class House {
        let home: Home
        let folder: WitnessFolder

        init(trusting: Bool = true) throws {
            home = try Home()
            folder = WitnessFolder(path: home.folder.appendingPathComponent("witness").path)
            _ = try folder.create(name: "witness.example/w1")
            if trusting { try folder.trust(CheckpointKey(name: origin, publicKey: home.signer.publicKey).description) }
        }

        /// The clock of the tests stands in this year.
        var origin: String { home.origin.origin(year: CalendarDate.year(of: home.clock.now())) }

        func witness() throws -> Witness { try Witness(folder: folder, clock: home.clock) }

        func request(from size: Int64) async throws -> WitnessRequest {
            let store = try SQLiteAuditStore.openForReading(path: home.logPath)
            let request = try await ProofMaker(store: store, keys: home.logKeys)
                .consistency(from: size, year: CalendarDate.year(of: home.clock.now()))
            await store.close()
            return request
        }
    }

    @Test func whatGrowsIsCosignedAndRemembered() async throws {
        let house = try House()
        var last: Int64 = 0
        for _ in 0..<4 {
            try await house.home.fill(300)
            let request = try await house.request(from: last)
            let witness = try house.witness()
            guard case .cosigned(let lines) = witness.add(request.bytes) else {
                Issue.record("refused")
                return
            }
            #expect(try request.checkpoint.adding(lines).cosignature(by: witness.key) != nil)
            last = request.checkpoint.checkpoint.size
            let kept = try #require(try witness.newest(of: house.origin))
            #expect(try SignedCheckpoint(parsing: kept).checkpoint == request.checkpoint.checkpoint)
        }
    }

    @Test func theSameSizeIsCosignedAgainOnlyWithTheSameRoot() async throws {
        let house = try House()
        try await house.home.fill(10)
        let first = try await house.request(from: 0)
        _ = try house.witness().add(first.bytes)
        let same = WitnessRequest(oldSize: 10, proof: [], checkpoint: first.checkpoint)
        guard case .cosigned = try house.witness().add(same.bytes) else {
            Issue.record("refused")
            return
        }
        let other = try SignedCheckpoint(
            signing: Checkpoint(origin: house.origin, size: 10, root: .leaf([9])), with: house.home.signer)
        #expect(try house.witness().add(WitnessRequest(oldSize: 10, proof: [], checkpoint: other).bytes) == .otherRoot(10))
        #expect(try house.witness().add(first.bytes) == .otherSize(10))
    }

    @Test func aTreeThatDidNotGrowFromTheLastIsRefused() async throws {
        let house = try House()
        try await house.home.fill(100)
        let first = try await house.request(from: 0)
        _ = try house.witness().add(first.bytes)
        try await house.home.fill(100)
        let grown = try await house.request(from: 100)
        var wrong = grown
        wrong.proof[0] = .leaf([1])
        #expect(try house.witness().add(wrong.bytes) == .notConsistent)
        wrong = grown
        wrong.proof.append(.leaf([1]))
        #expect(try house.witness().add(wrong.bytes) == .notConsistent)
        wrong = WitnessRequest(oldSize: 0, proof: grown.proof, checkpoint: grown.checkpoint)
        #expect(try house.witness().add(wrong.bytes) == .otherSize(100))
        let smaller = try SignedCheckpoint(
            signing: Checkpoint(origin: house.origin, size: 50, root: .leaf([1])), with: house.home.signer)
        #expect(try house.witness().add(WitnessRequest(oldSize: 100, proof: [], checkpoint: smaller).bytes) == .malformed)
        #expect(try SignedCheckpoint(parsing: try #require(try house.witness().newest(of: house.origin)))
            .checkpoint.size == 100)
    }

    @Test func onlyTrustedLogsAreAnsweredAndTrustHoldsForEveryYear() async throws {
        let house = try House(trusting: false)
        try await house.home.fill(5)
        let request = try await house.request(from: 0)
        #expect(try house.witness().add(request.bytes) == .unknownLog)
        let other = try CheckpointSigner(privateKey: [UInt8](repeating: 8, count: 32))
        try house.folder.trust(CheckpointKey(name: house.home.origin.origin(year: 1_999), publicKey: other.publicKey).description)
        #expect(try house.witness().add(request.bytes) == .notSigned)
        try house.folder.trust(
            CheckpointKey(name: house.home.origin.origin(year: 1_999), publicKey: house.home.signer.publicKey).description)
        guard case .cosigned = try house.witness().add(request.bytes) else {
            Issue.record("refused")
            return
        }
        #expect(throws: AuditError.self) {
            try house.folder.trust(CheckpointKey(name: "example.com/log", publicKey: other.publicKey).description)
        }
        // Where the key of a log was rotated, the older one is trusted no more, and other logs as before.
        let elsewhere = CheckpointKey(name: "audit.elsewhere/main/2026", publicKey: other.publicKey).description
        try house.folder.trust(elsewhere)
        let newer = CheckpointKey(
            name: house.home.origin.origin(year: 2_026), publicKey: try CheckpointSigner(privateKey: [UInt8](repeating: 9, count: 32)).publicKey)
        try house.folder.trust(newer.description, isOnly: true)
        #expect(try house.folder.trusted() == [elsewhere, newer.description])
        #expect(try house.witness().add(request.bytes) == .notSigned)
    }

    @Test func whatCannotBeKeptIsNotCosigned() async throws {
        let house = try House()
        try await house.home.fill(5)
        let witness = try house.witness()
        let request = try await house.request(from: 0)
        try FileManager.default.removeItem(atPath: house.folder.path + "/seen")
        #expect(witness.add(request.bytes) == .unavailable)
    }

    @Test(arguments: ["", "old", "old 01\n\n", "old -1\n\n", "old 1\nx\n\n", "old 0\n", "old 0\n\n", "new 0\n\n"])
    func whatIsNoRequestIsRefused(text: String) throws {
        #expect(try House().witness().add(Array(text.utf8)) == .malformed)
    }

    @Test func oneOfManyAtOnceWins() async throws {
        let house = try House()
        try await house.home.fill(64)
        let request = try await house.request(from: 0)
        let witness = try house.witness()
        let answers = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<16 { group.addTask { witness.add(request.bytes).status } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.filter { $0 == 200 }.count == 1 && answers.filter { $0 == 409 }.count == 15)
    }

    @Test func theLinkFindsTheSizeThatTheWitnessHolds() async throws {
        let house = try House()
        let witness = try house.witness()
        try await house.home.fill(20)
        _ = witness.add(try await house.request(from: 0).bytes)
        try await house.home.fill(20)
        let store = try SQLiteAuditStore.open(path: house.home.logPath)
        let log = try await house.home.open(store)
        let file = AnchorFile(path: house.home.folder.appendingPathComponent("witnessed").path)
        let link = WitnessLink(log: log, witness: witness.key, file: file) { body in
            let answer = witness.add(body)
            return (answer.status, answer.body)
        }
        #expect(await link.submit() == .cosigned(40))
        #expect(try file.read()?.cosignature(by: witness.key) != nil)
        #expect(await link.submit() == .cosigned(40))
        let forging = WitnessLink(log: log, witness: try WitnessKey(name: "x", publicKey: witness.key.publicKey), file: file) { body in
            (200, witness.add(body).body)
        }
        try await log.record(Home.writeEvent())
        try await Sequencer(log: log, signer: house.home.signer, heartbeat: 0).sequenceAll()
        #expect(await forging.submit() == .unreachable, "a line of another name is not taken over")
        await store.close()
    }

    /// Whoever writes the home's folders can put a checkpoint of the log there: it is no word of the witness.
    @Test func aKeptCheckpointWithoutCosignatureIsNoAnswer() async throws {
        let house = try House()
        let witness = try house.witness()
        try await house.home.fill(20)
        let store = try SQLiteAuditStore.open(path: house.home.logPath)
        let log = try await house.home.open(store)
        let file = AnchorFile(path: house.home.folder.appendingPathComponent("witnessed").path)
        let year = try #require(try await store.state().books.last?.year)
        let head = try SignedCheckpoint(parsing: try #require(try await store.head(of: year)).note)
        try file.write(head)
        let away = WitnessLink(log: log, witness: witness.key, file: file) { _ in (503, []) }
        #expect(await away.submit() == .failing)
        let link = WitnessLink(log: log, witness: witness.key, file: file) { body in
            let answer = witness.add(body)
            return (answer.status, answer.body)
        }
        #expect(await link.submit() == .cosigned(20))
        #expect(try file.read()?.cosignature(by: witness.key) != nil)
        await store.close()
    }

    @Test(arguments: [(409, "999\n", WitnessLink.Outcome.contradicted), (409, "0\n", .contradicted), (422, "", .contradicted),
                      (404, "", .refused), (403, "", .refused), (500, "", .failing), (503, "", .failing), (409, "x", .unreachable)])
    func theLinkSaysWhatAnAnswerMeans(status: Int, body: String, outcome: WitnessLink.Outcome) async throws {
        let home = try Home()
        try await home.fill(3)
        let store = try SQLiteAuditStore.open(path: home.logPath)
        let link = WitnessLink(
            log: try await home.open(store), witness: try WitnessKey(name: "w", publicKey: [UInt8](repeating: 1, count: 32)),
            file: AnchorFile(path: home.folder.appendingPathComponent("witnessed").path)
        ) { _ in (status, Array(body.utf8)) }
        #expect(await link.submit() == outcome)
        await store.close()
    }
}
