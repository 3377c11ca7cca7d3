import Crypto
import Crypto
import Foundation
import Testing
@testable import WardKeys

/// Source of the vectors: https://c2sp.org/XAES-256-GCM, "Test vectors".
@Suite("XAES-256-GCM: C2SP") struct XAESTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var key: UInt8
        var messageKey, aad, ciphertext: String
        var testDescription: String { "K = \(key) × 32" }
    }

    static let vectors = [
        Vector(
            key: 1, messageKey: "c8612c9ed53fe43e8e005b828a1631a0bbcb6ab2f46514ec4f439fcfd0fa969b", aad: "",
            ciphertext: "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271"),
        Vector(
            key: 3, messageKey: "e9c621d4cdd9b11b00a6427ad7e559aeedd66b3857646677748f8ca796cb3fd8",
            aad: "c2sp.org/XAES-256-GCM", ciphertext: "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d"),
    ]

    static let nonce = Array("ABCDEFGHIJKLMNOPQRSTUVWX".utf8)

    @Test(arguments: vectors) func derivesTheMessageKey(_ vector: Vector) {
        let xaes = XAES(TestKeys.key(vector.key))
        let made = Self.nonce.withUnsafeBytes { xaes.messageKey(nonce: $0) }
        #expect(made.withUnsafeBytes { Array($0) } == Hex(vector.messageKey).bytes)
    }

    @Test(arguments: vectors) func sealsAndOpens(_ vector: Vector) throws {
        let key = DataKey(TestKeys.key(vector.key), version: 5, algorithm: .xaes256GCM)
        let plaintext = Array("XAES-256-GCM".utf8)
        let aad = Array(vector.aad.utf8)
        let sealed = try SealedEnvelope.seal(
            plaintext, format: 1, aad: aad, key: key, random: TestKeys.source(Self.nonce))
        #expect(sealed == [1, 2, 0, 0, 0, 5] + Self.nonce + Hex(vector.ciphertext).bytes)
        #expect(try SealedEnvelope.open(sealed, aad: aad, key: key) == plaintext)
    }

    /// Random messages, and one digest over all their ciphertexts. Source: the accumulated tests of the same page.
    @Test func tenThousandMessages() throws {
        let found = try accumulated(10_000)
        #expect(found == Hex("e6b9edf2df6cec60c8cbd864e2211b597fb69a529160cd040d56c0c210081939").bytes)
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["WARD_TEST_LONG"] != nil, "a million messages take minutes: WARD_TEST_LONG=1"))
    func aMillionMessages() throws {
        let found = try accumulated(1_000_000)
        #expect(found == Hex("2163ae1445985a30b60585ee67daa55674df06901b890593e824b8a7c885ab15").bytes)
    }

    private func accumulated(_ messages: Int) throws -> [UInt8] {
        var (source, digest) = (SHAKE128(), SHAKE128())
        for _ in 0..<messages {
            let key = DataKey(SymmetricKey(data: source.squeeze(32)), version: 5, algorithm: .xaes256GCM)
            let nonce = source.squeeze(24)
            let plaintext = source.squeeze(Int(source.squeeze(1)[0]))
            let aad = source.squeeze(Int(source.squeeze(1)[0]))
            let sealed = try SealedEnvelope.seal(plaintext, format: 1, aad: aad, key: key, random: TestKeys.source(nonce))
            guard try SealedEnvelope.open(sealed, aad: aad, key: key) == plaintext else { return [] }
            digest.absorb(sealed[(6 + nonce.count)...])
        }
        return digest.squeeze(32)
    }
}
