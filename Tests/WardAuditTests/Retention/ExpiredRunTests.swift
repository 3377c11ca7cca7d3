import Foundation
import Synchronization
import Testing
@testable import WardAudit
import WardDatabase
import WardSQLite
import WardTesting

/// A log of which entries expired, rebuilt from an archive.
@Suite struct ExpiredRunTests {
    @discardableResult
    private func ship(
        _ aging: AgingLog, to archive: MemoryArchive, mark: DeliveryMarkFile? = nil
    ) async throws -> [ArchiveFinding] {
        let shipping = SegmentShipping(
            of: aging.store, keys: aging.home.logKeys, to: archive, interval: 0,
            retention: try AuditRetention(years: 6), mark: mark, clock: aging.home.clock)
        try await shipping.deliverAll()
        return shipping.findings()
    }

    /// Rebuilds, and checks that the log is the one that is there.
    private func rebuild(_ aging: AgingLog, from archive: MemoryArchive) async throws {
        let path = aging.home.logPath + ".\(UUID().uuidString)"
        let fresh = try SQLiteAuditStore.open(path: path)
        let summary = try await LogRestore(from: archive, keys: aging.home.logKeys).run(into: fresh)
        let (old, new) = (try await aging.store.state(), try await fresh.state())
        #expect(new.expired == old.expired && new.nextPosition == old.nextPosition && new.books == old.books)
        #expect(summary.expired == old.expired && summary.entries == old.nextPosition - old.expired)
        let report = try await AuditVerifier(
            store: fresh, keys: aging.home.logKeys, anchor: try aging.home.anchor.read()).verify()
        #expect(report.faults == [] && report.expired == old.expired)
        let (a, b) = (
            try await aging.store.entries(from: 0, limit: 2_000, maximumBytes: 1 << 24),
            try await fresh.entries(from: 0, limit: 2_000, maximumBytes: 1 << 24))
        #expect(a.bytes == b.bytes && a.positions == b.positions)
        // It goes on as the other would.
        let log = try await aging.home.open(fresh)
        try await log.record(Home.writeEvent())
        try await Sequencer(log: log, signer: aging.home.signer, heartbeat: 0).sequenceAll()
        await fresh.close()
    }

    /// A log whose first book, of 300 entries, has expired.
    private func expired() async throws -> AgingLog {
        let aging = try await AgingLog()
        try await aging.fill(300)
        try await aging.grow(years: 7)
        _ = try await aging.expire()
        return aging
    }

    @Test func anArchiveThatBeginsAfterAnExpiry() async throws {
        let aging = try await AgingLog()
        try await aging.fill(600)
        try await aging.grow(years: 1, by: 300)
        try await aging.grow(years: 7)
        #expect(try await aging.expire().before == 900)
        let archive = MemoryArchive()
        try await ship(aging, to: archive)
        try await rebuild(aging, from: archive)
        await aging.close()
    }

    @Test func anExpiryInTheMiddleOfABookAndOfASegment() async throws {
        let aging = try await AgingLog()
        let middle = try await aging.fillAroundAnHour(isHeld: false)
        let (whole, late) = (MemoryArchive(), MemoryArchive())
        try await ship(aging, to: whole)
        try await aging.hold("matter-1", from: middle)
        #expect(try await aging.expire().before == 512)
        for archive in [whole, late] {
            try await ship(aging, to: archive)
            try await rebuild(aging, from: archive)
        }
        // A second run in the same book; the archive's own lock on the first segments is over, and they are gone.
        try await aging.lift("matter-1")
        try await aging.grow(years: 1)
        #expect(try await aging.expire().before > 1_000)
        for archive in [whole, late] {
            try await ship(aging, to: archive)
            try await rebuild(aging, from: archive)
            archive.segments.withLock { segments in
                for name in segments.keys where name.hasPrefix("2026/000000000000000-") && name.hasSuffix(".segment") {
                    segments[name] = nil
                }
            }
            try await rebuild(aging, from: archive)
        }
        await aging.close()
    }

