import Foundation
import Synchronization
import Testing
@testable import WardAudit
import WardDatabase
import WardSQLite
import WardTesting

/// The log in segments, shipped to an archive and rebuilt from it.
@Suite struct SegmentTests {
    private func shipping(_ home: Home, _ store: SQLiteAuditStore, to archive: MemoryArchive, every interval: Int64 = 0) throws -> SegmentShipping {
        SegmentShipping(
            of: store, keys: home.logKeys, to: archive, interval: interval, retention: try AuditRetention(years: 6),
            clock: home.clock)
    }

    /// A log of three years, the middle one of more than one segment.
    private func threeYears(_ home: Home) async throws {
        try await home.fill(300)
        home.clock.advance(by: .seconds(366 * 86_400))
        try await home.fill(20_000, steps: 10)
        home.clock.advance(by: .seconds(366 * 86_400))
        try await home.fill(5)
    }

    @Test func aLogIsRebuiltFromItsSegments() async throws {
        let home = try Home(), archive = MemoryArchive()
        try await threeYears(home)
        let store = try SQLiteAuditStore.openForReading(path: home.logPath)
        let shipping = try shipping(home, store, to: archive)
        try await shipping.deliverAll()
        #expect(try await shipping.position() == 20_305)
        #expect(try await shipping.step(everything: true) == false)
        #expect(archive.segments.withLock(\.count) >= 4)
        let fresh = try SQLiteAuditStore.open(path: home.logPath + ".restored")
        let summary = try await LogRestore(from: archive, keys: home.logKeys).run(into: fresh)
        #expect(summary.entries == 20_305)
        let report = try await AuditVerifier(store: fresh, keys: home.logKeys, anchor: try home.anchor.read()).verify()
        #expect(report.faults == [] && report.entries == 20_305)
        #expect(try await fresh.state().books == store.state().books)
        let (old, new) = (
            try await store.entries(from: 12_345, limit: 50, maximumBytes: 1 << 20),
            try await fresh.entries(from: 12_345, limit: 50, maximumBytes: 1 << 20))
        #expect(old.bytes == new.bytes && old.positions == new.positions)
        await store.close()
        await fresh.close()
    }

    @Test func theRebuiltLogGoesOnFromTheOutboxThatItKnew() async throws {
        let home = try Home(), archive = MemoryArchive()
        let store = try SQLiteAuditStore.open(path: home.logPath)
        let log = try await home.open(store)
        for number in 1...3 {
            var entry = try log.seal(Home.writeEvent()).entry
            EntryHeader.setSequence(UInt64(number), in: &entry)
            let id = try EntryHeader(parsing: entry).eventID
            _ = try await store.relay([entry], from: try await store.state().cursor, to: OutboxCursor(number: Int64(number), event: id))
        }
        try await log.record(Home.writeEvent())
        try await Sequencer(log: log, signer: home.signer, heartbeat: 0).sequenceAll()
        try await shipping(home, store, to: archive).deliverAll()
        let fresh = try SQLiteAuditStore.open(path: home.logPath + ".restored")
        _ = try await LogRestore(from: archive, keys: home.logKeys).run(into: fresh)
        #expect(try await fresh.state().cursor == store.state().cursor)
        #expect(try await fresh.state().cursor.number == 3)
        await store.close()
        await fresh.close()
    }

    @Test(arguments: FaultyAuditStore.Moment.allCases) func shippingGoesOnAfterAnyInterruption(moment: FaultyAuditStore.Moment) async throws {
        let home = try Home(), archive = MemoryArchive()
        for round in 0..<4 {
            try await home.fill(100 + round)
            let store = try SQLiteAuditStore.openForReading(path: home.logPath)
            archive.failure.withLock { $0 = moment }
            // A new shipping each time: what it remembered is gone, as after a crash.
            let interrupted = try shipping(home, store, to: archive)
            await #expect(throws: AuditError.self) { try await interrupted.deliverAll() }
            archive.failure.withLock { $0 = nil }
            try await shipping(home, store, to: archive).deliverAll()
            await store.close()
        }
        let fresh = try SQLiteAuditStore.open(path: home.logPath + ".restored")
        let summary = try await LogRestore(from: archive, keys: home.logKeys).run(into: fresh)
        #expect(summary.entries == 406)
        await fresh.close()
    }

