import Foundation
import Synchronization
import Testing
@testable import WardAudit
import WardDatabase
import WardSQLite
import WardTesting

/// What lies in an archive that should not, and what is missing there.
@Suite struct ArchiveTests {
    /// A log of three segments, its archive, and the file that says how far it was shipped.
    private struct Shipped {
        let home: Home
        let archive = MemoryArchive()
        var mark: DeliveryMarkFile { DeliveryMarkFile(path: home.folder.path + "/sent") }

        init() async throws {
            home = try Home()
            for _ in 0..<3 { _ = try await grow() }
        }

        func grow() async throws -> SegmentShipping {
            try await home.fill(50)
            return try await ship()
        }

        /// Ships as a program does that begins.
        func ship() async throws -> SegmentShipping {
            let store = try SQLiteAuditStore.openForReading(path: home.logPath)
            let shipping = SegmentShipping(
                of: store, keys: home.logKeys, to: archive, interval: 0, retention: try AuditRetention(years: 6), mark: mark,
                clock: home.clock)
            do {
                try await shipping.deliverAll()
            } catch {
                await store.close()
                throw error
            }
            await store.close()
            return shipping
        }

        /// Rebuilds the log, and checks that all of it is there.
        func rebuild(entries: Int64) async throws -> LogRestore.Summary {
            let fresh = try SQLiteAuditStore.open(path: home.folder.path + "/\(UUID()).db")
            let summary = try await LogRestore(from: archive, keys: home.logKeys).run(into: fresh)
            let anchor = try home.anchor.read()
            let report = try await AuditVerifier(store: fresh, keys: home.logKeys, anchor: anchor).verify()
            #expect(report.faults == [] && report.entries == entries && summary.entries == entries)
            await fresh.close()
            return summary
        }

        func names() async throws -> [String] { try await archive.names() }
    }

