import Testing
import WardTesting

@testable import WardIdentity

@Suite("Familiar networks")
struct FamiliarNetworksTests {
    @Test("a sign-in makes its network familiar, for a time, and no other")
    func remembers() {
        let networks = FamiliarNetworks()
        #expect(networks.standing(of: "192.0.2.1", now: 0) == .stranger)
        networks.note("192.0.2.1", now: 0)
        #expect(networks.standing(of: "192.0.2.200", now: 1) == .familiar, "the same network")
        #expect(networks.standing(of: "192.0.3.1", now: 1) == .stranger)
        #expect(networks.standing(of: "192.0.2.1", now: FamiliarNetworks.lifetime) == .stranger)
    }

    @Test("the table is bounded, and the newest stay")
    func bounded() {
        let networks = FamiliarNetworks(limit: 10)
        for number in 0..<200 {
            networks.note("10.0.\(number).1", now: Int64(number))
            #expect(networks.count <= 10)
            #expect(networks.standing(of: "10.0.\(number).9", now: 200) == .familiar)
        }
    }

    @Test("while strangers fill their places, somebody from a familiar network signs in")
    func flood() async throws {
        let slow = try #require(ScryptSettings(logarithmOfRounds: 12, blockSize: 8, parallelism: 1))
        let house = House(
            settings: House.settings(
                scrypt: slow, hashing: .init(concurrentHashes: 1, waitingHashes: 2, patience: .seconds(600))))
        try await house.add()
        _ = try await house.signIn()
        let code = try await house.code(steps: 1)
        try await withThrowingTaskGroup(of: SignInError.Code?.self) { group in
            for number in 0..<40 {
                group.addTask {
                    do throws(SignInError) {
                        _ = try await house.signIn("nobody", code: "0", source: "198.51.\(number).1")
                        return nil
                    } catch {
                        return error.code
                    }
                }
            }
            group.addTask {
                _ = try await house.signIn(code: code)
                return nil
            }
            var codes: [SignInError.Code] = []
            for try await code in group { if let code { codes.append(code) } }
            #expect(codes.count == 40)
            #expect(codes.contains(.busy(retryAfterSeconds: 3)), "strangers were turned away")
        }
    }

    @Test("whose turn comes too late is turned away as busy, without a hash")
    func late() async throws {
        let house = House(
            settings: House.settings(hashing: .init(concurrentHashes: 1, waitingHashes: 0, patience: .zero)))
        await #expect(throws: SignInError(.busy(retryAfterSeconds: 3))) { try await house.signIn("nobody", code: "0") }
        #expect(house.identity.hasher.runs == 0)
        #expect(house.facts == [.signInRefused(user: nil, .busy)])
    }
}
