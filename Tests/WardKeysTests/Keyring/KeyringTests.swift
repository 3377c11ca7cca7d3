import Crypto
import Foundation
import Testing
@testable import WardKeys

@Suite struct KeyringTests {
    let folder: TemporaryFolder
    let root: FileKeyring
    let settings = Keyring.Settings(environment: "development", deployment: "d1")

    init() throws {
        folder = try TemporaryFolder()
        root = try FileKeyring.create(
            at: folder.path + "/root.key", passphrase: TestKeys.passphrase(), now: TestKeys.now, cost: TestKeys.cheap)
    }

    private func make() async throws -> Keyring {
        try await Keyring.create(in: folder.path, provider: root, settings: settings, now: TestKeys.now)
    }

    private func failure(_ provider: any KeyProvider) async -> KeyError.Code? {
        do throws(KeyError) {
            _ = try await Keyring.open(in: folder.path, provider: provider)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func opensTheSameKeysAgain() async throws {
        let made = try await make()
        let again = try await Keyring.open(in: folder.path, provider: root)
        for purpose in KeyPurpose.allCases { #expect(try made.tenant(1).key(purpose) == again.tenant(1).key(purpose)) }
        let tokens = try [made, again].map {
            try $0.tenant(1).index.token(type: "A", parameter: "p", kind: 1, partition: 0, value: [1])
        }
        #expect(tokens[0] == tokens[1])
        #expect(made.log.publicKey == again.log.publicKey)
        #expect(try Keyring.logHistory(in: folder.path).current == made.log.publicKey)
        #expect(again.application == "ward/development/d1")
        #expect(try again.tenant(1).index.partitions == 4)
        #expect(throws: KeyError(.unknownKey, "tenant 2")) { try again.tenant(2) }
        for file in ["keyring.key", "log.key"] { #expect(try folder.mode(file) == 0o600) }
    }

    @Test func isNotMadeTwice() async throws {
        _ = try await make()
        await #expect(throws: KeyError(.exists, "keyring.key")) { try await make() }
    }

    @Test func tellsTheFaultsApart() async throws {
        #expect(await failure(root) == .missing)
        _ = try await make()
        let other = try FileKeyring.create(
            at: folder.path + "/other.key", passphrase: TestKeys.passphrase(), now: TestKeys.now, cost: TestKeys.cheap)
        #expect(await failure(other) == .unknownKey)
        for name in ["keyring.key", "log.key"] {
            let bytes = try folder.bytes(name)
            for index in stride(from: 0, to: bytes.count, by: 41) {
                var changed = bytes
                changed[index] ^= 1
                try folder.write(changed, name)
                #expect([.damaged, .newerFormat].contains(await failure(root)), "\(name) byte \(index)")
            }
            try folder.write(bytes, name)
        }
        #expect(await failure(root) == nil)
    }

    /// A forger who mends the digest still cannot give a key another place.
    @Test(arguments: [
        ("\"ward\\/development\\/d1\"", "\"ward\\/production\\/d1\""), ("\"tenant\" : 1", "\"tenant\" : 2"),
        ("\"partitions\" : 4", "\"partitions\" : 8"), ("\"epoch\" : 1", "\"epoch\" : 2"),
    ])
    func boundFieldsCannotBeForged(_ old: String, _ new: String) async throws {
        _ = try await make()
        let text = String(decoding: try folder.bytes("keyring.key"), as: UTF8.self)
        let body = text[text.index(after: try #require(text.firstIndex(of: "\n")))...]
        let forged = body.replacingOccurrences(of: old, with: new)
        #expect(forged != String(body))
        let file = try JSONDecoder().decode(KeyringFile.self, from: Data(forged.utf8))
        try folder.write(KeyringFile.document.encode(file), "keyring.key")
        #expect([.authentication, .damaged, .settings].contains(await failure(root)))
    }

    /// What stands in the clear decides what is due and what is over: who has no key cannot change it.
    @Test func whatStandsInTheClearCannotBeForged() async throws {
        let keyring = try await make()
        _ = try await keyring.rotateKEK(1, now: TestKeys.now + 1)
        _ = try await keyring.rotateTokens(1, keeping: .seconds(600), now: TestKeys.now + 2)
        try await keyring.beginDataKeys(1, now: TestKeys.now + 3)
        #expect(await failure(root) == nil)
        let file = try KeyringFile.document.decode(try folder.bytes("keyring.key"))
        let changes: [(String, (inout KeyringFile.Tenant) -> Void)] = [
            ("the age of a key-encryption key", { $0.keks[1].createdAt += 1 }), ("the age of an index key", { $0.indexes[0].createdAt += 1 }),
            ("the age of a token key", { $0.tokens?[1].createdAt += 1 }), ("the age of a retained key", { $0.retained?[0].createdAt -= 1 }),
            ("a token key left out", { $0.tokens?.removeFirst() }), ("a retained key left out", { $0.retained?.removeFirst() }),
            ("an older key-encryption key left out", { $0.keks.removeFirst() }), ("the order of tokens", { $0.tokens?.reverse() }),
            ("a rotation that has ended", { $0.dataKeys?.isFinished = true }), ("its beginning", { $0.dataKeys?.begunAt = 0 }),
            ("no rotation", { $0.dataKeys = nil }), ("no code", { $0.code = nil }), ("another code", { $0.code?.bytes[0] ^= 1 }),
        ]
        for (what, change) in changes {
            var forged = file
            change(&forged.tenants[0])
            try folder.write(KeyringFile.document.encode(forged), "keyring.key")
            #expect(await failure(root) == .authentication, "\(what)")
        }
        try folder.write(KeyringFile.document.encode(file), "keyring.key")
        #expect(await failure(root) == nil)
        // Nor is there a way back to the form without: it is told from a damaged file, and not opened.
        let older = try CheckedDocument<KeyringFile>(format: "ward-keyring", version: 1).encode(file)
        try folder.write(older, "keyring.key")
        #expect(await failure(root) == .olderFormat)
        try folder.write(Array(older.dropLast(3)) + [UInt8(ascii: "}")], "keyring.key")
        #expect(await failure(root) == .damaged)
        try folder.write(CheckedDocument<KeyringFile>(format: "ward-keyring", version: 0).encode(file), "keyring.key")
        #expect(await failure(root) == .damaged)
    }

    @Test func statusListsEveryKeyAndNoBytes() async throws {
        let keyring = try await make()
        let status = try await keyring.status(now: TestKeys.now + 3 * 86_400_000_000)
        #expect(status.keys.map(\.kind) == [.root, .kek, .index, .log])
        #expect(status.keys.allSatisfy { $0.isCurrent && $0.version == 1 && $0.createdAt == TestKeys.now && $0.ageDays == 3 })
        #expect(status.keys[1].id == "tenant-1/kek/1")
        #expect(status.keys.map { String($0.place.split(separator: "/").last ?? "") } == [
            "root.key", "keyring.key", "keyring.key", "log.key",
        ])
        let text = String(decoding: try JSONEncoder().encode(status), as: UTF8.self)
        for name in ["keyring.key", "log.key", "root.key"] {
            let file = String(decoding: try folder.bytes(name), as: UTF8.self)
            let secrets = file.split(separator: "\"").filter { $0.count >= 44 && !$0.contains(" ") }
            #expect(!secrets.isEmpty)
            for secret in secrets { #expect(!text.contains(secret)) }
        }
    }
}

@Suite struct KeyringCreationTests {
    let folder: TemporaryFolder
    let settings = Keyring.Settings(environment: "development", deployment: "d1")

    init() throws { folder = try TemporaryFolder() }

    private struct Died: Error {}

    private func make(dyingAt moment: Int) async throws {
        try await Keyring.create(
            in: folder.path, settings: settings, now: TestKeys.now,
            makingProvider: {
                if moment == 0 { throw Died() }
                return try FileKeyring.create(
                    at: folder.path + "/root.key", passphrase: TestKeys.passphrase(), now: TestKeys.now, cost: TestKeys.cheap)
            },
            completing: { if moment == 1 { throw Died() } })
    }

    /// A process that dies on the way leaves what the next attempt clears.
    @Test func canBeMadeAgainAfterDyingOnTheWay() async throws {
        for moment in [0, 1, 1, 0] { await #expect(throws: Died.self) { try await make(dyingAt: moment) } }
        try await make(dyingAt: 2)
        let root = try FileKeyring.open(at: folder.path + "/root.key", passphrase: TestKeys.passphrase())
        _ = try await Keyring.open(in: folder.path, provider: root)
        await #expect(throws: KeyError(.exists, "keyring.key")) { try await make(dyingAt: 2) }
    }

    /// As if it had died between the two files.
    @Test func halfAKeyringCanBeMadeAgain() async throws {
        await #expect(throws: Died.self) { try await make(dyingAt: 1) }
        try FileManager.default.removeItem(atPath: folder.path + "/keyring.key")
        try await make(dyingAt: 2)
    }
}
