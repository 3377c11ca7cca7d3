import Synchronization
import Testing
import WardDatabase
import WardKeys
import WardTesting
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
        #expect(try await home.retire() == ["tenant-1/kek/1"])
        let last = try await keyring.rewrap(after: nil, limit: 100)
        #expect(last.looked == 9 && last.moved == 0 && last.next == nil)
        for (patient, bytes) in sealed {
            let key = try await home.keyring().key(of: LogicalID(patient), version: 1)
            #expect(try SealedEnvelope.open(bytes, aad: [], key: key) == [UInt8(patient.suffix(1))])
        }
    }

    /// Every owner gets one further version, in steps of any size, also where it is begun again in the middle.
    @Test(arguments: [1, 2, 3, 100]) func dataKeysGetFurtherVersionsInSteps(limit: Int) async throws {
        let home = try await VaultKeys()
        let clock = FixedClock()
        @Sendable func keyring() -> DataKeyring {
            DataKeyring(tenant: home.tenant, store: home.store, cache: KeyCache(), clock: clock)
        }
        let patients = (0..<5).map { LogicalID("p\($0)") } + [nil]
        for patient in patients { _ = try await keyring().sealingKeys(of: patient) }
        for round in 2...3 as ClosedRange<UInt32> {
            clock.advance(by: .seconds(3_600))
            try await home.ring.beginDataKeys(1, now: clock.now())
            let moment = try #require(home.ring.unfinishedDataKeys(1))
            // A process dies after the first step; what goes on begins from the beginning.
            var made = try await keyring().rotate(madeBefore: moment, after: nil, limit: limit).made
            clock.advance(by: .seconds(1))
            try await home.ring.beginDataKeys(1, now: clock.now())
            #expect(home.ring.unfinishedDataKeys(1) == moment, "the one that was begun goes on")
            _ = try await keyring().sealingKeys(of: LogicalID("new-\(round)"))
            var place: RewrapStep.Place?
            repeat {
                let step = try await keyring().rotate(madeBefore: moment, after: place, limit: limit)
                made += step.made
                place = step.next
            } while place != nil
            try await home.ring.endDataKeys(1, begunAt: moment)
            #expect(home.ring.unfinishedDataKeys(1) == nil)
            #expect(made == (round == 2 ? 6 : 7))
            for patient in patients {
                #expect(try await keyring().keys(of: patient)?.keys.map(\.version) == Array(1...round))
            }
            #expect(try await keyring().keys(of: LogicalID("new-\(round)"))?.keys.count == 1)
        }
    }

    /// A further version is asked for at once, and seals when those who did not know it have ended.
    @Test func aFurtherVersionSealsAfterAWhile() async throws {
        let home = try await VaultKeys()
        let clock = FixedClock()
        let patient = LogicalID("p")
        let keyring = DataKeyring(tenant: home.tenant, store: home.store, cache: KeyCache(), clock: clock)
        #expect(try await keyring.sealingKeys(of: patient).sealing.version == 1, "the first one seals at once")
        clock.advance(by: .seconds(3_600))
        #expect(try await keyring.rotate(madeBefore: clock.now(), after: nil, limit: 10).made == 1)
        let keys = try await keyring.sealingKeys(of: patient)
        #expect(keys.keys.count == 2 && keys.newest.version == 2 && keys.sealing.version == 1)
        clock.advance(by: .seconds(120))
        keyring.evictAll()
        #expect(try await keyring.sealingKeys(of: patient).sealing.version == 2)
        let request = try #require(LogicalID("request"))
        #expect(try await keyring.destroyKeys(of: #require(patient), request: request, now: clock.now()) == 2)
        #expect(try await keyring.rotate(madeBefore: .max, after: nil, limit: 10).looked == 0)
    }

    /// Keys that were read under a key-encryption key which another rotation destroys before they are opened are read
    /// again: by a step that moves them and by a request that needs them.
    @Test func aRotationInTheMiddleOfAnother() async throws {
        let home = try await VaultKeys()
        for number in 0..<3 { _ = try await home.keyring().sealingKeys(of: LogicalID("p\(number)")) }
        let store = InterruptedKeyStore(home.store)
        let keyring = DataKeyring(tenant: home.tenant, store: store, cache: KeyCache())
        @Sendable func rotateWhole() async throws {
            _ = try await home.ring.rotateKEK(1, now: 0)
            _ = try await home.keyring().rewrap(after: nil, limit: 100)
            #expect(try await home.retire().count == 1)
        }
        _ = try await home.ring.rotateKEK(1, now: 0)
        store.afterReading { try await rotateWhole() }
        // Begun under version 2, which is held while the other rotation goes to 3 and destroys 1.
        #expect(try await keyring.rewrap(after: nil, limit: 100).moved == 0)
        #expect(try await keyring.counts() == [3: 3])
        #expect(try await home.retire() == ["tenant-1/kek/2"])
        store.afterReading { try await rotateWhole() }
        #expect(try await keyring.keys(of: LogicalID("p1")) != nil)
        #expect(try await keyring.counts() == [4: 3])
    }

    /// A key that is wrapped under an older version when the others were counted already holds that version.
    @Test func aKeyMadeWhileOthersAreCounted() async throws {
        let home = try await VaultKeys()
        _ = try await home.keyring().sealingKeys(of: LogicalID("p"))
        let held = home.tenant.beginMaking()
        _ = try await home.ring.rotateKEK(1, now: 0)
        _ = try await home.keyring().rewrap(after: nil, limit: 100)
        let destroyed = try await home.ring.retireKEKs(1) { () async throws(KeyError) in
            let counted = try await home.keyring().counts()
            // Now it arrives, after the counting.
            home.tenant.endMaking(held)
            return Set(counted.keys)
        }.destroyed
        #expect(destroyed == [])
        #expect(try await home.retire() == ["tenant-1/kek/1"])
    }

    /// Changes of the keyring wait for each other, and none sees what another has half done.
    @Test func changesTakeTurns() async throws {
        let home = try await VaultKeys()
        try await withThrowingTaskGroup { group in
            for _ in 0..<12 {
                group.addTask { _ = try await home.ring.rotateKEK(1, now: 0) }
                group.addTask { _ = try await home.retire() }
                group.addTask { _ = try await home.keyring().sealingKeys(of: LogicalID("p")) }
                group.addTask { _ = try await home.keyring().rewrap(after: nil, limit: 100) }
            }
            try await group.waitForAll()
        }
        #expect(home.tenant.newestVersion == 13)
        _ = try await home.keyring().rewrap(after: nil, limit: 100)
        _ = try await home.retire()
        #expect(try await home.keyring().counts() == [13: 1])
        #expect(try await home.keyring().keys(of: LogicalID("p")) != nil)
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
