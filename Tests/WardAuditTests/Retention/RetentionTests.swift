import Foundation
import Synchronization
import Testing
@testable import WardAudit
import WardDatabase
import WardSQLite
import WardTesting

/// What expires, when, and what stays of it. Source: 45 CFR 164.316(b)(2)(i).
@Suite struct RetentionTests {
    @Test func nothingBelowSixYearsCanBeAskedFor() throws {
        for years in [-1, 0, 5, 101] {
            #expect(throws: AuditError.self, "\(years)") { try AuditRetention(years: years) }
        }
        #expect(try AuditRetention(years: 6).microseconds == AuditRetention.floor)
    }

    @Test func throughSevenYears() async throws {
        let aging = try await AgingLog()
        try await aging.fill(600)
        let old = try #require(try await aging.store.head(of: 2026))
        for year in 1...6 {
            // A day before the sixth year is over, and all the years before, nothing may go.
            aging.home.clock.advance(by: year == 6 ? .seconds(365 * 86_400) : AgingLog.year)
            try await aging.fill(300)
            let summary = try await aging.expire()
            #expect(summary.entries == 0 && summary.tombstones == 0, "year \(year)")
        }
        aging.home.clock.advance(by: .seconds(2 * 86_400))
        let trial = try await aging.expire(isTrial: true)
        #expect(trial.entries == 600 && trial.tombstones == 0)
        #expect(try await aging.store.state().expired == 0)
        let summary = try await aging.expire()
        #expect(summary.entries == 600 && summary.before == 600 && summary.tombstones == 1)
        #expect(try await aging.expire().entries == 0, "what is younger stays")
        let report = try await aging.home.verify(anchored: true)
        #expect(report.faults == [] && report.expired == 600)
        #expect(try await aging.store.entries(from: 0, limit: 1, maximumBytes: 1).positions == [600])
        let told = try #require(try await aging.events(.expiry).first)
        #expect(told.count == 600 && told.details == [.init("from", "0"), .init("to", "600")])
        // What remains is proved as before, and that the book grew from what somebody kept of it.
        let maker = ProofMaker(store: aging.store, keys: aging.home.logKeys)
        #expect(try await maker.proof(ofEntryAt: 600).holds(for: aging.home.logKeys))
        #expect(try await maker.consistency(from: 256, year: 2026).proof.isEmpty == false)
        let kept = try SignedCheckpoint(parsing: old.note)
        let verifier = AuditVerifier(store: aging.store, keys: aging.home.logKeys, anchor: kept)
        #expect(try await verifier.verify().faults == [])
        #expect(try await verifier.verify(0..<700).faults == [])
        await #expect(throws: AuditError(.noEvidence, "the entry has expired: a signed tombstone stands in its place")) {
            try await maker.proof(ofEntryAt: 599)
        }
        // The year after, the next book goes.
        try await aging.grow(years: 1)
        #expect(try await aging.expire().before == 900)
        #expect(try await aging.home.verify(anchored: true).faults == [])
        await aging.close()
    }

    @Test func onlyWholeTilesGoOfABookThatIsHeldInTheMiddle() async throws {
        let aging = try await AgingLog()
        try await aging.fillAroundAnHour()
        #expect(try await aging.expire().before == 512)
        #expect(try await aging.home.verify(anchored: true).faults == [])
        await aging.close()
    }

    @Test func aHoldWinsUntilItIsLiftedWithAReason() async throws {
        let aging = try await AgingLog()
        try await aging.fill(300)
        aging.home.clock.advance(by: .seconds(3_600))
        // A hold of what comes later holds its own entry too: else nobody would know of it in seven years.
        try await aging.hold("later", from: aging.home.clock.now() + 10 * AuditRetention.floor)
        try await aging.hold("everything")
        try await aging.grow(years: 8)
        let held = try await aging.expire()
        #expect(held.entries == 0 && held.holds.map(\.name) == ["later", "everything"])
        try await aging.lift("everything")
        #expect(try await aging.expire().before == 256)
        #expect(try await LegalHolds(of: aging.sealed).current().map(\.name) == ["later"])
        try await aging.lift("later")
        #expect(try await aging.expire().before > 300)
        #expect(try await LegalHolds(of: aging.sealed).current() == [])
        #expect(try await aging.events(.hold).map(\.reason) == ["matter-closed", "matter-closed"])
        #expect(try await aging.home.verify(anchored: true).faults == [])
        for name in ["", "Ada Lovelace", "a\nb", String(repeating: "a", count: 61)] {
            #expect(throws: AuditError.self) { try LegalHolds.adding(name, from: 0, by: .system()) }
            #expect(throws: AuditError.self) { try LegalHolds.lifting("a", because: name, by: .system()) }
        }
        await aging.close()
    }

    /// Put on once more with a later beginning, it still holds what it held: only a lifting, with its reason, takes that away.
    @Test func aHoldThatIsPutOnAgainHoldsNoLess() async throws {
        let aging = try await AgingLog()
        try await aging.fill(300)
        try await aging.hold("m5")
        try await aging.hold("m5", from: aging.home.clock.now() + AuditRetention.floor)
        try await aging.grow(years: 8)
        #expect(try await LegalHolds(of: aging.sealed).current().map(\.from) == [LogTime.text(0)])
        #expect(try await aging.expire().entries == 0)
        try await aging.lift("m5")
        #expect(try await LegalHolds(of: aging.sealed).current() == [])
        #expect(try await aging.expire().before >= 256)
        await aging.close()
    }

    /// Who moves the clock ahead, lets entries go, and sets it right again, is named by every verification from then on.
    @Test func anExpiryByAClockThatWasTakenBackIsNamed() async throws {
        let aging = try await AgingLog()
        try await aging.fill(300)
        let then = aging.home.clock.now()
        aging.home.clock.set(then + 7 * 366 * 86_400_000_000)
        #expect(try await aging.expire().before == 256)
        aging.home.clock.set(then + 60_000_000)
        try await aging.acceptClock()
        let faults = try await aging.home.verify(anchored: true).faults
        #expect(faults.map(\.kind) == [.clock] && faults.first?.entry == 0 && faults.first?.through == 255, "\(faults)")
        await aging.close()
    }

    /// Only who accepted the clock took its time back: no other acceptance excuses a clock that went back.
    @Test(arguments: [nil, [UInt8](repeating: 3, count: 32), ClockAcceptance.digest])
    func onlyAnAcceptanceOfTheClockTakesTimeBack(
        digest: [UInt8]?
    ) async throws {
        let aging = try await AgingLog()
        try await aging.fill(300)
        try await aging.acceptClock(at: aging.home.clock.now() - 3_600_000_000, digest: digest)
        let faults = try await aging.home.verify(anchored: true).faults
        #expect(faults.map(\.kind) == (digest == ClockAcceptance.digest ? [] : [.clock]))
        await aging.close()
    }

    @Test func theClockOfTheWitnessCountsToo() async throws {
        let aging = try await AgingLog()
        try await aging.fill(300)
        let then = aging.home.clock.now()
        try await aging.grow(years: 7)
        #expect(try await aging.expire(witnessed: then).entries == 0, "a clock that was moved ahead removes nothing")
        #expect(try await aging.expire(witnessed: aging.home.clock.now()).before >= 300)
        await aging.close()
    }

    /// Interrupted before or after each write of an expiry, the log verifies, and the next run ends it.
    @Test(arguments: FaultyAuditStore.Moment.allCases) func anInterruptedExpiryGoesOn(
        moment: FaultyAuditStore.Moment
    ) async throws {
        for write in 1...4 {
            let aging = try await AgingLog()
            try await aging.fill(300)
            try await aging.grow(years: 1, by: 300)
            try await aging.grow(years: 7)
            let left = WriteCount(write)
            aging.faulty.set { _ in left.isNext() ? moment : nil }
            await #expect(throws: (any Error).self) { try await aging.expire() }
            aging.faulty.set { _ in nil }
            try await aging.log.probe()
            try await aging.sequencer.start()
            #expect(try await aging.home.verify(anchored: true).faults == [], "write \(write)")
            let expired = try await aging.store.state().expired
            #expect([0, 300, 600].contains(expired), "write \(write): nothing goes in part")
            #expect(try await aging.expire().before >= 600, "write \(write)")
            #expect(try await aging.home.verify(anchored: true).faults == [], "write \(write)")
            // Each tombstone was told of before.
            let told = Set(try await aging.events(.expiry).map { $0.details.map(\.value) })
            for note in try await aging.store.tombstones() {
                let range = try Tombstone(parsing: note, keys: aging.home.logKeys).range
                #expect(told.contains([String(range.lowerBound), String(range.upperBound)]), "write \(write)")
            }
            await aging.close()
        }
    }

    @Test func questionsSayFromWhenOnTheLogHoldsEntries() async throws {
        let aging = try await AgingLog()
        try await aging.fill(300)
        let patient = "Patient/018f3c1e-7a10-7abc-8def-0123456789af"
        let before = try await aging.ask(AuditQuestion(.whoSaw, subject: patient, limit: 500))
        #expect(before.entries.count == 300 && before.holdsFrom == nil && before.notes == [])
        aging.home.clock.advance(by: AgingLog.year)
        let first = aging.home.clock.now()
        try await aging.fill(3)
        try await aging.grow(years: 6)
        #expect(try await aging.expire().before == 300)
        for wholeLog in [false, true] {
            let answer = try await aging.ask(
                AuditQuestion(.whoSaw, subject: patient, limit: 500, readsWholeLog: wholeLog))
            #expect(answer.entries.count == 21 && answer.holdsFrom == LogTime.text(first))
            #expect(answer.notes == ["the log holds entries from \(LogTime.text(first)) on; 300 older ones have expired"])
        }
        let recent = try await aging.ask(AuditQuestion(.whoSaw, subject: patient, from: first))
        #expect(recent.notes == [] && recent.entries.count == 21)
        let gaps = try await aging.ask(AuditQuestion(.gaps, from: 0))
        #expect(gaps.findings.allSatisfy { !$0.what.contains("missing") }, "\(gaps.findings)")
        // What is missing without a tombstone gives no answer.
        try aging.home.tamper("DELETE FROM entry WHERE position = 301")
        for wholeLog in [false, true] {
            await #expect(throws: AuditError.self) {
                try await aging.ask(AuditQuestion(.whoSaw, subject: patient, readsWholeLog: wholeLog))
            }
        }
        await aging.close()
    }

    @Test func aLogThatDoesNotVerifyLosesNothing() async throws {
        let aging = try await AgingLog()
        try await aging.fill(300)
        try await aging.grow(years: 7)
        try aging.home.tamper("DELETE FROM entry WHERE position = 310")
        await #expect(throws: AuditError(.tampered, "nothing is removed from a log that does not verify")) {
            try await aging.expire()
        }
        #expect(try await aging.store.state().expired == 0)
        await aging.close()
    }
}

/// True once, at the given asking.
private final class WriteCount: Sendable {
    private let left: Mutex<Int>

    init(_ count: Int) { left = Mutex(count) }

    func isNext() -> Bool {
        left.withLock { left in
            left -= 1
            return left == 0
        }
    }
}
