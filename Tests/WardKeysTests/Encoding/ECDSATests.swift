import Crypto
import FoundationEssentials
import Testing

/// What signed tokens of clients and certificates rest on.
@Suite("ECDSA: Wycheproof, FIPS 186-5") struct ECDSATests {
    struct Group: Decodable {
        struct Key: Decodable { var uncompressed: Hex }

        var publicKey: Key
        var tests: [PublishedVectors.SignatureCase]
    }

    // Skipped where the vectors are not on the machine.
    @Test(.enabled(if: PublishedVectors.arePresent)) func p256() throws {
        var count = 0
        for group in try PublishedVectors.wycheproof("ecdsa_secp256r1_sha256_p1363_test", Group.self) {
            let key = try P256.Signing.PublicKey(x963Representation: group.publicKey.uncompressed.bytes)
            for test in group.tests {
                let signature = try? P256.Signing.ECDSASignature(rawRepresentation: test.sig.bytes)
                let isValid = signature.map { key.isValidSignature($0, for: SHA256.hash(data: test.msg.bytes)) } ?? false
                #expect(isValid == (test.result == "valid"), "case \(test.tcId)")
                count += 1
            }
        }
        #expect(count == 262)
    }

    // Skipped where the vectors are not on the machine.
    @Test(.enabled(if: PublishedVectors.arePresent)) func p384() throws {
        var count = 0
        for group in try PublishedVectors.wycheproof("ecdsa_secp384r1_sha384_p1363_test", Group.self) {
            let key = try P384.Signing.PublicKey(x963Representation: group.publicKey.uncompressed.bytes)
            for test in group.tests {
                let signature = try? P384.Signing.ECDSASignature(rawRepresentation: test.sig.bytes)
                let isValid = signature.map { key.isValidSignature($0, for: SHA384.hash(data: test.msg.bytes)) } ?? false
                #expect(isValid == (test.result == "valid"), "case \(test.tcId)")
                count += 1
            }
        }
        #expect(count == 280)
    }

    /// The form in which certificates and passkeys sign.
    // Skipped where the vectors are not on the machine.
    @Test(.enabled(if: PublishedVectors.arePresent)) func der() throws {
        var (p256, p384) = (0, 0)
        for group in try PublishedVectors.wycheproof("ecdsa_secp256r1_sha256_test", Group.self) {
            let key = try P256.Signing.PublicKey(x963Representation: group.publicKey.uncompressed.bytes)
            for test in group.tests {
                let signature = try? P256.Signing.ECDSASignature(derRepresentation: test.sig.bytes)
                let isValid = signature.map { key.isValidSignature($0, for: SHA256.hash(data: test.msg.bytes)) } ?? false
                #expect(isValid == (test.result == "valid"), "case \(test.tcId)")
                p256 += 1
            }
        }
        for group in try PublishedVectors.wycheproof("ecdsa_secp384r1_sha384_test", Group.self) {
            let key = try P384.Signing.PublicKey(x963Representation: group.publicKey.uncompressed.bytes)
            for test in group.tests {
                let signature = try? P384.Signing.ECDSASignature(derRepresentation: test.sig.bytes)
                let isValid = signature.map { key.isValidSignature($0, for: SHA384.hash(data: test.msg.bytes)) } ?? false
                #expect(isValid == (test.result == "valid"), "case \(test.tcId)")
                p384 += 1
            }
        }
        #expect(p256 == 484 && p384 == 504)
    }
}
