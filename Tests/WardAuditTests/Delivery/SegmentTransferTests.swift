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
        #expect(summary.refused == [ArchiveFinding(name: second, what: ArchiveChain.contradicts)])
        #expect(try await archive.names() == [first])
    }

    /// Nor does the next book of that other log follow from the end of this one, though it has as many entries.
    @Test func theNextBookOfAnotherLogIsNotTaken() async throws {
        let (home, other, archive) = (try Home(), try Home(), MemoryArchive())
        let (source, names) = try await twoBooks(home)
        let (forged, _) = try await twoBooks(other)
        let mixed = MemoryArchive()
        let (begin, end) = (source.segments.withLock { $0[names[0]] }, forged.segments.withLock { $0[names[1]] })
        mixed.segments.withLock { $0 = [names[0]: begin ?? [], names[1]: end ?? []] }
        let summary = try await transfer(home, mixed, archive)
        #expect(summary.taken == 1 && summary.archived == 50)
        #expect(summary.refused == [ArchiveFinding(name: names[1], what: ArchiveChain.contradicts)])
        let rest = try await transfer(home, source, archive)
        #expect(rest.taken == 1 && rest.archived == 60 && rest.refused == [])
    }

    /// Nothing signs where a book begins: it begins where the one before ends.
    @Test func aBookThatLiesAboutItsPlaceIsPassedOver() async throws {
        let (home, archive) = (try Home(), MemoryArchive())
        let (source, names) = try await twoBooks(home)
        let lie = ArchiveFinding(name: names[1], what: ArchivePiece.misplaced)
        let end = source.segments.withLock { segments in
            let end = segments[names[1]] ?? []
            segments[names[1]]?.replaceSubrange(28..<36, with: [0, 0, 0, 0, 0, 0, 0, 51])
            return end
        }
        let summary = try await transfer(home, source, archive)
        #expect(summary.taken == 1 && summary.archived == 50 && summary.refused == [lie], "\(summary)")
        source.segments.withLock { $0[names[1].replacing(".segment", with: ".1.segment")] = end }
        let fresh = try SQLiteAuditStore.open(path: home.logPath + ".restored")
        let restored = try await LogRestore(from: source, keys: home.logKeys).run(into: fresh)
        #expect(restored.entries == 60 && restored.passedOver == [lie])
        await fresh.close()
    }

    /// A log of two years, each a segment of an archive that hands them out.
    private func twoBooks(_ home: Home) async throws -> (MemoryArchive, names: [String]) {
        let source = MemoryArchive()
        try await home.fill(50)
        home.clock.advance(by: .seconds(366 * 86_400))
        try await home.fill(10)
        try await ship(home, to: source)
        let names = try await source.names()
        try #require(names.count == 2)
        return (source, names)
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

    /// Three segments of a log in an archive that hands them out.
    private func three(_ home: Home) async throws -> (MemoryArchive, names: [String]) {
        let source = MemoryArchive()
        for _ in 0..<3 {
            try await home.fill(50)
            try await ship(home, to: source)
        }
        return (source, try await source.names())
    }

    @Test func nothingIsTakenBehindAHole() async throws {
        let (home, archive) = (try Home(), MemoryArchive())
        let (source, names) = try await three(home)
        let middle = source.segments.withLock { $0.removeValue(forKey: names[1]) }
        let summary = try await transfer(home, source, archive)
        #expect(summary.taken == 1 && summary.archived == 50)
        #expect(summary.refused.map(\.name) == [names[1]] && summary.refused[0].what.hasPrefix("is missing"))
        source.segments.withLock { $0[names[1]] = middle }
        let filled = try await transfer(home, source, archive)
        #expect(filled.taken == 2 && filled.archived == 150 && filled.refused == [])
    }

    /// The end of another log, put there where a hole lies before it, does not take the place of the true one.
    @Test func theEndOfAnotherLogIsNotTakenBehindAHole() async throws {
        let (home, other, archive) = (try Home(), try Home(), MemoryArchive())
        let (source, names) = try await three(home)
        let (forged, _) = try await three(other)
        let first = source.segments.withLock { $0[names[0]] }
        let end = forged.segments.withLock { $0[names[2]] ?? [] }
        for handed in [[names[2]: end], [names[0]: first ?? [], names[2]: end]] {
            let mixed = MemoryArchive()
            mixed.segments.withLock { $0 = handed }
            let summary = try await transfer(home, mixed, archive)
            #expect(summary.refused.count == 1 && summary.refused[0].what.hasPrefix("is missing"))
        }
        #expect(try await transfer(home, source, archive).archived == 150)
        // And where all is there, what contradicts it is told, also under the same name.
        let again = try await transfer(home, forged, archive)
        #expect(again.taken == 0 && again.archived == 150)
        #expect(again.refused.map(\.name) == names && again.refused.allSatisfy { $0.what == ArchiveChain.contradicts })
        let fresh = try SQLiteAuditStore.open(path: home.logPath + ".restored")
        #expect(try await LogRestore(from: archive, keys: home.logKeys).run(into: fresh).entries == 150)
        await fresh.close()
    }

    /// What was taken behind a hole once counts for nothing: the true ones are taken beside it.
    @Test func whatLiesBehindAHoleInTheArchiveCountsForNothing() async throws {
        let (home, other, archive) = (try Home(), try Home(), MemoryArchive())
        let (source, names) = try await three(home)
        let (forged, _) = try await three(other)
        let (first, end) = (source.segments.withLock { $0[names[0]] ?? [] }, forged.segments.withLock { $0[names[2]] ?? [] })
        archive.segments.withLock { $0 = [names[0]: first, names[2]: end] }
        let summary = try await transfer(home, source, archive)
        #expect(summary.taken == 2 && summary.archived == 150 && summary.refused.map(\.name) == [names[1]])
        #expect(try await archive.get(names[2].replacing(".segment", with: ".1.segment")) == source.get(names[2]))
    }

    /// Nothing signs where a segment says that it stands.
    @Test(arguments: [1, 5, 51, Int64.max]) func aPositionIsBelievedOfNobody(position: Int64) async throws {
        let (home, archive) = (try Home(), MemoryArchive())
        let (source, names) = try await three(home)
        for index in [0, 1] {
            let lying = MemoryArchive()
            lying.segments.withLock { lying in
                for name in names[0...index] {
                    var bytes = source.segments.withLock { $0[name] ?? [] }
                    if name == names[index] {
                        bytes.replaceSubrange(28..<36, with: (0..<8).map { UInt8(truncatingIfNeeded: position >> (56 - 8 * $0)) })
                    }
                    lying[name] = bytes
                }
            }
            let summary = try await transfer(home, lying, archive)
            #expect(summary.refused.map(\.name) == [names[index]] && summary.archived == Int64(50 * index))
            #expect(try await !archive.names().contains(names[index]))
        }
        #expect(try await transfer(home, source, archive).archived == 150)
    }

    @Test func oneFileOrFolderThatCannotBeReadHoldsNoOtherUp() async throws {
        let (home, archive) = (try Home(), MemoryArchive())
        let (source, names) = try await three(home)
        let summary = try await SegmentTransfer(
            from: PartlyUnreadable(source: source, name: names[2]), to: archive, trusting: home.signer.publicKey).run()
        #expect(summary.archived == 100)
        #expect(summary.refused == ["2019", names[2]].map { ArchiveFinding(name: $0, what: "cannot be read") })
    }

    /// A run of expired entries is proved as a segment is, and the true one is taken whatever lay there before it.
    @Test func runsOfExpiredEntriesAreProved() async throws {
        let aging = try await AgingLog()
        try await aging.fill(300)
        try await aging.grow(years: 7)
        #expect(try await aging.expire().before >= 300)
        let (home, source, archive) = (aging.home, MemoryArchive(), MemoryArchive())
        try await SegmentShipping(
            of: aging.store, keys: home.logKeys, to: source, interval: 0, retention: try AuditRetention(years: 6), clock: home.clock
        ).deliverAll()
        let name = "2026/000000000000000-000000000000300.expired"
        let bytes = try #require(try await source.get(name))
        for place in [bytes.count - 1, 11, 200] {
            var changed = bytes
            changed[place] ^= 1
            source.segments.withLock { [changed] in $0[name] = changed }
            let summary = try await transfer(home, source, archive)
            #expect(summary.taken == 0 && summary.archived == 0 && summary.refused.contains { $0.name == name }, "\(summary)")
        }
        source.segments.withLock { $0[name] = bytes }
        let end = try await aging.store.state().nextPosition
        let summary = try await transfer(home, source, archive)
        #expect(summary.refused == [] && summary.archived == end, "\(summary)")
        // Damage in the archive itself is told where something must follow from it, and the true one taken beside it.
        archive.segments.withLock { $0[name] = [1] }
        let again = try await transfer(home, source, archive)
        #expect(again.archived == end && again.refused.contains { $0.name == name })
        #expect(try await archive.names().contains(name.replacing(".expired", with: ".1.expired")))
        let fresh = try SQLiteAuditStore.open(path: home.logPath + ".restored")
        #expect(try await LogRestore(from: archive, keys: home.logKeys).run(into: fresh).expired == aging.store.state().expired)
        await fresh.close()
        await aging.close()
    }
}

/// An archive of which one file and one folder cannot be read.
private struct PartlyUnreadable: SegmentArchive {
    let kind = "memory"
    let source: MemoryArchive
    let name: String

    func probe() async throws {}
    func put(_ bytes: [UInt8], as name: String, until: Int64) async throws -> Bool { false }
    func get(_ name: String) async throws -> [UInt8]? {
        if name == self.name { throw AuditError(.unavailable, "denied") }
        return try await source.get(name)
    }
    func names() async throws -> [String] { throw AuditError(.unavailable, "denied") }
    func listing() async throws -> (names: [String], unreadable: [String]) { (try await source.names(), ["2019"]) }
}
