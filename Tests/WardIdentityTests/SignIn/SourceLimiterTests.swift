import Testing
import WardDatabase
import WardTesting
import WardVault

@testable import WardIdentity

@Suite("Limiter of addresses")
struct SourceLimiterTests {
    private let second: Int64 = 1_000_000

    @Test("a burst, then one each time the bucket refills")
    func bucket() {
        let limiter = SourceLimiter(burst: 3, refill: .seconds(2), tableLimit: 10)
        for _ in 0..<3 { #expect(limiter.admit("a", now: 0) == .admitted) }
        #expect(limiter.admit("a", now: 0) == .heldBack(seconds: 2, isFirst: true))
        #expect(limiter.admit("a", now: second) == .heldBack(seconds: 1, isFirst: false))
        #expect(limiter.admit("b", now: second) == .admitted)
        #expect(limiter.admit("a", now: 2 * second) == .admitted)
        #expect(limiter.admit("a", now: 2 * second) == .heldBack(seconds: 2, isFirst: true))
        for _ in 0..<3 { #expect(limiter.admit("a", now: 100 * second) == .admitted) }
        #expect(limiter.admit("a", now: 100 * second) != .admitted, "the bucket holds no more than a burst")
    }

    @Test("good tries are given back; a clock set back gives nothing")
    func givenBack() {
        let limiter = SourceLimiter(burst: 1, refill: .seconds(10), tableLimit: 10)
        for _ in 0..<100 {
            #expect(limiter.admit("a", now: 0) == .admitted)
            limiter.giveBack("a")
        }
        #expect(limiter.admit("a", now: 0) == .admitted)
        #expect(limiter.admit("a", now: -100 * second) != .admitted)
        #expect(limiter.admit("a", now: -91 * second) != .admitted)
        #expect(limiter.admit("a", now: -89 * second) == .admitted)
    }

    @Test("the table is bounded, and the busiest addresses stay in it")
    func bounded() {
        let limiter = SourceLimiter(burst: 1, refill: .seconds(1_000), tableLimit: 100)
        for round in 0..<1_000 {
            _ = limiter.admit("attacker", now: Int64(round) * 10)
            _ = limiter.admit("192.0.2.\(round)", now: Int64(round) * 10 + 1)
            #expect(limiter.count <= 100)
        }
        #expect(limiter.admit("attacker", now: 10_000) != .admitted)
    }

    @Test(
        "IPv6 addresses count by their first 64 bits",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("::1", "0:0:0:0::/64"), ("2001:db8::1", "2001:db8:0:0::/64"),
            ("2001:DB8:0:0:1:2:3:4", "2001:db8:0:0::/64"), ("2001:0db8:1:2::", "2001:db8:1:2::/64"),
            ("fe80::1%eth0", "fe80:0:0:0::/64"), ("::ffff:192.0.2.1", "::ffff:192.0.2.1"), ("", ""),
            ("local", "local"),
        ])
    func keys(source: String, key: String) {
        #expect(AddressGroup.key(of: source) == key)
    }

    @Test("an address is held back at sign-in, others are not, and a good sign-in costs nothing")
    func signIn() async throws {
        let house = House(settings: House.settings(refusals: 3))
        try await house.add()
        for _ in 0..<10 { _ = try await house.signIn() }
        let runs = house.identity.hasher.runs
        for _ in 0..<3 {
            await #expect(throws: SignInError(.refused)) { try await house.signIn("nobody", code: "0") }
        }
        for _ in 0..<3 {
            await #expect(throws: SignInError(.throttled(retryAfterSeconds: 2))) {
                try await house.signIn("nobody", code: "0")
            }
        }
        #expect(house.identity.hasher.runs == runs + 3)
        #expect(house.facts.count { $0 == .signInRefused(user: nil, .throttled) } == 1)
        await #expect(throws: SignInError(.refused)) {
            try await house.signIn("nobody", code: "0", source: "198.51.100.9")
        }
    }
}
