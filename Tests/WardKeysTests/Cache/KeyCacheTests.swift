import Synchronization
import Testing
@testable import WardKeys

@Suite struct KeyCacheTests {
    /// Monotonic time that tests move.
    final class Ticker: Sendable {
        private let base = ContinuousClock.now
        private let offset = Mutex(Duration.zero)

        var now: ContinuousClock.Instant { base.advanced(by: offset.withLock { $0 }) }

        func advance(_ duration: Duration) { offset.withLock { $0 += duration } }
    }

    final class Loads: Sendable {
        private let value = Mutex(0)

        var count: Int { value.withLock { $0 } }

        func add() { value.withLock { $0 += 1 } }
    }

    let ticker = Ticker()
    let loads = Loads()

    private func cache(_ limits: KeyCache.Limits = .init()) -> KeyCache {
        KeyCache(limits: limits, now: { [ticker] in ticker.now })
    }

    private func owner(_ name: String = "p") -> DataKeyOwner { DataKeyOwner(tenant: 1, patient: name) }

    private func keys(_ name: String = "p") -> DataKeySet? {
        DataKeySet(owner: owner(name), keys: [DataKey(TestKeys.key(1), version: 1, algorithm: .aes256GCM)])
    }

    @discardableResult
    private func ask(
        _ cache: KeyCache, _ name: String = "p", absent: Bool = false
    ) async throws(KeyError) -> DataKeySet? {
        try await cache.keys(of: owner(name)) { () async throws(KeyError) in
            loads.add()
            return absent ? nil : keys(name)
        }
    }

    @Test func loadsOnceUntilItsTimeHasPassed() async throws {
        let cache = cache()
        for _ in 0..<3 { #expect(try await ask(cache)?.owner == owner()) }
        #expect(loads.count == 1)
        ticker.advance(.seconds(599))
        try await ask(cache)
        #expect(loads.count == 1)
        ticker.advance(.seconds(1))
        guard case .unknown = cache.lookup(owner()) else {
            Issue.record("the time limit holds, use does not extend it")
            return
        }
        try await ask(cache)
        #expect(loads.count == 2)
    }

    @Test func remembersAbsenceForAShortTime() async throws {
        let cache = cache()
        for _ in 0..<3 { #expect(try await ask(cache, absent: true) == nil) }
        #expect(loads.count == 1)
        ticker.advance(.seconds(5))
        #expect(try await ask(cache) != nil)
        #expect(loads.count == 2)
    }

    @Test func absenceDoesNotHinderMaking() async throws {
        let cache = cache()
        try await ask(cache, absent: true)
        let made = try await cache.keys(of: owner(), makesMissing: true) { () async throws(KeyError) in keys() }
        #expect(made != nil)
        #expect(try await ask(cache) != nil)
        #expect(loads.count == 1)
    }

    @Test func dropsTheLeastRecentlyUsed() async throws {
        let cache = cache(.init(capacity: 3))
        for name in ["a", "b", "c", "a", "d"] { try await ask(cache, name) }
        #expect(cache.count == 3)
        #expect(loads.count == 4)
        for name in ["a", "c", "d"] { try await ask(cache, name) }
        #expect(loads.count == 4)
        try await ask(cache, "b")
        #expect(loads.count == 5)
    }

    @Test func manyOwnersStayInOrder() async throws {
        let cache = cache(.init(capacity: 50))
        let random = TestKeys.random(3)
        var recent: [String] = []
        for _ in 0..<2_000 {
            let name = String(random.next() % 120)
            let before = loads.count
            try await ask(cache, name)
            #expect((loads.count == before) == recent.contains(name))
            recent.removeAll { $0 == name }
            recent.append(name)
            if recent.count > 50 { recent.removeFirst() }
            if random.next() % 40 == 0, let gone = recent.first {
                cache.evict(owner(gone))
                recent.removeAll { $0 == gone }
            }
        }
    }

    @Test func countsUses() async throws {
        let cache = cache(.init(uses: 3))
        for _ in 0..<5 { try await ask(cache) }
        #expect(loads.count == 2)
    }

    @Test func keepsNoFailure() async throws {
        let cache = cache()
        await #expect(throws: KeyError(.unavailable, "x")) {
            try await cache.keys(of: owner()) { () async throws(KeyError) in throw KeyError(.unavailable, "x") }
        }
        #expect(try await ask(cache) != nil)
    }

    @Test func manyCallersShareOneLoad() async throws {
        let cache = cache()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    let found = try? await cache.keys(of: owner()) { () async throws(KeyError) in
                        loads.add()
                        try? await Task.sleep(for: .milliseconds(30))
                        return keys()
                    }
                    return found != nil
                }
            }
            for await isThere in group { #expect(isThere) }
        }
        #expect(loads.count == 1)
    }

    @Test func evictionReachesALoadUnderWay() async throws {
        let cache = cache()
        let found = try await cache.keys(of: owner()) { () async throws(KeyError) in
            loads.add()
            if loads.count == 1 {
                cache.evict(owner())
                return keys()
            }
            return nil
        }
        #expect(found == nil, "what was read before the eviction is not given out")
        #expect(loads.count == 2)
    }

    @Test func evictingAllForgetsAll() async throws {
        let cache = cache()
        try await ask(cache, "a")
        try await ask(cache, "b")
        cache.evictAll()
        #expect(cache.count == 0)
        try await ask(cache, "a")
        #expect(loads.count == 3)
    }
}
