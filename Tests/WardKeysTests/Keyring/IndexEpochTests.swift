import Crypto
import Foundation
import Testing
@testable import WardKeys

@Suite("Epochs of the index key")
struct IndexEpochTests {
    let folder: TemporaryFolder
    let root: FileKeyring

    init() throws {
        folder = try TemporaryFolder()
        root = try FileKeyring.create(
            at: folder.path + "/root.key", passphrase: TestKeys.passphrase(), now: TestKeys.now, cost: TestKeys.cheap)
    }

    private func token(_ index: BlindIndexKey) -> Int64 {
        index.token(type: "Patient", parameter: "family", kind: 1, partition: 0, value: [1])
    }

    @Test("A new epoch has a key, partitions and a policy of its own; the old one goes when it is told to")
    func lifetime() async throws {
        let keyring = try await Keyring.create(
            in: folder.path, provider: root, settings: .init(environment: "development", deployment: "d1"), now: TestKeys.now)
        let keys = try keyring.tenant(1)
        let first = token(keys.index)
        #expect(keys.index.policy == nil)
        let change = try await keyring.beginIndex(1, partitions: 8, policy: "p", now: TestKeys.now)
        #expect(change.made == ["tenant-1/index/2"])
        #expect(keys.indexes.map(\.epoch) == [1, 2] && keys.index.partitions == 8 && keys.index.policy == "p")
        #expect(token(keys.index) != first && token(keys.indexes[0]) == first)
        #expect(try await keyring.beginIndex(1, partitions: 2, policy: "q", now: TestKeys.now).isEmpty)
        // A rotation of the key-encryption key in the midst keeps both.
        _ = try await keyring.rotateKEK(1, now: TestKeys.now)
        let again = try await Keyring.open(in: folder.path, provider: root).tenant(1)
        #expect(again.indexes.map(token) == keys.indexes.map(token) && again.index.policy == "p")
        #expect(try await keyring.retireIndexes(1, before: 2).destroyed == ["tenant-1/index/1"])
        #expect(keys.indexes.map(\.epoch) == [2])
        #expect(try await keyring.retireIndexes(1, before: 2).isEmpty)
        #expect(try await Keyring.open(in: folder.path, provider: root).tenant(1).indexes.map(\.epoch) == [2])
    }

    @Test("Partitions and policy are bound to the key")
    func binding() async throws {
        let keyring = try await Keyring.create(
            in: folder.path, provider: root, settings: .init(environment: "development", deployment: "d1"), now: TestKeys.now)
        _ = try await keyring.beginIndex(1, partitions: 4, policy: "p", now: TestKeys.now)
        let derived = try keyring.tenant(1).derived(1)
        let index = try #require(keyring.documents.keyring.tenants[0].indexes.last)
        _ = try index.open(tenant: 1, derived)
        var other = index
        other.policy = "q"
        #expect(throws: KeyError.self) { try other.open(tenant: 1, derived) }
        var without = index
        without.policy = nil
        #expect(throws: KeyError.self) { try without.open(tenant: 1, derived) }
        var parted = index
        parted.partitions = 5
        #expect(throws: KeyError.self) { try parted.open(tenant: 1, derived) }
    }
}
