import Crypto
import FoundationEssentials
import Testing
@testable import WardKeys

@Suite struct BlindIndexKeyTests {
    let index = BlindIndexKey(TestKeys.key(0x77), epoch: 2, partitions: 4)

    /// The formula, written out once more with the library alone.
    @Test func populationTokensFollowTheFormula() {
        var info = Array("bidx/v1".utf8) + [0, 4, 0, 0, 0, 2]
        info += [0, 7] + Array("Patient".utf8) + [0, 4] + Array("name".utf8) + [0, 1, 3]
        let key = HKDF<SHA256>.deriveKey(inputKeyMaterial: TestKeys.key(0x77), info: info, outputByteCount: 32)
        let code = HMAC<SHA256>.authenticationCode(for: [0, 1, 2, 0, 3] + Array("mia".utf8), using: key)
        let expected = Array(code).prefix(8).reduce(Int64(0)) { $0 << 8 | Int64($1) }
        for _ in 0..<3 {
            let token = index.token(type: "Patient", parameter: "name", kind: 3, partition: 2, value: Array("mia".utf8))
            #expect(token == expected)
        }
    }

    @Test func compartmentTokensFollowTheFormula() {
        let dataKey = DataKey(TestKeys.key(5), version: 1, algorithm: .aes256GCM)
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: TestKeys.key(5), info: Array("bidx/v1/compartment".utf8), outputByteCount: 32)
        let message = [0, 11] + Array("Observation".utf8) + [0, 4] + Array("code".utf8) + [0, 1, 9, 0, 2, 7, 8]
        let code = HMAC<SHA256>.authenticationCode(for: message, using: key)
        let expected = Array(code).prefix(8).reduce(Int64(0)) { $0 << 8 | Int64($1) }
        let index = dataKey.compartmentIndex
        #expect(index.token(type: "Observation", parameter: "code", kind: 9, value: [7, 8]) == expected)
    }

    @Test func everyFieldCounts() {
        let value = Array("value".utf8)
        let tokens = [
            index.token(type: "A", parameter: "p", kind: 1, partition: 0, value: value),
            index.token(type: "B", parameter: "p", kind: 1, partition: 0, value: value),
            index.token(type: "A", parameter: "q", kind: 1, partition: 0, value: value),
            index.token(type: "A", parameter: "p", kind: 2, partition: 0, value: value),
            index.token(type: "A", parameter: "p", kind: 1, partition: 1, value: value),
            index.token(type: "A", parameter: "p", kind: 1, partition: 0, value: []),
            BlindIndexKey(TestKeys.key(0x77), epoch: 3, partitions: 4)
                .token(type: "A", parameter: "p", kind: 1, partition: 0, value: value),
            BlindIndexKey(TestKeys.key(0x78), epoch: 2, partitions: 4)
                .token(type: "A", parameter: "p", kind: 1, partition: 0, value: value),
        ]
        #expect(Set(tokens).count == tokens.count)
    }

    @Test func longValuesAreAllowed() {
        let long = [UInt8](repeating: 1, count: 70_000)
        let longer = long + [2]
        let tokens = [long, longer].map { index.token(type: "A", parameter: "p", kind: 1, partition: 0, value: $0) }
        #expect(tokens[0] == tokens[1], "only the first 65,535 bytes count")
    }

    @Test func patientsSpreadOverPartitions() {
        var counts = [Int](repeating: 0, count: 4)
        for number in 0..<4_000 { counts[Int(index.partition(of: "patient-\(number)"))] += 1 }
        #expect(counts.allSatisfy { (850...1_150).contains($0) })
        #expect(index.partition(of: "x") == index.partition(of: "x"))
        #expect(BlindIndexKey(TestKeys.key(1), epoch: 1, partitions: 1).partition(of: "x") == 0)
    }
}
