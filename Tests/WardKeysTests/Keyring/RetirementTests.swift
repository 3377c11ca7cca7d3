import Foundation
import Synchronization
import Testing
@testable import WardKeys

/// Keys are destroyed once somebody was told of it, and not where he could not be.
@Suite struct RetirementTests {
    typealias Retire = @Sendable (Keyring, KeysToDestroy?) async throws -> KeyChange
    private static let later = TestKeys.now + 86_400_000_000

    private final class Told: Sendable {
        let ids = Mutex<[[String]]>([])
    }

    /// What destroys which keys of a home that has older ones of every kind.
    static let kinds: [(ids: [String], retire: Retire)] = [
        (["tenant-1/kek/1"], { try await $0.retireKEKs(1, telling: $1) { [2] } }),
        (["tenant-1/index/1"], { try await $0.retireIndexes(1, before: 2, telling: $1) }),
        (["tenant-1/page/1"], { try await $0.retireLinks(1, now: later + 86_400_000_001, telling: $1) }),
        (["tenant-1/token/1"], { try await $0.retireTokens(1, keeping: .seconds(600), now: later + 600_000_000, telling: $1) }),
    ]

    @Test(arguments: kinds.indices) func toldBefore(_ kind: Int) async throws {
        let (ids, retire) = Self.kinds[kind]
        let folder = try TemporaryFolder()
        let root = try FileKeyring.create(
            at: folder.path + "/root.key", passphrase: TestKeys.passphrase(), now: TestKeys.now, cost: TestKeys.cheap)
        let keyring = try await Keyring.create(
            in: folder.path, provider: root, settings: .init(environment: "development", deployment: "d1"), now: TestKeys.now)
        _ = try await keyring.rotateTokens(1, keeping: .seconds(600), now: Self.later)
        _ = try await keyring.rotateKEK(1, now: Self.later)
        // Its index keys lie under the new one, so that nothing holds the old one.
        _ = try await keyring.beginIndex(1, partitions: 4, policy: "p", now: Self.later)
        let path = folder.path
        let present = { @Sendable () async throws -> Set<String> in
            Set(try await Keyring.open(in: path, provider: root).status(now: Self.later).keys.map(\.id)).intersection(ids)
        }
        #expect(try await present() == Set(ids))
        await #expect(throws: KeyError(.unavailable, "not told")) {
            _ = try await retire(keyring) { _ throws(KeyError) in throw KeyError(.unavailable, "not told") }
        }
        #expect(try await present() == Set(ids))
        let (told, there) = (Told(), Told())
        let tell: KeysToDestroy = { ids in
            told.ids.withLock { $0.append(ids) }
            let found = (try? await present()).map { $0.sorted() } ?? []
            there.ids.withLock { $0.append(found) }
        }
        // Of two at once one destroys them, and the other has nothing to tell.
        async let (one, other) = (retire(keyring, tell), retire(keyring, tell))
        let changes = [try await one, try await other]
        #expect(changes.filter { !$0.isEmpty } == [KeyChange(destroyed: ids)])
        #expect(told.ids.withLock { $0 } == [ids])
        #expect(there.ids.withLock { $0 } == [ids], "when it is told they are still there")
        #expect(try await present().isEmpty)
        // Where there is nothing to destroy there is nothing to tell.
        _ = try await retire(keyring) { ids in told.ids.withLock { $0.append(ids) } }
        #expect(told.ids.withLock(\.count) == 1)
    }
}
