import Crypto
import Foundation
import Testing
@testable import WardKeys

@Suite struct KeyringRotationTests {
    let folder: TemporaryFolder
    let root: FileKeyring
    let settings = Keyring.Settings(environment: "development", deployment: "d1")
    let later = TestKeys.now + 86_400_000_000

    init() throws {
        folder = try TemporaryFolder()
        root = try Self.root(folder, "root.key")
    }

    private static func root(_ folder: TemporaryFolder, _ name: String) throws -> FileKeyring {
        try FileKeyring.create(
            at: folder.path + "/" + name, passphrase: TestKeys.passphrase(), now: TestKeys.now, cost: TestKeys.cheap)
    }

    private func make() async throws -> Keyring {
        try await Keyring.create(in: folder.path, provider: root, settings: settings, now: TestKeys.now)
    }

    private func wrappers(_ keyring: Keyring) async throws -> Set<String> {
        Set(try await keyring.status(now: later).keys.compactMap(\.wrappedBy))
    }

    @Test func aRootIsRotatedAndTheOldOneDestroyed() async throws {
        let keyring = try await make()
        let id = try await root.describe().root
        let before = try keyring.tenant(1).key(.wrap)
        let change = try await keyring.rotateRoot(now: later)
        #expect(change.made == ["root/file/\(id)/2"])
        #expect(change.rewrapped == ["tenant-1/kek/1", "log/1"])
        #expect(change.destroyed == ["root/file/\(id)/1"])
        #expect(try await wrappers(keyring) == ["root/file/\(id)/2"])
        let again = try await Keyring.open(
            in: folder.path,
            provider: FileKeyring.open(at: folder.path + "/root.key", passphrase: TestKeys.passphrase()))
        #expect(try again.tenant(1).key(.wrap) == before)
        #expect(again.log.publicKey == keyring.log.publicKey)
    }

    /// A process that dies after the new root was made, or after some keys moved, leaves keys that open; the next call
    /// finishes and makes no further root.
    @Test func anInterruptedRotationOfTheRootGoesOn() async throws {
        let keyring = try await make()
        try await root.rotateRoot(now: later)
        let reopened = try await Keyring.open(in: folder.path, provider: root)
        #expect(try reopened.tenant(1).key(.wrap) == keyring.tenant(1).key(.wrap))
        let change = try await reopened.rotateRoot(now: later)
        #expect(change.made == [])
        #expect(change.rewrapped.count == 2 && change.destroyed.count == 1)
        #expect(try await root.describe().versions.map(\.number) == [2])
        #expect(try await reopened.rewrap().isEmpty)
    }

    @Test func aKeyEncryptionKeyIsRotatedForAllWhoHoldIt() async throws {
        let keyring = try await make()
        let tenant = try keyring.tenant(1)
        let owner = DataKeyOwner(tenant: 1, patient: "p")
        let old = try tenant.makeDataKey(owner: owner, version: 1)
        let token = tenant.index.token(type: "A", parameter: "p", kind: 1, partition: 0, value: [1])
        let outliving = try KeyPurpose.outliving.map { try tenant.key($0, version: 1) }
        let change = try await keyring.rotateKEK(1, now: later)
        #expect(change.made == ["tenant-1/kek/2"])
        #expect(tenant.newestVersion == 2)
        #expect(try tenant.makeDataKey(owner: owner, version: 2).wrapped.kekVersion == 2)
        _ = try tenant.unwrap(old.wrapped)
        let moved = try tenant.rewrap(old.wrapped)
        #expect(moved.kekVersion == 2)

        #expect(try await keyring.retireKEKs(1) { [1, 2] }.isEmpty)
        #expect(try await keyring.retireKEKs(1) { [2] }.destroyed == ["tenant-1/kek/1"])
        for tenant in [tenant, try await Keyring.open(in: folder.path, provider: root).tenant(1)] {
            #expect(throws: KeyError(.unknownKey, "wrap 1")) { try tenant.unwrap(old.wrapped) }
            let opened = try tenant.unwrap(moved)
            let sealed = try SealedEnvelope.seal([7], format: 1, aad: [], key: old.key)
            #expect(try SealedEnvelope.open(sealed, aad: [], key: opened) == [7])
            #expect(tenant.index.token(type: "A", parameter: "p", kind: 1, partition: 0, value: [1]) == token)
            #expect(try KeyPurpose.outliving.map { try tenant.key($0, version: 1) } == outliving)
            #expect(tenant.oldestVersion(of: .pepper) == 1)
            #expect(tenant.oldestVersion(of: .wrap) == 2)
        }
    }

