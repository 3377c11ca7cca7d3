import Crypto
import Foundation
import Testing
@testable import WardKeys

@Suite struct FileKeyringTests {
    let folder: TemporaryFolder
    let path: String
    let context = KeyContext(application: "ward/test", tenant: 1, purpose: "kek", version: 1)

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path + "/root.key"
    }

    private func make() throws -> FileKeyring {
        try FileKeyring.create(at: path, passphrase: TestKeys.passphrase(), now: TestKeys.now, cost: TestKeys.cheap)
    }

    private func failure(_ passphrase: String = "correct horse battery") -> KeyError.Code? {
        do throws(KeyError) {
            _ = try FileKeyring.open(at: path, passphrase: Passphrase(Array(passphrase.utf8)))
            return nil
        } catch {
            return error.code
        }
    }

    @Test func conformsToTheProviderSuite() async throws {
        #expect(try await KeyProviderConformance(make()).failures() == [])
    }

    @Test func opensAgain() async throws {
        let generated = try await make().generateDataKey(context)
        let again = try FileKeyring.open(at: path, passphrase: TestKeys.passphrase())
        #expect(try await again.unwrap(generated.wrapped, context: context) == generated.key)
        #expect(try folder.mode("root.key") == 0o600)
        #expect(try await again.describe().versions == [.init(number: 1, createdAt: TestKeys.now)])
    }

    @Test func tellsTheFaultsApart() throws {
        #expect(failure() == .missing)
        _ = try make()
        #expect(failure() == nil)
        #expect(failure("another passphrase") == .wrongPassphrase)
        #expect(failure("short") == .badPassphrase)
        #expect(throws: KeyError(.exists, "create root.key")) { try make() }
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        #expect(failure() == .permissions)
    }

    @Test func aChangedFileIsDamagedNotWrong() throws {
        _ = try make()
        let bytes = try folder.bytes("root.key")
        for index in stride(from: 0, to: bytes.count, by: 3) {
            var changed = bytes
            changed[index] ^= 1
            try folder.write(changed, "root.key")
            #expect([.damaged, .newerFormat].contains(failure()), "byte \(index)")
        }
        for count in stride(from: 0, to: bytes.count, by: 7) {
            try folder.write(Array(bytes[..<count]), "root.key")
            #expect(failure() == .damaged)
        }
    }

    @Test func refusesFilesOfNewerPrograms() throws {
        _ = try make()
        let text = String(decoding: try folder.bytes("root.key"), as: UTF8.self)
        try folder.write(Array(text.replacingOccurrences(of: "ward-root 1 ", with: "ward-root 2 ").utf8), "root.key")
        #expect(failure() == .newerFormat)
    }

    @Test func thePassphraseCanBeChanged() async throws {
        let keyring = try make()
        let generated = try await keyring.generateDataKey(context)
        try keyring.changePassphrase(to: TestKeys.passphrase("a new passphrase"), cost: TestKeys.cheap)
        #expect(failure() == .wrongPassphrase)
        let again = try FileKeyring.open(at: path, passphrase: TestKeys.passphrase("a new passphrase"))
        #expect(try await again.unwrap(generated.wrapped, context: context) == generated.key)
    }

    @Test func theFileHoldsNoKeyInTheClear() async throws {
        let random = TestKeys.random(99)
        _ = random.bytes(16) + random.bytes(16)
        let keyring = try FileKeyring.create(
            at: path, passphrase: TestKeys.passphrase(), now: TestKeys.now, cost: TestKeys.cheap,
            random: TestKeys.random(99))
        let root = random.key().withUnsafeBytes { Data($0) }
        let generated = try await keyring.generateDataKey(context)
        let wrapped = SymmetricKey(data: root)
        #expect(try AESGCM.unwrap(generated.wrapped.bytes, under: wrapped, aad: context.bytes) == generated.key)
        let text = String(decoding: try folder.bytes("root.key"), as: UTF8.self)
        #expect(!text.contains(root.base64EncodedString()))
        #expect(!text.contains("correct horse"))
    }
}
