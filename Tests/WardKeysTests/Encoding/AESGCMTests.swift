import Crypto
import FoundationEssentials
import Testing
@testable import WardKeys

@Suite("AES-256-GCM: Wycheproof, NIST SP 800-38D") struct AESGCMTests {
    struct Group: Decodable {
        var ivSize: Int
        var keySize: Int
        var tagSize: Int
        var tests: [Case]
    }

    struct Case: Decodable {
        var tcId: Int
        var key, iv, aad, msg, ct, tag: Hex
        var result: String
    }

    // Skipped where the vectors are not on the machine.
    @Test(.enabled(if: PublishedVectors.arePresent)) func wycheproof() throws {
        var count = 0
        for group in try PublishedVectors.wycheproof("aes_gcm_test", Group.self)
        where group.ivSize == 96 && group.keySize == 256 && group.tagSize == 128 {
            for test in group.tests {
                let key = SymmetricKey(data: test.key.bytes)
                let sealed = test.iv.bytes + test.ct.bytes + test.tag.bytes
                let opened = try? sealed.withUnsafeBytes { try AESGCM.open($0, aad: test.aad.bytes, key: key) }
                let expected = test.result == "valid" ? test.msg.bytes : nil
                #expect(opened.map { Array($0) } == expected, "case \(test.tcId)")
                if test.result == "valid" {
                    var output: [UInt8] = []
                    try test.msg.bytes.withUnsafeBytes { message in
                        try test.iv.bytes.withUnsafeBytes { nonce in
                            try AESGCM.seal(message, aad: test.aad.bytes, key: key, nonce: nonce, into: &output)
                        }
                    }
                    #expect(output == sealed, "case \(test.tcId)")
                }
                count += 1
            }
        }
        #expect(count == 66)
    }

    @Test func aWrappedKeyOpensOnlyUnderItsKeyAndContext() throws {
        let (key, wrapping) = (TestKeys.key(1), TestKeys.key(2))
        let wrapped = try AESGCM.wrap(key, under: wrapping, aad: [1], random: .system)
        #expect(wrapped.count == 60)
        #expect(try AESGCM.unwrap(wrapped, under: wrapping, aad: [1]) == key)
        #expect(throws: KeyError(.authentication, "unwrap")) { try AESGCM.unwrap(wrapped, under: wrapping, aad: [2]) }
        #expect(throws: KeyError(.authentication, "unwrap")) { try AESGCM.unwrap(wrapped, under: key, aad: [1]) }
        #expect(throws: KeyError(.authentication, "unwrap")) { try AESGCM.unwrap([], under: key, aad: [1]) }
    }
}
