import Foundation
import Synchronization
import Testing
@testable import WardAudit
import WardDatabase
import WardKeys
import WardSQLite
import WardTesting

/// The log goes from one key to the next, and what each has signed stays proved.
@Suite struct HandoverTests {
    let home: Home
    let next: CheckpointSigner
    let keys: CheckpointKeys

    init() throws {
        home = try Home()
        next = try Self.signer(8)
        keys = CheckpointKeys(home.signer.publicKey)
    }

    static func signer(_ seed: UInt8) throws -> CheckpointSigner {
        try CheckpointSigner(privateKey: [UInt8](repeating: seed, count: 32))
    }

    private var file: HandoverFile { HandoverFile(folder: home.folder.path) }

    /// A log with a sequencer that signs under the first key, and under those that follow.
    private func withLog(_ body: (AuditLog, Sequencer) async throws -> Void) async throws {
        let store = try SQLiteAuditStore.open(path: home.logPath)
        let log = try await home.open(store)
        try await body(log, Sequencer(log: log, signer: home.signer, keys: keys, anchor: home.anchor, heartbeat: 0))
        await store.close()
    }

    /// Ten entries under the first key, a handover, ten under the second.
    private func rotate() async throws {
        try await withLog { log, sequencer in
            try await record(10, log)
            let file = file
            try await sequencer.handOver(to: next) { _ in } telling: {
                try file.write($0)
            }
            try await record(10, log)
            try await sequencer.sequenceAll()
        }
    }

    private func record(_ count: Int, _ log: AuditLog) async throws {
        _ = try await log.record((0..<count).map { _ in Home.writeEvent() }, releasing: ())
    }

    private func verify(_ keys: CheckpointKeys) async throws -> VerificationReport {
        let store = try SQLiteAuditStore.openForReading(path: home.logPath)
        let report = try await AuditVerifier(store: store, keys: keys, anchor: home.anchor.read()).verify()
        await store.close()
        return report
    }

    @Test func bothPartsAreProved() async throws {
        try await rotate()
        #expect(keys.newest == next.publicKey && keys.handovers.map(\.checkpoint.checkpoint.size) == [10])
        let report = try await verify(keys)
        #expect(report.faults.isEmpty && report.entries == 20)
        // Neither key alone vouches for all of it.
        #expect(try await !verify(home.logKeys).faults.isEmpty)
        let store = try SQLiteAuditStore.openForReading(path: home.logPath)
        for position: Int64 in [3, 15] {
            let proof = try await ProofMaker(store: store, keys: keys).proof(ofEntryAt: position)
            #expect(proof.holds(for: keys) && keys.verifier(of: proof.checkpoint).publicKey == next.publicKey)
        }
        await store.close()
    }

    @Test func aKeyHoldsForItsPartOnly() async throws {
        try await rotate()
        let year = try #require(keys.handovers.first).place.year
        for (size, signer, holds) in [
            (9, home.signer, true), (10, home.signer, true), (11, home.signer, false),
            (9, next, false), (10, next, true), (11, next, true),
        ] as [(Int64, CheckpointSigner, Bool)] {
            let checkpoint = Checkpoint(origin: home.origin.origin(year: year), size: size, root: .empty)
            #expect(try SignedCheckpoint(signing: checkpoint, with: signer).isSigned(by: keys) == holds, "\(size)")
        }
        for (change, signer) in [(1, home.signer), (-1, next)] {
            let other = Checkpoint(origin: home.origin.origin(year: year + change), size: 10, root: .empty)
            #expect(try !SignedCheckpoint(signing: other, with: signer).isSigned(by: keys))
        }
    }

