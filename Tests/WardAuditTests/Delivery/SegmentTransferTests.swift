import Foundation
import Synchronization
import Testing
@testable import WardAudit
import WardDatabase
import WardSQLite
import WardTesting

/// Segments that a server hands out, taken over by somebody else.
@Suite struct SegmentTransferTests {
    private func ship(_ home: Home, to archive: MemoryArchive) async throws {
        let store = try SQLiteAuditStore.openForReading(path: home.logPath)
        try await SegmentShipping(
            of: store, keys: home.logKeys, to: archive, interval: 0, retention: try AuditRetention(years: 6), clock: home.clock
        ).deliverAll()
        await store.close()
    }

    private func transfer(_ home: Home, _ source: MemoryArchive, _ archive: MemoryArchive) async throws -> SegmentTransfer.Summary {
        try await SegmentTransfer(from: source, to: archive, trusting: home.signer.publicKey).run()
    }

    @Test func eachIsTakenOnceAndTheLogIsRebuiltFromThem() async throws {
        let (home, source, archive) = (try Home(), MemoryArchive(), MemoryArchive())
        for round in 1...3 {
            try await home.fill(50)
            if round == 3 { home.clock.advance(by: .seconds(366 * 86_400)) }
            try await home.fill(10)
            try await ship(home, to: source)
            let summary = try await transfer(home, source, archive)
            #expect(summary.taken >= 1 && summary.archived == Int64(60 * round) && summary.refused == [])
            #expect(try await transfer(home, source, archive).taken == 0)
        }
        let fresh = try SQLiteAuditStore.open(path: home.logPath + ".restored")
        #expect(try await LogRestore(from: archive, keys: home.logKeys).run(into: fresh).entries == 180)
        await fresh.close()
    }

    /// Also who has the log's key, and makes another log of it, cannot have it follow from what was taken.
    @Test func anotherLogOfTheSameKeyIsNotTaken() async throws {
        let (home, other, archive) = (try Home(), try Home(), MemoryArchive())
        let (source, forged) = (MemoryArchive(), MemoryArchive())
        for (log, place) in [(home, source), (other, forged)] {
            for _ in 0..<2 {
                try await log.fill(50)
                try await ship(log, to: place)
            }
        }
        let second = "2026/000000000000050-000000000000100.segment"
        let first = "2026/000000000000000-000000000000050.segment"
        let (begin, end) = (source.segments.withLock { $0[first] }, forged.segments.withLock { $0[second] })
        let mixed = MemoryArchive()
        mixed.segments.withLock { $0 = [first: begin ?? [], second: end ?? []] }
        let summary = try await transfer(home, mixed, archive)
        #expect(summary.taken == 1 && summary.archived == 50)
        #expect(summary.refused == [ArchiveFinding(name: second, what: "does not follow from what was taken before")])
        #expect(try await archive.names() == [first])
    }

    @Test func whatProvesNothingIsNamedAndHoldsNothingUp() async throws {
        let (home, source, archive) = (try Home(), MemoryArchive(), MemoryArchive())
        try await home.fill(50)
        try await ship(home, to: source)
        source.segments.withLock { $0["2026/000000000000000-000000000000049.segment"] = [1] }
        archive.segments.withLock { $0["2026/000000000000000-000000000000050.segment"] = nil }
        let summary = try await transfer(home, source, archive)
        #expect(summary.taken == 1 && summary.archived == 50)
        #expect(summary.refused.map(\.name) == ["2026/000000000000000-000000000000049.segment"])
    }
}
