import Testing
@testable import WardAudit
import WardDatabase
import WardTesting

/// What is dated later than the clock of a verifier says it is.
@Suite struct LaterThanNowTests {
    /// Two blocks of entries, an hour apart, and the times of the two.
    private func home() async throws -> (home: Home, early: Int64, late: Int64) {
        let home = try Home()
        let early = home.clock.now()
        try await home.fill(300)
        home.clock.advance(by: .seconds(3_600))
        let late = home.clock.now()
        try await home.fill(200)
        return (home, early, late)
    }

    @Test func entriesAreNamedAsAnyVerificationMeetsThem() async throws {
        let (home, early, late) = try await home()
        for now in [nil, late, late - EmitterCheck.skew] as [Int64?] {
            #expect(try await home.verify(anchored: true, now: now).faults == [])
        }
        for range in [nil, 290..<310, 400..<410] as [Range<Int64>?] {
            let found = try await home.verify(range, anchored: true, now: late - EmitterCheck.skew - 1_000_000).faults
            #expect(found.map(\.kind) == [.clock] && found[0].entry == 300 && found[0].through == 499, "\(found)")
        }
        #expect(try await home.verify(0..<300, anchored: true, now: early).faults == [])
    }

    /// An expiry by a clock that is ahead, before anybody took it back and after.
    @Test func aTombstoneIsNamed() async throws {
        let aging = try await AgingLog()
        try await aging.fill(300)
        let then = aging.home.clock.now()
        aging.home.clock.set(then + 7 * 366 * 86_400_000_000)
        #expect(try await aging.expire().before == 256)
        #expect(try await aging.home.verify(anchored: true, now: aging.home.clock.now()).faults == [])
        let found = try await aging.home.verify(anchored: true, now: then).faults
        #expect(found.allSatisfy { $0.kind == .clock }, "\(found)")
        #expect(found.contains { $0.entry == 0 && $0.through == 255 } && found.contains { $0.entry == 300 }, "\(found)")
        aging.home.clock.set(then + 60_000_000)
        try await aging.acceptClock()
        // Somebody took the time back: what was dated by the other clock is told by the tombstone alone.
        let told = try await aging.home.verify(anchored: true, now: then + 60_000_000).faults
        #expect(told.map(\.kind) == [.clock] && told[0].entry == 0 && told[0].through == 255, "\(told)")
        await aging.close()
    }

    /// The time is taken back in steps: the first of them is of a clock that is still ahead, and excuses nothing.
    @Test func aClockThatIsSetRightInSteps() async throws {
        let aging = try await AgingLog()
        try await aging.fill(300)
        let then = aging.home.clock.now()
        let day: Int64 = 86_400_000_000
        aging.home.clock.set(then + 7 * 366 * day)
        #expect(try await aging.expire().before == 256)
        aging.home.clock.set(then + 7 * 366 * day - 40 * day)
        try await aging.acceptClock()
        // By that clock, and where none is asked, all is well.
        for now in [nil, aging.home.clock.now()] as [Int64?] { #expect(try await aging.home.verify(anchored: true, now: now).faults == []) }
        let ahead = try await aging.home.verify(anchored: true, now: then).faults
        #expect(ahead.allSatisfy { $0.kind == .clock }, "\(ahead)")
        #expect(ahead.contains { $0.entry == 0 && $0.through == 255 } && ahead.contains { ($0.entry ?? 0) >= 256 }, "\(ahead)")
        aging.home.clock.set(then + 60_000_000)
        try await aging.acceptClock(process: 78)
        for now in [nil, then + 60_000_000] as [Int64?] {
            let told = try await aging.home.verify(anchored: true, now: now).faults
            #expect(told.map(\.kind) == [.clock] && told[0].entry == 0 && told[0].through == 255, "\(told)")
        }
        await aging.close()
    }

    /// However often a time is taken back, none is forgotten.
    @Test func moreStepsThanAreKept() {
        var check = EmitterCheck(now: 1_000_000_000_000)
        let far: Int64 = 1_000_000_000_000_000
        for step in 0..<Int64(2 * AuditVerifier.faultBound) { check.takeBack(to: far - step * 1_000, from: far) }
        check.takeBack(to: 5, from: far * 2)
        #expect(check.takenBack.count == AuditVerifier.faultBound)
        #expect(check.takenBack.allSatisfy { $0.lowerBound == 5 } && check.takenBack.contains { $0.upperBound == far * 2 })
    }
}