    /// What had expired before was signed for by the first key, and nothing later is.
    @Test func tombstonesHoldForTheKeyOfTheirTime() async throws {
        let aging = try await AgingLog()
        try await aging.fill(300)
        try await aging.grow(years: 7)
        #expect(try await aging.expire().before == 300)
        let keys = aging.sequencer.keys
        try await aging.sequencer.handOver(to: next) { _ in }
        try await aging.fill(300)
        try await aging.grow(years: 7)
        let before = try await aging.expire().before
        #expect(before > 600)
        let notes = try await aging.store.tombstones()
        for note in notes { #expect(throws: Never.self) { try Tombstone(parsing: note, keys: keys) } }
        let time = aging.home.clock.now()
        for (range, signer, holds) in [
            (0..<300, aging.home.signer, true), (0..<300, next, false), (300..<before, next, true),
            (300..<before, aging.home.signer, false), (0..<before, aging.home.signer, false), (0..<before, next, false),
        ] as [(Range<Int64>, CheckpointSigner, Bool)] {
            let note = try Tombstone(of: aging.home.origin, range: range, time: time, newest: 0, signer: signer).note
            let found = try? Tombstone(parsing: note, keys: keys)
            #expect((found != nil) == holds, "\(range)")
        }
        #expect(try await AuditVerifier(store: aging.store, keys: keys).verify().faults.isEmpty)
        await aging.close()
    }

    /// A log that was rewritten from before the handover is not what the older key signed.
    @Test func whatWasHandedOverMustBeInTheLog() async throws {
        try await rotate()
        var place = try #require(keys.handovers.first).checkpoint.checkpoint
        place.root = .leaf([1])
        let other = home.logKeys
        try other.handOver(at: try Handover(at: place, expired: 0, from: home.signer, to: next))
        #expect(try await verify(other).faults.contains { $0.kind == .forked })
    }

    /// Whoever trusts one of the keys is led to all of them by the file beside the log.
    @Test func theFileLeadsFromKeyToKey() async throws {
        try await rotate()
        for trusted in [home.signer, next] {
            let led = try file.keys(trusting: trusted.publicKey)
            #expect(led.all == keys.all && led.handovers == keys.handovers)
            #expect(try await verify(led).faults.isEmpty)
        }
        #expect(throws: AuditError.self) { try file.keys(trusting: try Self.signer(9).publicKey) }
        // A keys folder of before knows of no handover: that takes none out of the file.
        #expect(throws: AuditError.self) { try file.write([]) }
        #expect(try file.keys(trusting: home.signer.publicKey).handovers == keys.handovers)
    }

    /// Nothing in the file is believed that the keys before and after it did not sign.
    @Test func theFileIsNotTrusted() async throws {
        try await rotate()
        let path = URL(fileURLWithPath: home.folder.path + "/handovers")
        let true_ = try #require(keys.handovers.first)
        let stranger = try Self.signer(9)
        func write(_ notes: [[UInt8]]) throws {
            try Data(notes.map { Data($0).base64EncodedString() + "\n" }.joined().utf8).write(to: path)
        }
        // A checkpoint that the older key signed, with the signature of somebody else beside it, hands nothing over.
        let head = try SignedCheckpoint(signing: true_.checkpoint.checkpoint, with: home.signer)
        let key = CheckpointKey(name: head.checkpoint.origin, publicKey: stranger.publicKey)
        let line = Data(key.id + (try stranger.signature(of: head.body))).base64EncodedString()
        let both = try head.adding(Array("\u{2014} \(key.name) \(line)\n".utf8))
        #expect(both.isSigned(by: stranger.publicKey) && both.isSigned(by: home.signer.publicKey))
        // Nor does a handover of which one signature is somebody else's, or one to a key that did not sign.
        let changed = String(decoding: true_.checkpoint.note, as: UTF8.self).replacing(
            Data(next.publicKey).base64EncodedString(), with: Data(stranger.publicKey).base64EncodedString())
        for note in [both.note, Array(changed.utf8), Array("nonsense".utf8)] {
            try write([note])
            #expect(throws: AuditError.self) { try file.keys(trusting: home.signer.publicKey) }
        }
        // One that is missing in the middle, and one that goes back.
        let third = try Self.signer(10)
        var later = true_.checkpoint.checkpoint
        later.size = 15
        let second = try Handover(at: later, expired: 0, from: next, to: third)
        try write([true_.checkpoint.note, second.checkpoint.note])
        #expect(try file.keys(trusting: next.publicKey).all == keys.all + [third.publicKey])
        later.size = 9
        let earlier = try Handover(at: later, expired: 0, from: next, to: third)
        for notes in [[second, true_], [true_, earlier]] {
            try write(notes.map(\.checkpoint.note))
            #expect(throws: AuditError.self) { try file.keys(trusting: next.publicKey) }
        }
    }

    /// Whoever stole the older key can hand the log to a key of their own; who knows the newer one is not led there, and the
    /// log is not one that this key signed.
    @Test func anotherHandoverOfAnOlderKey() async throws {
        try await rotate()
        let thief = try Self.signer(9)
        let place = try #require(keys.handovers.first).checkpoint.checkpoint
        try file.write([try Handover(at: place, expired: 0, from: home.signer, to: thief)])
        #expect(throws: AuditError.self) { try file.keys(trusting: next.publicKey) }
        #expect(try await !verify(file.keys(trusting: home.signer.publicKey)).faults.isEmpty)
    }

    /// A handover that is not kept leaves the log with the key before.
    @Test func aHandoverThatFailed() async throws {
        try await withLog { log, sequencer in
            await #expect(throws: AuditError(.noEvidence, "the log has no entry yet")) {
                try await sequencer.handOver(to: next) { _ in }
            }
            try await record(3, log)
            let full = KeyError(.unavailable, "write log.key")
            await #expect(throws: full) {
                try await sequencer.handOver(to: next) { _ throws(KeyError) in throw full }
            }
            try await record(3, log)
            try await sequencer.sequenceAll()
        }
        #expect(keys.newest == home.signer.publicKey)
        #expect(try await verify(home.logKeys).faults.isEmpty)
    }

    /// While nobody knows which of two keys a crash would leave, neither signs; then the handover is gone on with by itself.
    @Test func aHandoverThatMayHaveBeenKept() async throws {
        let calls = Calls()
        try await withLog { log, sequencer in
            try await record(3, log)
            let unsettled = KeyError(.unsettled, "flush the folder of log.key")
            await #expect(throws: unsettled) {
                try await sequencer.handOver(to: next) { handover throws(KeyError) in
                    if calls.add(handover) == 1 { throw unsettled }
                    if calls.count == 2 { throw KeyError(.unavailable, "the disk is away") }
                }
            }
            try await record(3, log)
            await #expect(throws: KeyError.self) { try await sequencer.sequenceAll() }
            #expect(try await log.store.head(of: 2026)?.size == 3)
            #expect(keys.newest == home.signer.publicKey)
            try await sequencer.sequenceAll()
            #expect(try await log.store.head(of: 2026)?.size == 6)
        }
        #expect(calls.count == 3 && calls.isOneHandover && keys.newest == next.publicKey)
        #expect(try await verify(keys).faults.isEmpty)
    }

    private final class Calls: Sendable {
        private let seen = Mutex<[Handover]>([])
        var count: Int { seen.withLock(\.count) }
        var isOneHandover: Bool { seen.withLock { Set($0).count == 1 } }

        func add(_ handover: Handover) -> Int {
            seen.withLock {
                $0.append(handover)
                return $0.count
            }
        }
    }

    /// While entries come and are sequenced, no checkpoint of a key goes past its handover.
    @Test func whileEntriesCome() async throws {
        try await withLog { log, sequencer in
            try await record(1, log)
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask { for _ in 0..<20 { try await record(5, log) } }
                    group.addTask { for _ in 0..<20 { try await sequencer.sequenceAll() } }
                }
                group.addTask {
                    for seed in UInt8(20)..<25 { try await sequencer.handOver(to: try Self.signer(seed)) { _ in } }
                }
                try await group.waitForAll()
            }
            try await sequencer.sequenceAll()
        }
        #expect(keys.handovers.count == 5)
        let report = try await verify(keys)
        #expect(report.faults.isEmpty && report.entries == 401)
    }

    /// A verifier that read the keys before a rotation, and the log after it, looks again.
    @Test func aVerifierFollowsARotation() async throws {
        try await withLog { log, sequencer in
            try await record(3, log)
            try await sequencer.sequenceAll()
        }
        let led = try file.keys(trusting: home.signer.publicKey)
        #expect(led.all == [home.signer.publicKey])
        try await rotate()
        #expect(try await verify(led).faults.isEmpty)
        #expect(led.all == keys.all)
    }
}
