import Testing
@testable import WardAudit
import WardTesting

/// What is remembered of the newest ids is exactly what a set of them would remember.
@Suite struct RecentEventsTests {
    @Test(arguments: [(1, 1), (UInt64.max, 7), (0x9E37_79B9_7F4A_7C15, 0xD1B5_4A32_D192_ED03)] as [(UInt64, UInt64)])
    func itIsASetOfTheNewest(factors: (UInt64, UInt64)) {
        var recent = RecentEvents(random: factors)
        var random = SeededRandom(seed: 41)
        var ring: [UInt128] = []
        var known: Set<UInt128> = []
        for step in 0..<60_000 {
            // Every fifth is one of those before it, some of them long forgotten.
            let isOld = step % 5 == 4
            let id = isOld ? UInt128(Int.random(in: max(0, step - 40_000)..<step, using: &random)) << 64 | 9
                : UInt128(step) << 64 | 9
            let isNew = known.insert(id).inserted
            if isNew {
                ring.append(id)
                if ring.count > RecentEvents.bound { known.remove(ring[ring.count - 1 - RecentEvents.bound]) }
            }
            guard recent.take(id: id) == isNew else {
                Issue.record("step \(step)")
                return
            }
        }
    }

    /// Ids that all fall into one chain are still told apart.
    @Test func oneChainHoldsThemAll() {
        var recent = RecentEvents(random: (1, 1))
        var taken = 0
        for id in 0..<UInt128(2_000) where recent.take(id: id) { taken += 1 }
        #expect(taken == 2_000)
        for id in 0..<UInt128(2_000) where recent.take(id: id) { taken += 1 }
        #expect(taken == 2_000)
    }
}