    @Test func aSegmentIsCutWhenItIsDue() async throws {
        let home = try Home(), archive = MemoryArchive()
        try await home.fill(10)
        let store = try SQLiteAuditStore.openForReading(path: home.logPath)
        // Filling moves the clock by 700 seconds.
        let shipping = try shipping(home, store, to: archive, every: 900_000_000)
        #expect(try await shipping.step(everything: false) == false)
        home.clock.advance(by: .seconds(200))
        #expect(try await shipping.step(everything: false))
        #expect(archive.segments.withLock { Array($0.keys) } == ["2026/000000000000000-000000000000010.segment"])
        await store.close()
    }

    @Test func everyChangedByteOfASegmentShows() async throws {
        let home = try Home(), archive = MemoryArchive()
        try await home.fill(3)
        let store = try SQLiteAuditStore.openForReading(path: home.logPath)
        try await shipping(home, store, to: archive).deliverAll()
        await store.close()
        let name = try #require(try await archive.names().first)
        let bytes = try #require(try await archive.get(name))
        #expect(try Segment(parsing: bytes, keys: home.logKeys).bytes == bytes)
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 0x11
            #expect(throws: AuditError.self, "byte \(index)") { try Segment(parsing: changed, keys: home.logKeys) }
        }
        for count in [0, 7, 40, bytes.count - 1] {
            #expect(throws: AuditError.self) { try Segment(parsing: Array(bytes.prefix(count)), keys: home.logKeys) }
        }
    }

    @Test func aMissingSegmentIsNamed() async throws {
        let home = try Home(), archive = MemoryArchive()
        for _ in 0..<3 {
            try await home.fill(50)
            let store = try SQLiteAuditStore.openForReading(path: home.logPath)
            try await shipping(home, store, to: archive).deliverAll()
            await store.close()
        }
        let names = try await archive.names()
        #expect(names.count == 3)
        for name in names.dropLast() {
            let kept = archive.segments.withLock { $0.removeValue(forKey: name) }
            let fresh = try SQLiteAuditStore.open(path: home.folder.path + "/\(UUID()).db")
            await #expect(throws: AuditError.self) {
                _ = try await LogRestore(from: archive, keys: home.logKeys).run(into: fresh)
            }
            await fresh.close()
            archive.segments.withLock { $0[name] = kept }
        }
    }

    @Test func anotherLogIsNotShippedOverThisOne() async throws {
        let (home, other, archive) = (try Home(), try Home(), MemoryArchive())
        try await home.fill(50)
        try await other.fill(60)
        for one in [home, other] {
            let store = try SQLiteAuditStore.openForReading(path: one.logPath)
            let shipping = try shipping(one, store, to: archive)
            if one === home {
                try await shipping.deliverAll()
            } else {
                await #expect(throws: AuditError.self) { try await shipping.deliverAll() }
            }
            await store.close()
        }
    }

    @Test func aFolderKeepsWhatItIsGiven() async throws {
        let home = try Home()
        let folder = home.folder.path + "/archive"
        let archive = FolderArchive(folder: folder)
        try await archive.probe()
        let name = "2026/000000000000000-000000000000003.segment"
        #expect(try await archive.put([1, 2, 3], as: name, until: 0))
        #expect(try await archive.put([4], as: name, until: 0) == false)
        #expect(try await archive.get(name) == [1, 2, 3])
        #expect(try await archive.names() == [name])
        #expect(try await archive.get("../secret") == nil)
        await #expect(throws: AuditError.self) { _ = try await archive.put([1], as: "../x", until: 0) }
        let mode = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")[.posixPermissions] as? Int
        #expect(mode == 0o400)
        // The folder of the test can be removed again.
        FolderArchive.setImmutable("\(folder)/\(name)", false)
    }

    @Test(arguments: [5, 101]) func retentionHasAFloor(years: Int) {
        #expect(throws: AuditError.self) { try AuditRetention(years: years) }
    }
}
