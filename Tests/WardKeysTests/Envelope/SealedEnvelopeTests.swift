import Testing
@testable import WardKeys

@Suite struct SealedEnvelopeTests {
    static let aad = Array("place".utf8)

    func key(_ algorithm: SealAlgorithm, version: UInt32 = 0x0102_0304, byte: UInt8 = 9) -> DataKey {
        DataKey(TestKeys.key(byte), version: version, algorithm: algorithm)
    }

    @Test(arguments: SealAlgorithm.allCases, [0, 1, 15, 16, 17, 5_000])
    func opensWhatItSealed(_ algorithm: SealAlgorithm, _ count: Int) throws {
        let plaintext = TestKeys.random().bytes(count)
        let sealed = try SealedEnvelope.seal(plaintext, format: 7, aad: Self.aad, key: key(algorithm))
        #expect(sealed.count == count + SealedEnvelope.overhead(algorithm))
        #expect(Array(sealed[..<6]) == [7, algorithm.rawValue, 1, 2, 3, 4])
        let header = SealedEnvelope.Header(format: 7, algorithm: algorithm, keyVersion: 0x0102_0304)
        #expect(try SealedEnvelope.header(of: sealed) == header)
        #expect(try SealedEnvelope.open(sealed, aad: Self.aad, key: key(algorithm)) == plaintext)
    }

    @Test(arguments: SealAlgorithm.allCases) func noncesDiffer(_ algorithm: SealAlgorithm) throws {
        let key = key(algorithm)
        let sealed = try (0..<64).map { _ in try SealedEnvelope.seal([1], format: 1, aad: [], key: key) }
        #expect(Set(sealed.map { $0[6..<(6 + algorithm.nonceCount)] }).count == 64)
    }

    /// Every byte but the first, which is the caller's and which the caller binds.
    @Test(arguments: SealAlgorithm.allCases) func refusesEveryChangedBit(_ algorithm: SealAlgorithm) throws {
        let key = key(algorithm)
        let sealed = try SealedEnvelope.seal(Array("content".utf8), format: 1, aad: Self.aad, key: key)
        for index in sealed.indices.dropFirst() {
            for bit in 0..<8 {
                var changed = sealed
                changed[index] ^= 1 << bit
                #expect(throws: SealError.self) { try SealedEnvelope.open(changed, aad: Self.aad, key: key) }
            }
        }
    }

    @Test(arguments: SealAlgorithm.allCases) func refusesEveryCut(_ algorithm: SealAlgorithm) throws {
        let key = key(algorithm)
        let sealed = try SealedEnvelope.seal(Array("content".utf8), format: 1, aad: Self.aad, key: key)
        for count in 0..<sealed.count {
            let cut = Array(sealed[..<count])
            #expect(throws: SealError.self) { try SealedEnvelope.open(cut, aad: Self.aad, key: key) }
        }
        #expect(throws: SealError.self) { try SealedEnvelope.open(sealed + [0], aad: Self.aad, key: key) }
    }

    @Test(arguments: SealAlgorithm.allCases) func saysWhy(_ algorithm: SealAlgorithm) throws {
        let key = key(algorithm)
        let sealed = try SealedEnvelope.seal([1, 2], format: 1, aad: Self.aad, key: key)
        #expect(throws: SealError(.authentication)) { try SealedEnvelope.open(sealed, aad: [], key: key) }
        #expect(throws: SealError(.authentication)) {
            try SealedEnvelope.open(sealed, aad: Self.aad, key: self.key(algorithm, byte: 8))
        }
        #expect(throws: SealError(.keyVersion)) {
            try SealedEnvelope.open(sealed, aad: Self.aad, key: self.key(algorithm, version: 5))
        }
        #expect(throws: SealError(.format)) { try SealedEnvelope.open([], aad: Self.aad, key: key) }
        var unknown = sealed
        unknown[1] = 99
        #expect(throws: SealError(.format)) { try SealedEnvelope.open(unknown, aad: Self.aad, key: key) }
    }
}
