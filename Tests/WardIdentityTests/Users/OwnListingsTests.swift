import Testing
import WardDatabase
import WardTesting

@testable import WardIdentity

@Suite("Listings of what is one's own, and wrong passkeys, do not fill the log")
struct OwnListingsTests {
    @Test("an account has so many entries, and further listings are told by their number")
    func bounded() async throws {
        let house = House()
        try await house.add()
        let caller = try await house.caller(house.signIn())
        func entries() -> Int {
            house.facts.count { if case .sessionsListed = $0 { true } else if case .grantsListed = $0 { true } else { false } }
        }
        for _ in 0..<30 {
            _ = try await house.identity.ownAccount.sessions(caller)
            _ = try await house.identity.ownAccount.grants(caller)
        }
        #expect(entries() == OwnListings.burst)
        try await house.identity.tellUntold()
        #expect(house.facts.contains(.notTold(.listings, count: 60 - OwnListings.burst)))
        house.clock.advance(by: OwnListings.refill)
        _ = try await house.identity.ownAccount.sessions(caller)
        #expect(entries() == OwnListings.burst + 1)
    }

    @Test("passkeys that are none are told so often as an address may")
    func passkeys() async throws {
        let house = House()
        try await house.add()
        house.identity.passkeys.bound(to: "ward.example.org")
        let caller = try await house.caller(house.signIn())
        let proof = try #require(PasskeyProof(
            credential: "AAAA", clientData: "e30", authenticatorData: "AAAA", signature: "AAAA", userHandle: ""))
        for _ in 0..<(RefusedRequests.burst + 20) {
            await #expect(throws: OwnAccountError(.proofRefused)) {
                try await house.identity.ownAccount.stepUp(caller, passkey: proof, channel: .bearer)
            }
        }
        let told = house.facts.count { if case .proofRefused(_, .wrongPasskey) = $0 { true } else { false } }
        #expect(told == RefusedRequests.burst)
    }
}