    /// Other hashes under a true tombstone lead to no signed root: neither beside the true ones nor in their place.
    @Test func hashesThatNobodySignedAreNone() async throws {
        let aging = try await expired()
        let archive = MemoryArchive()
        try await ship(aging, to: archive)
        let name = "2026/000000000000000-000000000000300.expired"
        let run = try ExpiredRun(reading: try #require(try await archive.get(name)), keys: aging.home.logKeys)
        let others = (0..<300).map { MerkleHash.leaf([UInt8($0 & 255), UInt8($0 >> 8)]) }
        let copies = [
            ("2026", "2026/000000000000000-000000000000300.1.expired"), ("1", "1/000000000000000-000000000000300.expired"),
            ("2026", name),
        ]
        for (year, place) in copies {
            let forged = ExpiredRun(
                year: Int(year) ?? 0, leaves: 0..<300, tombstone: run.tombstone, opening: [], checkpoint: run.checkpoint, peaks: [],
                proof: [], hashes: others)
            archive.segments.withLock { $0[place] = forged.bytes }
            if place != name { try await rebuild(aging, from: archive) }
            let findings = try await ship(aging, to: archive)
            #expect(findings.map(\.name).contains(place), "\(place): \(findings)")
            try await rebuild(aging, from: archive)
        }
        await aging.close()
    }

    /// A run that no checkpoint ends is proved by one that reaches farther.
    @Test func aRunThatEndsBetweenCheckpointsIsProved() async throws {
        let aging = try await AgingLog()
        try await aging.fillAroundAnHour()
        #expect(try await aging.expire().before == 512)
        let archive = MemoryArchive()
        try await ship(aging, to: archive)
        let bytes = try #require(try await archive.get("2026/000000000000000-000000000000512.expired"))
        let run = try ExpiredRun(reading: bytes, keys: aging.home.logKeys)
        #expect(run.checkpoint.checkpoint.size > 512 && !run.proof.isEmpty)
        for index in Array(0..<32) + Array(stride(from: 97, to: bytes.count, by: 97)) {
            var changed = bytes
            changed[index] ^= 1
            #expect(throws: AuditError.self, "byte \(index)") { try ExpiredRun(reading: changed, keys: aging.home.logKeys) }
        }
        await aging.close()
    }

    /// A tombstone of other entries proves no run, though it tells of as many: where a run stands follows from what lies before.
    @Test func aRunUnderTheTombstoneOfOthersIsTold() async throws {
        let aging = try await AgingLog()
        try await aging.fill(3)
        try await aging.grow(years: 9)
        _ = try await aging.expire()
        let (archive, keys) = (MemoryArchive(), aging.home.logKeys)
        try await ship(aging, to: archive)
        let names = try await archive.names().filter { $0.hasSuffix(".expired") }
        try #require(names.count > 2)
        let (one, other) = (
            try ExpiredRun(reading: archive.segments.withLock { $0[names[1]] ?? [] }, keys: keys),
            try ExpiredRun(reading: archive.segments.withLock { $0[names[2]] ?? [] }, keys: keys))
        try #require(one.hashes.count == other.hashes.count)
        let forged = ExpiredRun(
            year: one.year, leaves: one.leaves, tombstone: other.tombstone, opening: one.opening, checkpoint: one.checkpoint,
            peaks: one.peaks, proof: one.proof, hashes: one.hashes)
        for place in [names[1].replacing(".expired", with: ".1.expired"), names[1]] {
            archive.segments.withLock { $0[place] = forged.bytes }
            if place != names[1] { try await rebuild(aging, from: archive) }
            let findings = try await ship(aging, to: archive)
            #expect(findings.map(\.name).contains(place), "\(place): \(findings)")
            try await rebuild(aging, from: archive)
        }
        await aging.close()
    }

    /// What an earlier version shipped proves nothing any more: it is told, and shipped anew beside it.
    @Test func aRunOfTheFormerFormIsShippedAnew() async throws {
        let aging = try await expired()
        let archive = MemoryArchive()
        try await ship(aging, to: archive)
        let name = "2026/000000000000000-000000000000300.expired", anew = name.replacing(".expired", with: ".1.expired")
        let run = try ExpiredRun(reading: try #require(try await archive.get(name)), keys: aging.home.logKeys)
        // Without the roots before it and the proof.
        var former = Array("WARDEXP1".utf8)
        Segment.append(2_026, 4, to: &former)
        for number in [Int64(0), 300] { Segment.append(number, 8, to: &former) }
        for text in [run.tombstone.note, run.opening, run.checkpoint.note] {
            Segment.append(Int64(text.count), 4, to: &former)
            former += text
        }
        for hash in run.hashes { hash.append(to: &former) }
        archive.segments.withLock { [former] in $0[name] = former }
        #expect(try await ship(aging, to: archive).map(\.name) == [name])
        let (kept, shipped) = (try await archive.get(name), try await archive.get(anew))
        #expect(kept == former && shipped == run.bytes)
        try await rebuild(aging, from: archive)
        // Nothing is shipped twice, and who takes segments over takes the new one.
        let count = try await archive.names().count
        try await ship(aging, to: archive)
        #expect(try await archive.names().count == count)
        let taken = MemoryArchive()
        let summary = try await SegmentTransfer(from: archive, to: taken, trusting: aging.home.signer.publicKey).run()
        let end = try await aging.store.state().nextPosition
        #expect(summary.refused.map(\.name) == [name] && summary.archived == end, "\(summary)")
        #expect(try await taken.get(name) == run.bytes)
        await aging.close()
    }

    @Test func aMissingRunIsToldAndShippedAgain() async throws {
        let aging = try await expired()
        let (archive, mark) = (MemoryArchive(), DeliveryMarkFile(path: aging.home.folder.path + "/sent"))
        #expect(try await ship(aging, to: archive, mark: mark) == [])
        // What expired since the last shipping is new, and nothing that is missing.
        try await aging.grow(years: 8)
        _ = try await aging.expire()
        #expect(try await ship(aging, to: archive, mark: mark) == [])
        let runs = try await archive.names().filter { $0.hasSuffix(".expired") }
        #expect(runs.count > 1)
        for name in [runs[0], runs[runs.count - 1]] {
            archive.segments.withLock { $0[name] = nil }
            #expect(try await ship(aging, to: archive, mark: mark) == [ArchiveFinding(name: name, what: "is not there any more")])
            #expect(try await archive.names().contains(name))
        }
        try await rebuild(aging, from: archive)
        await aging.close()
    }

    /// The first leaf of a book is the checkpoint before it: nobody shipped it when the year before was shipped to its end.
    @Test func aNewBookIsNothingThatIsMissing() async throws {
        let aging = try await AgingLog()
        try await aging.fill(300)
        let archive = MemoryArchive(), mark = DeliveryMarkFile(path: aging.home.folder.path + "/sent")
        #expect(try await ship(aging, to: archive, mark: mark) == [])
        for _ in 0..<2 {
            try await aging.grow(years: 1)
            #expect(try await ship(aging, to: archive, mark: mark) == [])
        }
        await aging.close()
    }

    @Test func aChangedRunIsNotTaken() async throws {
        let aging = try await expired()
        let archive = MemoryArchive()
        try await ship(aging, to: archive)
        let name = try #require(try await archive.names().first { $0.hasSuffix(".expired") })
        #expect(name == "2026/000000000000000-000000000000300.expired")
        let bytes = try #require(try await archive.get(name))
        let keys = aging.home.logKeys
        #expect(try ExpiredRun(reading: bytes, keys: keys).bytes == bytes)
        for index in [0, 11, 19, 27, 31, 80, bytes.count - 9_700, bytes.count - 1] {
            var changed = bytes
            changed[index] ^= 1
            archive.segments.withLock { [changed] in $0[name] = changed }
            let fresh = try SQLiteAuditStore.open(path: aging.home.logPath + ".\(index)")
            await #expect(throws: AuditError.self, "byte \(index)") {
                try await LogRestore(from: archive, keys: keys).run(into: fresh)
            }
            await fresh.close()
            // Under its own name or as another run: told, and the true one is shipped again and taken.
            let findings = try await ship(aging, to: archive)
            #expect(findings.first?.name == name, "byte \(index)")
            try await rebuild(aging, from: archive)
            archive.segments.withLock { [name] in $0[name.replacing(".expired", with: ".1.expired")] = nil }
        }
        for wrong in ["2026/0-300.expired", "x/000000000000000-000000000000300.expired", "2026/000000000000300-000000000000300.expired"] {
            #expect(SegmentName(wrong) == nil)
        }
        await aging.close()
    }
}
