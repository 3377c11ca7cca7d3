import Synchronization
import Testing
import WardDatabase
import WardKeys
import WardVault

@Suite struct KeyRotationTests {
    /// Steps of any size reach all keys once, records' keys stay the same, and the old version can go.
    @Test(arguments: [1, 3, 100]) func dataKeysMoveInSteps(limit: Int) async throws {
        let home = try await VaultKeys()
        let keyring = home.keyring()
        var sealed: [String: [UInt8]] = [:]
        for number in 0..<7 {
            let key = try await keyring.sealingKeys(of: LogicalID("p\(number)")).newest
            sealed["p\(number)"] = try SealedEnvelope.seal([UInt8(number)], format: 1, aad: [], key: key)
        }
        _ = try await keyring.sealingKeys(of: nil)
        #expect(try await keyring.counts() == [1: 8])
        _ = try await home.ring.rotateKEK(1, now: 0)
        _ = try await keyring.sealingKeys(of: LogicalID("new"))
        #expect(try await keyring.counts() == [1: 8, 2: 1])
        var (place, moved): (RewrapStep.Place?, Int) = (nil, 0)
        repeat {
            let step = try await keyring.rewrap(after: place, limit: limit)
            moved += step.moved
            place = step.next
        } while place != nil
        #expect(moved == 8)
        try await keyring.purge()
        #expect(try await keyring.counts() == [2: 9])
        #expect(try await home.ring.retireKEKs(1, inUse: Set(keyring.counts().keys)).destroyed == ["tenant-1/kek/1"])
        let last = try await keyring.rewrap(after: nil, limit: 100)
        #expect(last.looked == 9 && last.moved == 0 && last.next == nil)
        for (patient, bytes) in sealed {
            let key = try await home.keyring().key(of: LogicalID(patient), version: 1)
            #expect(try SealedEnvelope.open(bytes, aad: [], key: key) == [UInt8(patient.suffix(1))])
        }
    }

    /// A service that is silent for longer than the limit suspends the keys, and one that answers again resumes them.
    @Test func keysServeForALimitedTimeWithoutTheirService() async throws {
        let home = try await VaultKeys()
        let keyring = home.keyring()
        let clock = Mutex(ContinuousClock.now)
        let silent = SilentProvider(home.root)
        _ = try await home.ring.migrate(to: silent)
        let lease = KeyLease(home.ring, limit: .seconds(60)) { clock.withLock { $0 } }
        _ = try await keyring.sealingKeys(of: LogicalID("p"))
        silent.isSilent.withLock { $0 = true }
        clock.withLock { $0 += .seconds(59) }
        #expect(await lease.renew() == .unreachable(since: .seconds(59)))
        _ = try await keyring.sealingKeys(of: LogicalID("p"))
        clock.withLock { $0 += .seconds(1) }
        #expect(await lease.renew() == .suspended)
        #expect(keyring.cached(of: LogicalID("p")) == nil)
        let refused = KeyError(.unavailable, "the key service has not answered for too long")
        await #expect(throws: refused) { try await keyring.keys(of: LogicalID("p")) }
        await #expect(throws: refused) { try await keyring.sealingKeys(of: LogicalID("q")) }
        silent.isSilent.withLock { $0 = false }
        #expect(await lease.renew() == .held)
        _ = try await keyring.sealingKeys(of: LogicalID("p"))
    }
}
