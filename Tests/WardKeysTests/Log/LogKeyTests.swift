import Crypto
import Foundation
import Testing
@testable import WardKeys

@Suite("Ed25519: Wycheproof, RFC 8032; C2SP signed-note") struct LogKeyTests {
    struct Group: Decodable {
        struct Key: Decodable { var pk: Hex }

        var publicKey: Key
        var tests: [PublishedVectors.SignatureCase]
    }

    // Skipped where the vectors are not on the machine.
    @Test(.enabled(if: PublishedVectors.arePresent)) func wycheproof() throws {
        var count = 0
        for group in try PublishedVectors.wycheproof("ed25519_test", Group.self) {
            let key = try LogPublicKey(name: "test", bytes: group.publicKey.pk.bytes)
            for test in group.tests {
                let isValid = key.isValid(test.sig.bytes, for: test.msg.bytes)
                #expect(isValid == (test.result == "valid"), "case \(test.tcId)")
                count += 1
            }
        }
        #expect(count == 151)
    }

    /// The example of Go's golang.org/x/mod/sumdb/note, which other verifiers follow.
    @Test func signsNotesAsOthersDo() throws {
        let seed = try #require(Data(base64Encoded: "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"))
        let key = try LogKey(name: "PeterNeumann", privateKey: SymmetricKey(data: seed.dropFirst()))
        #expect(key.publicKey.keyID == 0xc74f_20a3)
        #expect(key.publicKey.verifierKey == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
        let text = Array("""
            If you think cryptography is the answer to your problem,
            then you don't know what your problem is.

            """.utf8)
        #expect(try key.signatureLine(text) == """
            \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZS\
            NXgKvqfqdngotpRZb6KE6RyyBwJnAM=

            """)
        let signature = try key.sign(text)
        #expect(key.publicKey.isValid(signature, for: text))
        #expect(!key.publicKey.isValid(signature, for: text + [10]))
    }

    @Test(arguments: ["", "two words", "a+b", "line\nend", "nbsp\u{A0}"]) func refusesBadNames(_ name: String) {
        #expect(throws: KeyError(.damaged, "public log key")) {
            try LogPublicKey(name: name, bytes: Array(Curve25519.Signing.PrivateKey().publicKey.rawRepresentation))
        }
    }
}
