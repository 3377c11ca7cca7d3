import Crypto
import FoundationEssentials
import Testing

/// What signed tokens of clients and certificates rest on: signatures as two numbers there, in DER here.
@Suite("ECDSA: Wycheproof, FIPS 186-5") struct ECDSATests {
    struct Group: Decodable {
        struct Key: Decodable { var uncompressed: Hex }

        var publicKey: Key
        var tests: [PublishedVectors.SignatureCase]
    }

    // Skipped where the vectors are not on the machine.
    @Test(
        .enabled(if: PublishedVectors.arePresent),
        arguments: [("ecdsa_secp256r1_sha256_p1363_test", 262), ("ecdsa_secp256r1_sha256_test", 484)])
    func p256(file: String, cases: Int) throws {
        try check(file, cases) { key, test in
            let key = try P256.Signing.PublicKey(x963Representation: key)
            let signature = file.contains("p1363")
                ? try? P256.Signing.ECDSASignature(rawRepresentation: test.sig.bytes)
                : try? P256.Signing.ECDSASignature(derRepresentation: test.sig.bytes)
            return signature.map { key.isValidSignature($0, for: SHA256.hash(data: test.msg.bytes)) } ?? false
        }
    }

    // Skipped where the vectors are not on the machine.
    @Test(
        .enabled(if: PublishedVectors.arePresent),
        arguments: [("ecdsa_secp384r1_sha384_p1363_test", 280), ("ecdsa_secp384r1_sha384_test", 504)])
    func p384(file: String, cases: Int) throws {
        try check(file, cases) { key, test in
            let key = try P384.Signing.PublicKey(x963Representation: key)
            let signature = file.contains("p1363")
                ? try? P384.Signing.ECDSASignature(rawRepresentation: test.sig.bytes)
                : try? P384.Signing.ECDSASignature(derRepresentation: test.sig.bytes)
            return signature.map { key.isValidSignature($0, for: SHA384.hash(data: test.msg.bytes)) } ?? false
        }
    }

    /// Holds what `isValid` says of each case of a file, given the key in X9.63 form, against what the file says.
    private func check(
        _ file: String, _ cases: Int, isValid: ([UInt8], PublishedVectors.SignatureCase) throws -> Bool
    ) throws {
        var count = 0
        for group in try PublishedVectors.wycheproof(file, Group.self) {
            for test in group.tests {
                #expect(try isValid(group.publicKey.uncompressed.bytes, test) == (test.result == "valid"), "case \(test.tcId)")
                count += 1
            }
        }
        #expect(count == cases)
    }
}
