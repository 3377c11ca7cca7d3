import Crypto
import Foundation
import Synchronization
import Testing
@testable import WardAudit
import WardDatabase
import WardSQLite
import WardTesting

/// A log delivered to a receiver that can be out of reach.
@Suite struct DeliveryTests {
    /// Takes messages, or not.
    private final class Receiver: Sendable {
        let state = Mutex((frames: [UInt8](), isUp: true, losesAnswer: false, connections: 0))

        func send(_ frames: [UInt8]) throws {
            try state.withLock { state in
                guard state.isUp else { throw AuditError(.unavailable, "down") }
                state.frames += frames
                state.connections += 1
                if state.losesAnswer { throw AuditError(.unavailable, "cut") }
            }
        }

        /// The numbers of the entries that came, in order.
        var entries: [Int64] {
            let text = String(decoding: state.withLock(\.frames), as: UTF8.self)
            return text.matches(of: /entry="([0-9]+)"/).compactMap { Int64($0.1) }
        }
    }

    private struct Parts {
        let home: Home
        let store: SQLiteAuditStore
        let log: AuditLog
        let sequencer: Sequencer
        let receiver = Receiver()
        let delivery: SyslogDelivery

        init() async throws {
            let home = try Home()
            self.home = home
            store = try SQLiteAuditStore.open(path: home.logPath)
            log = try await home.open(store)
            sequencer = Sequencer(log: log, signer: home.signer, anchor: home.anchor, heartbeat: 0)
            let receiver = receiver
            delivery = SyslogDelivery(
                of: SealedLog(
                    store: store, sealer: EntrySealer(origin: home.origin, keys: Home.keys), keys: home.logKeys),
                as: SyslogFormat(host: "h", log: home.origin.prefix, enterprise: 1),
                mark: DeliveryMarkFile(path: home.folder.path + "/sent"), send: { try receiver.send($0) })
        }

        func write(_ count: Int) async throws {
            for start in stride(from: 0, to: count, by: 1_000) {
                _ = try await log.record((start..<min(start + 1_000, count)).map { _ in Home.writeEvent() }, releasing: ())
            }
            try await sequencer.sequenceAll()
        }
    }

    @Test func eachEntryArrivesOnceAndInOrder() async throws {
        let parts = try await Parts()
        try await parts.write(4_500)
        try await parts.delivery.deliverAll()
        try await parts.write(3)
        try await parts.delivery.deliverAll()
        try await parts.delivery.deliverAll()
        #expect(parts.receiver.entries == Array(0..<4_503))
        #expect(parts.receiver.state.withLock(\.connections) == 4)
        #expect(try await parts.delivery.position() == 4_503)
        await parts.store.close()
    }

    @Test func onlyWhatIsSignedLeaves() async throws {
        let parts = try await Parts()
        try await parts.write(5)
        try await parts.log.record(Home.writeEvent())
        try await parts.delivery.deliverAll()
        #expect(parts.receiver.entries == Array(0..<5))
        await parts.store.close()
    }

    @Test func aReceiverThatIsDownMissesNothing() async throws {
        let parts = try await Parts()
        try await parts.write(10)
        parts.receiver.state.withLock { $0.isUp = false }
        await #expect(throws: AuditError.self) { try await parts.delivery.deliverAll() }
        try await parts.write(10)
        parts.receiver.state.withLock { $0.isUp = true }
        try await parts.delivery.deliverAll()
        #expect(parts.receiver.entries == Array(0..<20))
        await parts.store.close()
    }

    @Test func whatWasNotConfirmedComesAgainUnderTheSameNumber() async throws {
        let parts = try await Parts()
        try await parts.write(10)
        parts.receiver.state.withLock { $0.losesAnswer = true }
        await #expect(throws: AuditError.self) { try await parts.delivery.deliverAll() }
        parts.receiver.state.withLock { $0.losesAnswer = false }
        try await parts.delivery.deliverAll()
        #expect(parts.receiver.entries == Array(0..<10) + Array(0..<10))
        #expect(Set(parts.receiver.entries) == Set(0..<10))
        await parts.store.close()
    }

    @Test func aLogThatWasSetBackIsNotDelivered() async throws {
        let parts = try await Parts()
        try await parts.write(10)
        try await parts.delivery.deliverAll()
        await parts.store.close()
        let other = try Home()
        try await other.fill(20)
        for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: parts.home.logPath + ending) }
        try FileManager.default.copyItem(atPath: other.logPath, toPath: parts.home.logPath)
        let store = try SQLiteAuditStore.openForReading(path: parts.home.logPath)
        let mark = try DeliveryMarkFile(path: parts.home.folder.path + "/sent").read()
        await #expect(throws: AuditError.self) { try await mark.check(store) }
        #expect(mark.position == 10)
        await store.close()
    }

    @Test func theAlarmIsRaisedOnceAndTakenBack() async throws {
        let parts = try await Parts()
        let service = DeliveryService(parts.delivery, of: parts.log, alarm: .seconds(60))
        try await parts.write(10)
        parts.receiver.state.withLock { $0.isUp = false }
        #expect(await service.deliver().isBehind == false)
        parts.home.clock.advance(by: .seconds(61))
        let status = await service.deliver()
        #expect(status.isBehind && (status.waiting ?? 0) >= 10 && status.oldestSeconds == 61 && status.reason == "down")
        _ = await service.deliver()
        #expect(throws: AuditError.self) { try service.requireTimely() }
        parts.receiver.state.withLock { $0.isUp = true }
        try await parts.sequencer.sequenceAll()
        #expect(await service.deliver().isBehind == false)
        try service.requireTimely()
        try await parts.sequencer.sequenceAll()
        _ = await service.deliver()
        let text = String(decoding: parts.receiver.state.withLock(\.frames), as: UTF8.self)
        #expect(text.components(separatedBy: "ward - delivery ").count == 3, "once behind, once caught up")
        await parts.store.close()
    }

    @Test func aRunningServiceDeliversByItself() async throws {
        let parts = try await Parts()
        try await parts.write(10)
        let service = DeliveryService(parts.delivery, of: parts.log, alarm: .seconds(60))
        let running = Task { try await service.run() }
        let end = ContinuousClock.now + .seconds(600)
        while parts.receiver.entries.count < 10, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(20)) }
        try await parts.write(5)
        // Who asks waits for a while, and not for as long as a task may wait for its turn here.
        var status = await service.deliver()
        while (status.delivered ?? 0) < 15, ContinuousClock.now < end { status = await service.deliver() }
        #expect(status.delivered == 15 && status.waiting == 0)
        running.cancel()
        try await running.value
        #expect(parts.receiver.entries == Array(0..<15))
        await parts.store.close()
    }

    @Test func anEntryWhoseKeyIsGoneStillLeaves() async throws {
        let parts = try await Parts()
        try await parts.write(2)
        let other = AuditKeys(auditKey: SymmetricKey(size: .bits256), pseudonymKey: SymmetricKey(size: .bits256))
        let log = SealedLog(
            store: parts.store, sealer: EntrySealer(origin: parts.home.origin, keys: other), keys: parts.home.logKeys)
        var reasons: [String?] = []
        try await log.scan(0..<2) { reasons.append($0.event.reason); return true }
        #expect(reasons == ["sealed", "sealed"])
        await parts.store.close()
    }
}
