import Crypto
import Testing
@testable import WardKeys

@Suite struct DataKeyTests {
    @Test func saysNothingOfItself() {
        let key = DataKey(TestKeys.key(0xAB), version: 3, algorithm: .aes256GCM)
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key)" == "DataKey(version 3)")
        #expect(!dumped.contains("171") && !dumped.lowercased().contains("symmetric"))
    }

    @Test func aSetFindsVersions() throws {
        let owner = DataKeyOwner(tenant: 1, patient: "p")
        let keys = [1, 2].map { DataKey(TestKeys.key($0), version: UInt32($0), algorithm: .aes256GCM) }
        let set = try #require(DataKeySet(owner: owner, keys: keys))
        #expect(set.newest.version == 2)
        #expect(set[1]?.version == 1)
        #expect(set[2]?.version == 2)
        #expect(set[3] == nil)
        #expect(DataKeySet(owner: owner, keys: []) == nil)
    }

    @Test func sharedKeysHaveLongNonces() {
        #expect(DataKeyOwner(tenant: 1, patient: nil).algorithm == .xaes256GCM)
        #expect(DataKeyOwner(tenant: 1, patient: "p").algorithm == .aes256GCM)
    }
}