    @Test func whatProvesNothingIsPassedOverUnderAnyName() async throws {
        let shipped = try await Shipped()
        try await shipped.home.fill(50)
        let junk = Array("junk".utf8)
        shipped.archive.segments.withLock { segments in
            // The next name, and one that says it has everything.
            segments["2026/000000000000150-000000000000200.segment"] = junk
            segments["2026/000000000000000-000000000999999.segment"] = junk
            segments["2026/000000000000000-000000000000099.expired"] = junk
            segments["zzz"] = junk
        }
        let shipping = try await shipped.ship()
        #expect(Set(shipping.findings().map(\.name)) == [
            "2026/000000000000150-000000000000200.segment", "2026/000000000000000-000000000999999.segment",
            "2026/000000000000000-000000000000099.expired",
        ])
        #expect(try await shipped.names().contains("2026/000000000000150-000000000000200.1.segment"))
        let summary = try await shipped.rebuild(entries: 200)
        #expect(Set(summary.passedOver.map(\.name)).count == 3)
        // Nothing is shipped twice.
        let count = try await shipped.names().count
        _ = try await shipped.ship()
        #expect(try await shipped.names().count == count)
    }

    @Test(arguments: [[0], [1], [0, 1], [2], [1, 2]]) func whatIsMissingIsToldAndShippedAgain(missing: [Int]) async throws {
        let shipped = try await Shipped()
        let names = try await shipped.names()
        #expect(names.count == 3)
        shipped.archive.segments.withLock { segments in for index in missing { segments[names[index]] = nil } }
        let shipping = try await shipped.ship()
        let found = shipping.findings()
        #expect(found.count == 1 && found.first?.what == "is not there any more")
        #expect(found.first.flatMap { SegmentName($0.name) }?.leaves == Int64(50 * missing[0])..<Int64(50 * (missing.last! + 1)))
        _ = try await shipped.rebuild(entries: 150)
        #expect(try await shipped.ship().findings() == [])
    }

    @Test(arguments: [0, 1, 2], [40, -1]) func whatWasChangedIsToldAndShippedAgain(segment: Int, place: Int) async throws {
        let shipped = try await Shipped()
        let name = try await shipped.names()[segment]
        shipped.archive.segments.withLock { segments in
            if place < 0 { segments[name]?.append(0) } else { segments[name]?[place] ^= 1 }
        }
        let shipping = try await shipped.ship()
        #expect(shipping.findings().first?.name == name)
        #expect(try await shipped.names().count == 4)
        let summary = try await shipped.rebuild(entries: 150)
        #expect(summary.passedOver.map(\.name) == [name])
        _ = try await shipped.grow()
        _ = try await shipped.rebuild(entries: 200)
    }

    @Test func anEmptiedArchiveGetsNothing() async throws {
        let shipped = try await Shipped()
        shipped.archive.segments.withLock { $0 = [:] }
        await #expect(throws: AuditError.self) { _ = try await shipped.ship() }
        #expect(try await shipped.names() == [])
        try FileManager.default.removeItem(atPath: shipped.home.folder.path + "/sent")
        _ = try await shipped.ship()
        _ = try await shipped.rebuild(entries: 150)
    }

    @Test func whatIsUnknownIsSaidToBeUnknown() async throws {
        let shipped = try await Shipped()
        let store = try SQLiteAuditStore.open(path: shipped.home.logPath)
        let log = try await shipped.home.open(store)
        _ = try await log.record((0..<7).map { _ in Home.writeEvent() }, releasing: ())
        let shipping = SegmentShipping(
            of: store, keys: shipped.home.logKeys, to: shipped.archive, interval: 0, retention: try AuditRetention(years: 6),
            mark: shipped.mark, clock: shipped.home.clock)
        let service = DeliveryService(shipping, of: log, alarm: .seconds(60))
        shipped.archive.isAway.withLock { $0 = true }
        shipped.home.clock.advance(by: .seconds(120))
        let status = await service.deliver()
        #expect(status.delivered == nil && status.waiting == nil && status.reason == "away" && status.isBehind)
        // The alarm still knows how much waits, by how far it was when it could last be asked.
        let sealed = SealedLog(
            store: store, sealer: EntrySealer(origin: shipped.home.origin, keys: Home.keys), keys: shipped.home.logKeys)
        let end = try await store.state().nextPosition
        let last = try await store.entries(from: end - 1, limit: 1, maximumBytes: 1)
        #expect(try sealed.entry(Array(last[0]), at: end - 1).event.count == 7)
        await store.close()
    }

    @Test func findingsAreToldOnce() async throws {
        let shipped = try await Shipped()
        let name = try await shipped.names()[1]
        shipped.archive.segments.withLock { $0[name] = nil }
        let store = try SQLiteAuditStore.open(path: shipped.home.logPath)
        let log = try await shipped.home.open(store)
        let shipping = SegmentShipping(
            of: store, keys: shipped.home.logKeys, to: shipped.archive, interval: 0, retention: try AuditRetention(years: 6),
            mark: shipped.mark, clock: shipped.home.clock)
        let service = DeliveryService(shipping, of: log, alarm: .seconds(60))
        for _ in 0..<2 {
            let status = await service.deliver()
            #expect(status.findings == ["\(name): is not there any more"] && status.reason == nil)
        }
        let told = try await store.entries(from: 150, limit: 10, maximumBytes: 1 << 20)
        let sealer = EntrySealer(origin: shipped.home.origin, keys: Home.keys)
        let events = try (0..<told.count).map { try sealer.open(Array(told[$0])).1 }
        #expect(events.filter { $0.kind == .delivery && $0.reason == "archive-differs" }.count == 1)
        await store.close()
    }

    /// Many names of nothing change nothing of what is there, and no more of them are listed than anybody reads.
    @Test func namesThatProveNothingChangeNothing() async throws {
        let shipped = try await Shipped()
        shipped.archive.segments.withLock { segments in
            for number in 0..<3_000 { segments[Self.name(number).text] = [] }
        }
        let names = try await shipped.names()
        #expect(try await shipped.ship().findings().count == 100)
        #expect(try await shipped.names() == names)
    }

    /// Sixteen times as many names cost some sixteen times as much; where each is looked for among all others, 256 times. Counted is
    /// the time of this thread, in which what else the machine does has no part.
    @Test func namesCostNoMoreThanReadingThem() {
        func cost(_ count: Int) -> Duration {
            let names = (0..<count).map { Self.name($0) }
            var holdings = ArchiveHoldings(names: names.map(\.text))
            let begun = processorTime()
            for name in holdings.farthest(.segment) {
                _ = holdings.copies(of: name)
                _ = holdings.reaching(name.leaves.lowerBound, of: name.year).first { _ in true }
            }
            holdings.refuse(Set(names))
            return processorTime() - begun
        }
        let costs = [2_000, 32_000].map { count in (0..<3).map { _ in cost(count) }.min() ?? .zero }
        #expect(costs[1] < costs[0] * 64)
    }

    /// A name of a year that no log has, one of many with leaves between them.
    private static func name(_ number: Int) -> SegmentName {
        SegmentName(year: 9_999, leaves: Int64(10 * number)..<Int64(10 * number + 5))
    }

    /// Nothing signs where a segment says that it stands; what lies before it does.
    @Test(arguments: [("2026/000000000000050-000000000000150.segment", 50, 1), ("2026/000000000000000-000000000000100.segment", 0, 1),
                      ("2026/000000000000050-000000000000100.1.segment", 50, .max)] as [(String, Int64, Int64)])
    func aSegmentThatLiesAboutItsPlaceIsPassedOver(name: String, start: Int64, add: Int64) async throws {
        let shipped = try await Shipped()
        let keys = shipped.home.logKeys
        let parts = try shipped.archive.segments.withLock { $0 }.sorted { $0.key < $1.key }
            .map { try Segment(parsing: $0.value, keys: keys) }
        let end = try #require(SegmentName(name)).leaves.upperBound
        let joined = parts.filter { $0.leaves.lowerBound >= start && $0.leaves.upperBound <= end }
        let position = joined[0].position.addingReportingOverflow(add)
        let liar = Segment(
            year: 2_026, leaves: start..<end, position: position.overflow ? .max : position.partialValue,
            checkpoint: try #require(joined.last).checkpoint, peaks: joined[0].peaks, content: joined.flatMap(\.content))
        shipped.archive.segments.withLock { $0[name] = liar.bytes }
        let summary = try await shipped.rebuild(entries: 150)
        #expect(summary.passedOver.map(\.name) == [name])
        #expect(try await shipped.ship().findings().map(\.name) == [name])
    }

    /// Who has the log's key can sign another log: beside the true segments it counts for nothing.
    @Test func aSegmentOfAnotherLogIsPassedOver() async throws {
        let (shipped, other) = (try await Shipped(), try await Shipped())
        let name = "2026/000000000000050-000000000000100.segment", beside = name.replacing(".segment", with: ".1.segment")
        let forged = try #require(other.archive.segments.withLock { $0[name] })
        shipped.archive.segments.withLock { $0[beside] = forged }
        let summary = try await shipped.rebuild(entries: 150)
        #expect(summary.passedOver == [ArchiveFinding(name: beside, what: "contradicts what others say of the same entries")])
    }

    @Test func names() {
        for name in ["2026/000000000000000-000000000000010.segment", "2026/000000000000000-000000000000010.3.segment"] {
            #expect(SegmentName(name)?.text == name)
        }
        for wrong in [
            "2026/000000000000000.segment", "2026/000000000000010-000000000000010.segment", "2026/0-10.segment",
            "2026/000000000000000-000000000000010.0.segment", "2026/000000000000000-000000000000010.99.segment",
            "x/000000000000000-000000000000010.segment",
            "2026/000000000000000-9223372036854775807.segment", "../000000000000000-000000000000010.segment", "2026", "",
        ] {
            #expect(SegmentName(wrong) == nil, "\(wrong)")
        }
        var holdings = ArchiveHoldings(names: ["2026/000000000000005-000000000000010.segment", "2026/000000000000020-000000000000030.segment"])
        #expect(holdings.end(of: 2_026, from: 0) == 0 && holdings.end(of: 2_026, from: 7) == 10)
        #expect(holdings.beginning(of: 2_026, after: 0) == 5 && holdings.beginning(of: 2_026, after: 20) == nil)
        holdings.add(SegmentName(year: 2_026, leaves: 8..<21))
        #expect(holdings.end(of: 2_026, from: 5) == 30 && holdings.newest?.leaves == 20..<30)
        holdings.refuse([SegmentName(year: 2_026, leaves: 8..<21)])
        #expect(holdings.end(of: 2_026, from: 5) == 10 && holdings.segments.count == 2)
    }
}
