import Crypto
import CryptoExtras
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

    /// Source: RFC 7914 §12, and the standard cost's meaning.
    @Test func scryptGivesThePublishedResults() throws {
        let first = try KDF.Scrypt.deriveKey(
            from: [UInt8](), salt: [UInt8](), outputByteCount: 64, rounds: 16, blockSize: 1, parallelism: 1)
        #expect(first.withUnsafeBytes { Array($0) } == Hex("""
            77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442\
            fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906
            """).bytes)
        let second = try KDF.Scrypt.deriveKey(
            from: Array("password".utf8), salt: Array("NaCl".utf8), outputByteCount: 64, rounds: 1_024, blockSize: 8,
            parallelism: 16)
        #expect(second.withUnsafeBytes { Array($0) } == Hex("""
            fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162\
            2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640
            """).bytes)
        #expect(ScryptCost.standard == ScryptCost(n: 32_768, r: 8, p: 3))
        #expect(ScryptCost(n: 3, r: 1, p: 1) == nil)
        #expect(ScryptCost(n: 1 << 21, r: 1, p: 1) == nil)
    }
}