    /// What outlives a key-encryption key goes through several of them.
    @Test func retainedKeysOutliveFurtherRotations() async throws {
        let keyring = try await make()
        let tenant = try keyring.tenant(1)
        let pepper = try tenant.key(.pepper)
        for version: UInt32 in 2...4 {
            _ = try await keyring.rotateKEK(1, now: later)
            #expect(try await keyring.retireKEKs(1) { [version] }.destroyed == ["tenant-1/kek/\(version - 1)"])
        }
        let again = try await Keyring.open(in: folder.path, provider: root).tenant(1)
        #expect(try again.key(.pepper, version: 1) == pepper)
        let kinds = try await keyring.status(now: later).keys.map(\.kind)
        #expect(kinds.count { $0 == .kek } == 1 && kinds.count { $0 == .retained } == 15)
        // Links live for less than a day: then their keys leave the file and the memory, the rest stays.
        let other = try await Keyring.open(in: folder.path, provider: root)
        #expect(try await other.retireLinks(1, now: later + 86_400_000_000).isEmpty)
        #expect(try await other.retireLinks(1, now: later + 86_400_000_001).destroyed == (1...3).map { "tenant-1/page/\($0)" })
        #expect(try await other.retireLinks(1, now: .max).isEmpty)
        #expect(throws: KeyError(.unknownKey, "page 3")) { try other.tenant(1).key(.page, version: 3) }
        _ = try other.tenant(1).key(.page, version: 4)
        #expect(try other.tenant(1).key(.pepper, version: 1) == pepper)
        // So they do with a later rotation.
        _ = try await keyring.rotateKEK(1, now: later + 86_400_000_001)
        let ids = try await keyring.status(now: later).keys.filter { $0.kind == .retained }.map(\.id)
        #expect(ids.filter { $0.contains("/page/") } == ["tenant-1/page/4"] && ids.count == 17)
    }

    /// The key that signs tokens is followed at once, verifies for a time, and goes when nothing needs it.
    @Test func aTokenKeyIsRotatedAndTheOldOneDestroyedInTime() async throws {
        let keyring = try await make()
        let tenant = try keyring.tenant(1)
        let derived = tenant.tokenKeys
        #expect(try derived == [tenant.key(.tokenSigning)])
        let kept = Duration.seconds(600)
        #expect(try await keyring.rotateTokens(1, keeping: kept, now: later).made == ["tenant-1/token/2"])
        #expect(tenant.tokenKeys.count == 2 && tenant.tokenKeys[1] == derived[0] && tenant.tokenKeys[0] != derived[0])
        #expect(try await keyring.retireTokens(1, keeping: kept, now: later + 599_000_000).isEmpty)
        // A rotation of the key-encryption key changes none of them, and keeps nothing else for tokens.
        let both = tenant.tokenKeys
        _ = try await keyring.rotateKEK(1, now: later)
        #expect(try await keyring.retireKEKs(1) { [2] }.destroyed == ["tenant-1/kek/1"])
        #expect(tenant.tokenKeys == both)
        let again = try await Keyring.open(in: folder.path, provider: root)
        #expect(try again.tenant(1).tokenKeys == both)
        #expect(try await again.status(now: later).keys.count { $0.kind == .retained } == 4)
        #expect(try await again.retireTokens(1, keeping: kept, now: later + 600_000_000).destroyed == ["tenant-1/token/1"])
        #expect(try again.tenant(1).tokenKeys == [both[0]])
        #expect(try await again.retireTokens(1, keeping: kept, now: .max).isEmpty, "the one that signs stays")
        let later = later + 1_000_000_000
        let change = try await again.rotateTokens(1, keeping: kept, now: later)
        #expect(change.made == ["tenant-1/token/3"] && change.destroyed == [])
        let next = try await again.rotateTokens(1, keeping: kept, now: later + 700_000_000)
        #expect(next.made == ["tenant-1/token/4"] && next.destroyed == ["tenant-1/token/2"])
    }

    @Test func tokenKeysAreBounded() async throws {
        let keyring = try await make()
        for _ in 0..<15 { _ = try await keyring.rotateTokens(1, keeping: .seconds(600), now: later) }
        await #expect(throws: KeyError.self) { try await keyring.rotateTokens(1, keeping: .seconds(600), now: later) }
        #expect(try keyring.tenant(1).tokenKeys.count == 16)
    }

