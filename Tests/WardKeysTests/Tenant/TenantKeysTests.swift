import Crypto
import Testing
@testable import WardKeys

@Suite struct TenantKeysTests {
    let owner = DataKeyOwner(tenant: 1, patient: "p1")

    @Test func purposesHaveKeysOfTheirOwn() throws {
        let (one, two) = (TestKeys.tenant(1, versions: 1...2), TestKeys.tenant(2, versions: 1...2))
        var keys: Set<[UInt8]> = []
        for purpose in KeyPurpose.allCases {
            for tenant in [one, two] {
                for version in UInt32(1)...2 {
                    keys.insert(try tenant.key(purpose, version: version).withUnsafeBytes { Array($0) })
                }
            }
            #expect(try one.key(purpose) == one.key(purpose, version: 2))
        }
        #expect(keys.count == KeyPurpose.allCases.count * 4)
        #expect(throws: KeyError(.unknownKey, "page 3")) { try one.key(.page, version: 3) }
    }

    @Test func aDataKeyIsBoundToItsOwnerAndVersion() throws {
        let tenant = TestKeys.tenant()
        let (key, wrapped) = try tenant.makeDataKey(owner: owner, version: 1)
        #expect(try tenant.unwrap(wrapped).symmetricKey == key.symmetricKey)
        var changes: [WrappedDataKey] = []
        for change in [DataKeyOwner(tenant: 1, patient: "p2"), DataKeyOwner(tenant: 1, patient: nil)] {
            var changed = wrapped
            changed.owner = change
            changes.append(changed)
        }
        var changed = wrapped
        changed.version = 2
        changes.append(changed)
        for index in wrapped.wrapped.indices {
            changed = wrapped
            changed.wrapped[index] ^= 0x10
            changes.append(changed)
        }
        for changed in changes {
            #expect(throws: KeyError(.authentication, "unwrap")) { try tenant.unwrap(changed) }
        }
        changed = wrapped
        changed.commitment[31] ^= 1
        #expect(throws: KeyError(.commitment, "data key 1")) { try tenant.unwrap(changed) }
        // That of another key of the same owner, which is whole in itself.
        changed.commitment = try tenant.makeDataKey(owner: wrapped.owner, version: 2).wrapped.commitment
        #expect(throws: KeyError(.commitment, "data key 1")) { try tenant.unwrap(changed) }
        changed = wrapped
        changed.kekVersion = 9
        #expect(throws: KeyError(.unknownKey, "wrap 9")) { try tenant.unwrap(changed) }
        changed = wrapped
        changed.owner = DataKeyOwner(tenant: 2, patient: "p1")
        #expect(throws: KeyError(.unknownKey, "tenant 2")) { try tenant.unwrap(changed) }
    }

    @Test func rewrappingKeepsTheKey() throws {
        let (key, wrapped) = try TestKeys.tenant(versions: 1...1).makeDataKey(owner: owner, version: 1)
        let rotated = TestKeys.tenant(versions: 1...2)
        let rewrapped = try rotated.rewrap(wrapped)
        #expect(rewrapped.kekVersion == 2)
        #expect(rewrapped.commitment == wrapped.commitment)
        #expect(try rotated.unwrap(rewrapped).symmetricKey == key.symmetricKey)
    }

    @Test func sealingKeysTellTheirVersion() throws {
        let tenant = TestKeys.tenant(versions: 1...2)
        let old = try tenant.sealingKey(.audit, version: 1)
        let sealed = try SealedEnvelope.seal([4], format: 1, aad: [], key: old)
        let version = try SealedEnvelope.header(of: sealed).keyVersion
        #expect(version == 1)
        #expect(try SealedEnvelope.open(sealed, aad: [], key: tenant.sealingKey(.audit, version: version)) == [4])
        #expect(try tenant.sealingKey(.audit).version == 2)
    }
}
