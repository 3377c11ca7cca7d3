import Testing
import WardTesting

@Suite("The in-memory collection")
struct InMemoryCollectionTests {
    @Test("does what every collection store must do")
    func conforms() async throws {
        try await CollectionStoreConformance {
            InMemoryCollection<ConformanceValue>(lookups: ["name": { $0.name }])
        }.run()
    }

    @Test("seeded numbers repeat")
    func seeded() {
        var first = SeededRandom(seed: 7)
        var second = SeededRandom(seed: 7)
        var third = SeededRandom(seed: 8)
        let numbers = (0..<8).map { _ in first.next() }
        #expect(numbers == (0..<8).map { _ in second.next() })
        #expect(numbers != (0..<8).map { _ in third.next() })
    }

    @Test("a fixed clock moves when it is told to")
    func clock() {
        let clock = FixedClock(1_000_000)
        clock.advance(by: .milliseconds(1_500))
        #expect(clock.now() == 2_500_000)
        clock.advance(by: .seconds(-2))
        #expect(clock.now() == 500_000)
    }
}
