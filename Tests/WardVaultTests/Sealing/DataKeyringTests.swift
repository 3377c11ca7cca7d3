import Testing
import WardDatabase
import WardKeys
import WardSQLite
import WardVault

@Suite struct DataKeyringTests {
    let patient = LogicalID("p1")

    @Test func makesAKeyOnceAndFindsItAgain() async throws {
        let home = try await VaultKeys()
        let keyring = home.keyring()
        #expect(try await keyring.keys(of: patient) == nil)
        #expect(keyring.cached(of: patient) == nil)
        let key = try await keyring.sealingKeys(of: patient).newest
        #expect(key.version == 1)
        #expect(keyring.cached(of: patient) != nil)
        let sealed = try SealedEnvelope.seal([5], format: 1, aad: [], key: key)
        let again = try await home.keyring().key(of: patient, version: 1)
        #expect(try SealedEnvelope.open(sealed, aad: [], key: again) == [5])
        #expect(try await home.store.count(tenant: .first) == 1)
    }

    @Test func patientsAndTheTenantHaveKeysOfTheirOwn() async throws {
        let keyring = try await VaultKeys().keyring()
        let shared = try await keyring.sealingKeys(of: nil).newest
        let first = try await keyring.sealingKeys(of: patient).newest
        let second = try await keyring.sealingKeys(of: LogicalID("p2")).newest
        #expect(shared.algorithm == .xaes256GCM && first.algorithm == .aes256GCM)
        let sealed = try SealedEnvelope.seal([5], format: 1, aad: [], key: first)
        #expect(throws: SealError(.authentication)) { try SealedEnvelope.open(sealed, aad: [], key: second) }
    }

    @Test func manyWritersOfANewPatientShareOneKey() async throws {
        let home = try await VaultKeys()
        let keyrings = [home.keyring(), home.keyring()]
        let sealed = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for number in 0..<20 {
                group.addTask { [patient] in
                    let key = try await keyrings[number % 2].sealingKeys(of: patient).newest
                    return try SealedEnvelope.seal([5], format: 1, aad: [], key: key)
                }
            }
            return try await group.reduce(into: [[UInt8]]()) { $0.append($1) }
        }
        let key = try await home.keyring().key(of: patient, version: 1)
        for message in sealed { #expect(try SealedEnvelope.open(message, aad: [], key: key) == [5]) }
        #expect(try await home.store.count(tenant: .first) == 1)
    }

    @Test func aShreddedKeyIsGone() async throws {
        let home = try await VaultKeys()
        let keyring = home.keyring()
        _ = try await keyring.sealingKeys(of: patient)
        let (patient, request) = (try #require(patient), try #require(LogicalID("request")))
        #expect(try await keyring.destroyKeys(of: patient, request: request, now: 5) == 1)
        #expect(try await keyring.keys(of: patient) == nil)
        await #expect(throws: KeyError(.destroyed, "data key 1")) { try await keyring.key(of: patient, version: 1) }
        await #expect(throws: KeyError(.destroyed, "data key")) { try await keyring.sealingKeys(of: patient) }
        #expect(try await keyring.destroyed().map(\.patient) == [patient])
        #expect(try await keyring.destroyKeys(of: patient, request: request, now: 6) == 0)
    }

    /// A row moved from one patient to another does not open.
    @Test func rowsAreBoundToTheirPatient() async throws {
        let home = try await VaultKeys()
        _ = try await home.keyring().sealingKeys(of: patient)
        var row = try #require(try await home.store.keys(of: patient, tenant: .first).first)
        row.patient = LogicalID("p2")
        _ = try await home.store.put([row])
        await #expect(throws: KeyError(.authentication, "unwrap")) {
            try await home.keyring().keys(of: LogicalID("p2"))
        }
    }
}