    /// Before the first key of their own, the derived keys of the newest two key-encryption keys sign and verify.
    @Test func derivedTokenKeysOutliveTheirRotation() async throws {
        let keyring = try await make()
        let tenant = try keyring.tenant(1)
        let first = tenant.tokenKeys
        _ = try await keyring.rotateKEK(1, now: later)
        _ = try await keyring.retireKEKs(1) { [2] }
        let both = tenant.tokenKeys
        #expect(both.count == 2 && both[1] == first[0])
        _ = try await keyring.rotateTokens(1, keeping: .seconds(600), now: later)
        #expect(Array(tenant.tokenKeys.dropFirst()) == both)
        #expect(try await keyring.status(now: later).keys.filter { $0.kind == .token }.map(\.version) == [1, 2, 3])
    }

    /// A data key that is being made holds its key-encryption key.
    @Test func aKeyInMakingHoldsItsVersion() async throws {
        let keyring = try await make()
        let tenant = try keyring.tenant(1)
        let held = tenant.beginMaking()
        _ = try await keyring.rotateKEK(1, now: later)
        #expect(tenant.beginMaking() == 2)
        #expect(try await keyring.retireKEKs(1) { [] }.isEmpty)
        tenant.endMaking(held)
        #expect(try await keyring.retireKEKs(1) { [] }.destroyed == ["tenant-1/kek/1"])
    }

    @Test func keysMoveToAnotherProvider() async throws {
        let keyring = try await make()
        let other = try Self.root(folder, "other.key")
        let id = try await other.describe().root
        let before = try keyring.tenant(1).key(.wrap)
        let change = try await keyring.migrate(to: other)
        #expect(change.rewrapped == ["tenant-1/kek/1", "log/1"])
        #expect(try await wrappers(keyring) == ["root/file/\(id)/1"])
        let again = try await Keyring.open(in: folder.path, provider: other)
        #expect(try again.tenant(1).key(.wrap) == before)
        #expect(try await keyring.rotateRoot(now: later).made == ["root/file/\(id)/2"])
        #expect(try await keyring.migrate(to: other).isEmpty)
    }

    /// A process that dies between the two files leaves one under each provider; both together open them.
    @Test func anInterruptedMigrationOpensWithBothAndGoesOn() async throws {
        let keyring = try await make()
        let keyringFile = try folder.bytes("keyring.key")
        let other = try Self.root(folder, "other.key")
        _ = try await keyring.migrate(to: other)
        try folder.write(keyringFile, "keyring.key")
        let both = try await KeyServices(primary: other, others: [root])
        let again = try await Keyring.open(in: folder.path, provider: both)
        #expect(try await again.rewrap().rewrapped == ["tenant-1/kek/1"])
        _ = try await Keyring.open(in: folder.path, provider: other)
        #expect(try await Keyring.roots(in: folder.path) == [other.describe().name])
    }

    /// The same migration called again on what an interrupted one left, and one back to where the keys came from.
    @Test(arguments: [true, false]) func anInterruptedMigrationIsCalledAgain(goesOn: Bool) async throws {
        let keyring = try await make()
        let keyringFile = try folder.bytes("keyring.key")
        let other = try Self.root(folder, "other.key")
        let kept = try await root.describe()
        #expect(try await keyring.migrate(to: other).kept == [kept.id(of: 1)])
        try folder.write(keyringFile, "keyring.key")
        let both = try await KeyServices(primary: other, others: [root])
        let again = try await Keyring.open(in: folder.path, provider: both)
        #expect(try await again.roots == [root.describe().name, other.describe().name])
        let target = goesOn ? try FileKeyring.open(at: folder.path + "/other.key", passphrase: TestKeys.passphrase()) : root
        #expect(try await again.migrate(to: target).rewrapped == [goesOn ? "tenant-1/kek/1" : "log/1"])
        _ = try await Keyring.open(in: folder.path, provider: target)
    }

    @Test func aChangeThatFailsChangesNothing() async throws {
        let keyring = try await make()
        let files = try ["keyring.key", "log.key"].map { try folder.bytes($0) }
        let gone = try Self.root(folder, "gone.key")
        try await gone.rotateRoot(now: later)
        try FileManager.default.removeItem(atPath: folder.path + "/gone.key")
        try FileManager.default.createDirectory(atPath: folder.path + "/gone.key.new", withIntermediateDirectories: false)
        await #expect(throws: KeyError.self) { try await gone.rotateRoot(now: later) }
        await #expect(throws: KeyError.self) { try await keyring.rotateKEK(9, now: later) }
        #expect(try ["keyring.key", "log.key"].map { try folder.bytes($0) } == files)
        _ = try await keyring.rotateKEK(1, now: later)
    }
}
