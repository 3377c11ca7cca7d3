import Foundation
import Testing
@testable import WardAudit
import WardDatabase
import WardSQLite
import WardTesting

@Suite struct EntryProofTests {
    private func withMaker(_ count: Int, _ body: (ProofMaker, SQLiteAuditStore, Home) async throws -> Void) async throws {
        let home = try Home()
        try await home.fill(count, steps: 2)
        let store = try SQLiteAuditStore.openForReading(path: home.logPath)
        try await body(ProofMaker(store: store, keys: home.logKeys), store, home)
        await store.close()
    }

    @Test func everyEntryIsProvedAndTheTextReadsBack() async throws {
        try await withMaker(600) { maker, _, home in
            for position in stride(from: Int64(0), to: 600, by: 37) {
                let proof = try EntryProof(parsing: try await maker.proof(ofEntryAt: position).text)
                #expect(proof.index == position && proof.holds(for: home.logKeys))
                #expect(!proof.holds(for: CheckpointKeys([UInt8](repeating: 1, count: 32))))
                var other = proof
                other.entry[other.entry.count - 20] ^= 1
                #expect(!other.holds(for: home.logKeys))
                other = proof
                other.index = (proof.index + 1) % 600
                #expect(!other.holds(for: home.logKeys))
            }
            await #expect(throws: AuditError.self) { try await maker.proof(ofEntryAt: 600) }
        }
    }

    @Test func anEntryThatIsNotSignedYetHasNoProof() async throws {
        let home = try Home()
        try await home.fill(10)
        let store = try SQLiteAuditStore.open(path: home.logPath)
        try await home.open(store).record(Home.writeEvent())
        let maker = ProofMaker(store: store, keys: home.logKeys)
        await #expect(throws: AuditError(.noEvidence, "the entry is not signed yet; ask again in a second")) {
            try await maker.proof(ofEntryAt: 10)
        }
        await store.close()
    }

    @Test func anEventIsFoundByItsID() async throws {
        try await withMaker(700) { maker, store, _ in
            for position in [Int64(0), 1, 349, 350, 699] {
                let block = try await store.entries(from: position, limit: 1, maximumBytes: 1)
                let id = try EntryHeader(parsing: block[0]).eventID
                #expect(try await maker.position(of: id) == position)
            }
            #expect(try await maker.position(of: try #require(EventID([UInt8](repeating: 0x70, count: 16)))) == nil)
        }
    }

    @Test func aWitnessedCheckpointIsPreferredWhereItHoldsTheEntry() async throws {
        let home = try Home()
        try await home.fill(100)
        let witnessed = try #require(try home.anchor.read())
        try await home.fill(100)
        let store = try SQLiteAuditStore.openForReading(path: home.logPath)
        let maker = ProofMaker(store: store, keys: home.logKeys, cosigned: witnessed)
        #expect(try await maker.proof(ofEntryAt: 50).checkpoint == witnessed)
        #expect(try await maker.proof(ofEntryAt: 150).checkpoint.checkpoint.size == 200)
        await store.close()
    }

    @Test func growthIsProvedFromEverySize() async throws {
        try await withMaker(300) { maker, store, home in
            let year = CalendarDate.year(of: home.clock.now())
            let tiles = try await store.tiles(of: year, level: 0, from: 0, limit: 2).flatMap { $0.merkleHashes ?? [] }
            for size in [Int64(1), 2, 127, 128, 255, 256, 257, 299, 300] {
                let request = try WitnessRequest(parsing: try await maker.consistency(from: size, year: year).bytes)
                var frontier = MerkleFrontier()
                for hash in tiles[..<Int(size)] { frontier.append(hash) }
                #expect(MerkleProof.verifyConsistency(
                    first: size, firstRoot: frontier.root, second: 300, secondRoot: request.checkpoint.checkpoint.root,
                    proof: request.proof))
            }
            await #expect(throws: AuditError.self) { try await maker.consistency(from: 301, year: year) }
        }
    }

    @Test(arguments: ["", "c2sp.org/tlog-proof@v1\nindex 0\n\n", "c2sp.org/tlog-proof@v1\nextra AA==\nindex 00\n\nx\n1\n"])
    func whatIsNoProofIsRefused(text: String) {
        #expect(throws: AuditError.self) { try EntryProof(parsing: text) }
    }
}
