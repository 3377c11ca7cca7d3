import Crypto
import FoundationEssentials
import Testing
@testable import WardKeys

@Suite("HKDF-SHA256 and HMAC-SHA256: Wycheproof, RFC 5869, RFC 2104") struct DerivationTests {
    struct HKDFGroup: Decodable { var tests: [HKDFCase] }

    struct HKDFCase: Decodable {
        var tcId: Int
        var ikm, salt, info, okm: Hex
        var size: Int
        var result: String
    }

    struct MACGroup: Decodable {
        var tagSize: Int
        var tests: [MACCase]
    }

    struct MACCase: Decodable {
        var tcId: Int
        var key, msg, tag: Hex
        var result: String
    }

    // Skipped where the vectors are not on the machine.
    @Test(.enabled(if: PublishedVectors.arePresent)) func hkdf() throws {
        var (count, ours, tooLong) = (0, 0, 0)
        for test in try PublishedVectors.wycheproof("hkdf_sha256_test", HKDFGroup.self).flatMap(\.tests) {
            // What is not valid asks for more than 255 blocks; ours are always 32 bytes, which nobody can ask otherwise.
            if test.result != "valid" {
                #expect(test.size > 255 * 32 && test.okm.bytes.isEmpty, "case \(test.tcId)")
                tooLong += 1
                continue
            }
            let key = SymmetricKey(data: test.ikm.bytes)
            let made = HKDF<SHA256>.deriveKey(
                inputKeyMaterial: key, salt: test.salt.bytes, info: test.info.bytes, outputByteCount: test.size)
            #expect(made.withUnsafeBytes { Array($0) } == test.okm.bytes, "case \(test.tcId)")
            count += 1
            // The first 32 bytes of a longer output are the output of 32 bytes.
            guard test.salt.bytes.isEmpty, test.size >= 32 else { continue }
            let derived = Derivation.key(from: key, info: test.info.bytes).withUnsafeBytes { Array($0) }
            #expect(derived == Array(test.okm.bytes[..<32]), "case \(test.tcId)")
            ours += 1
        }
        #expect(count == 83 && ours == 17 && tooLong == 3)
    }

    // Skipped where the vectors are not on the machine.
    @Test(.enabled(if: PublishedVectors.arePresent)) func hmac() throws {
        var count = 0
        for group in try PublishedVectors.wycheproof("hmac_sha256_test", MACGroup.self) {
            for test in group.tests {
                count += 1
                let hash = KeyedHash(SymmetricKey(data: test.key.bytes))
                let code = test.msg.bytes.withUnsafeBytes { hash.withCode(of: $0) { Array($0.prefix(group.tagSize / 8)) } }
                #expect((code == test.tag.bytes) == (test.result == "valid"), "case \(test.tcId)")
                let first = test.tag.bytes.prefix(8).reduce(Int64(0)) { $0 << 8 | Int64($1) }
                guard test.result == "valid" else { continue }
                #expect(test.msg.bytes.withUnsafeBytes { hash.token(of: $0) } == first, "case \(test.tcId)")
            }
        }
        #expect(count == 174)
    }

    @Test func commitmentsDiffer() {
        #expect(Derivation.commitment(to: TestKeys.key(1)).count == 32)
        #expect(Derivation.commitment(to: TestKeys.key(1)) != Derivation.commitment(to: TestKeys.key(2)))
        #expect(Derivation.isEqual([1, 2], [1, 2]))
        #expect(!Derivation.isEqual([1, 2], [1, 3]))
        #expect(!Derivation.isEqual([1, 2], [1, 2, 3]))
    }

    @Test func canonicalBytesTellFieldsApart() {
        var first = CanonicalBytes("x/v1")
        first.lengthPrefixed("ab")
        first.lengthPrefixed("c")
        var second = CanonicalBytes("x/v1")
        second.lengthPrefixed("a")
        second.lengthPrefixed([UInt8]("bc".utf8))
        #expect(first.bytes == Array("x/v1".utf8) + [0, 2, 0x61, 0x62, 0, 1, 0x63])
        #expect(first.bytes != second.bytes)
        var integers = CanonicalBytes("")
        integers.integer(UInt32(0x0102_0304))
        integers.integer(Int64(-2))
        #expect(integers.bytes == [1, 2, 3, 4] + [UInt8](repeating: 255, count: 7) + [254])
    }
}
