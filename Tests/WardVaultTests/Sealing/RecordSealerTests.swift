import Foundation
import Testing
import WardDatabase
import WardKeys
@testable import WardVault

@Suite struct RecordSealerTests {
    static let json = Array(#"{"resourceType":"Observation","code":{"text":"aaaaaaaaaaaaaaaaaaaaaaaa"}}"#.utf8)

    let sealer = RecordSealer()

    static func id(_ text: String) throws -> LogicalID { try #require(LogicalID(text)) }

    static func header(
        tenant: UInt32 = 1, patient: String? = "p1", type: String = "Observation", id: String = "o1",
        version: UInt64 = 3, updatedAt: Int64 = 1_767_225_600_000_000, isDeleted: Bool = false
    ) throws -> RecordHeader {
        RecordHeader(
            key: RecordKey(tenant: TenantID(rawValue: tenant), type: type, id: try Self.id(id)),
            patient: try patient.map(Self.id), version: version, updatedAt: updatedAt, isDeleted: isDeleted)
    }

    private func keys(_ patient: String? = "p1") async throws -> DataKey {
        try await VaultKeys().keyring().sealingKeys(of: patient.flatMap { LogicalID($0) }).newest
    }

    @Test(arguments: [0, 1, 100, 5_000, 300_000], [nil, "p1"])
    func opensWhatItSealed(_ count: Int, _ patient: String?) async throws {
        let key = try await keys(patient)
        let header = try Self.header(patient: patient)
        let same = [UInt8](repeating: 7, count: count)
        var generator = SystemRandomNumberGenerator()
        let mixed = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        for content in [same, mixed] {
            for part in RecordSealer.Part.allCases {
                let sealed = try sealer.seal(content, as: part, header: header, key: key)
                #expect(try sealer.open(sealed, as: part, header: header, key: key) == content)
                #expect(sealed.count <= count + SealedEnvelope.overhead(key.algorithm))
                #expect(try RecordSealer.keyVersion(of: sealed) == key.version)
            }
        }
    }

    @Test func compressesWhatBecomesSmaller() async throws {
        let (key, header) = (try await keys(), try Self.header())
        let compressed = try sealer.seal([UInt8](repeating: 1, count: 10_000), header: header, key: key)
        #expect(compressed[0] == 3 && compressed.count < 200)
        let plain = try sealer.seal([1, 2, 3], header: header, key: key)
        #expect(plain[0] == 1 && plain.count == 3 + SealedEnvelope.overhead(key.algorithm))
    }

    @Test func filterRecordsAreCompressedWithoutTheDictionary() async throws {
        let (key, header) = (try await keys(), try Self.header())
        let sealed = try sealer.seal([UInt8](repeating: 1, count: 10_000), as: .filter, header: header, key: key)
        #expect(sealed[0] == 2)
    }

    /// What was sealed before there was a dictionary.
    @Test func olderContentOpens() async throws {
        let (key, header) = (try await keys(), try Self.header())
        let aad = header.authenticatedData("res/v1", keyVersion: key.version, algorithm: key.algorithm, compression: 1)
        let content = Self.json + [UInt8](repeating: 7, count: 500)
        let sealed = try content.withUnsafeBytes { content in
            try Compression.shared.compress(content, as: .zstd) { frame in
                Result { try SealedEnvelope.seal(try #require(frame), format: 2, aad: aad, key: key) }
            }.get()
        }
        #expect(try sealer.open(sealed, header: header, key: key) == content)
        // The form is bound: a frame of one is none of another.
        for form: UInt8 in [1, 3] {
            #expect(throws: SealError(.authentication)) { try sealer.open([form] + sealed.dropFirst(), header: header, key: key) }
        }
        #expect(throws: SealError(.format)) { try sealer.open([4] + sealed.dropFirst(), header: header, key: key) }
    }

    /// Another program opens records by the file; the program has the same bytes within itself.
    @Test func theDictionaryIsTheOneThatIsDocumented() throws {
        let file = URL(fileURLWithPath: #filePath)
        let root = (0..<4).reduce(file) { path, _ in path.deletingLastPathComponent() }
        let documented = try Data(contentsOf: root.appendingPathComponent("docs/safeguards/dictionary-1.txt"))
        let built = CompressionDictionary.first.withUTF8Buffer { Data($0) }
        #expect(built == documented && built.allSatisfy { (0x20...0x7E).contains($0) })
    }

    /// Everything that the database holds in the clear is bound.
    @Test func everyFieldOfTheHeaderIsBound() async throws {
        let key = try await keys()
        let header = try Self.header()
        let sealed = try sealer.seal(Self.json, header: header, key: key)
        let others = [
            try Self.header(tenant: 2), try Self.header(patient: "p2"), try Self.header(patient: nil),
            try Self.header(type: "Condition"), try Self.header(id: "o2"), try Self.header(version: 2),
            try Self.header(updatedAt: 1_767_225_600_000_001), try Self.header(isDeleted: true),
        ]
        for other in others {
            #expect(throws: SealError(.authentication)) { try sealer.open(sealed, header: other, key: key) }
        }
        #expect(throws: SealError(.authentication)) { try sealer.open(sealed, as: .filter, header: header, key: key) }
        #expect(try sealer.open(sealed, header: header, key: key) == Self.json)
    }

    @Test(arguments: [nil, "p1"]) func everyByteIsBound(_ patient: String?) async throws {
        let key = try await keys(patient)
        let header = try Self.header(patient: patient)
        for content in [Self.json, [1, 2, 3]] {
            let sealed = try sealer.seal(content, header: header, key: key)
            for index in sealed.indices {
                for change: UInt8 in [0x01, 0x03, 0x80] {
                    var changed = sealed
                    changed[index] ^= change
                    #expect(throws: SealError.self, "byte \(index)") {
                        try sealer.open(changed, header: header, key: key)
                    }
                }
            }
        }
    }

    @Test func saysWhichFault() async throws {
        let (key, other) = (try await keys(), try await keys())
        let header = try Self.header()
        let sealed = try sealer.seal(Self.json, header: header, key: key)
        #expect(throws: SealError(.authentication)) { try sealer.open(sealed, header: header, key: other) }
        var version = sealed
        version[5] = 2
        #expect(throws: SealError(.keyVersion)) { try sealer.open(version, header: header, key: key) }
        var format = sealed
        format[0] = 4
        #expect(throws: SealError(.format)) { try sealer.open(format, header: header, key: key) }
    }

    @Test func boundsWhatItOpens() async throws {
        let (key, header) = (try await keys(), try Self.header())
        let bomb = try sealer.seal([UInt8](repeating: 0, count: 1 << 20), header: header, key: key)
        #expect(bomb.count < 1_000)
        let small = RecordSealer(limitBytes: 1 << 16)
        #expect(throws: SealError(.tooLarge)) { try small.open(bomb, header: header, key: key) }
        #expect(throws: SealError(.tooLarge)) {
            try small.seal([UInt8](repeating: 0, count: 1 << 17), header: header, key: key)
        }
    }

    /// The document's formula, written out once more.
    @Test func theAuthenticatedDataFollowsTheFormula() throws {
        let made = try Self.header(isDeleted: true)
            .authenticatedData("res/v1", keyVersion: 9, algorithm: .aes256GCM, compression: 1)
        var expected = Array("res/v1".utf8) + [0, 4, 0, 0, 0, 1] + [0, 2] + Array("p1".utf8)
        expected += [0, 11] + Array("Observation".utf8) + [0, 2] + Array("o1".utf8)
        expected += [0, 0, 0, 0, 0, 0, 0, 3] + withUnsafeBytes(of: Int64(1_767_225_600_000_000).bigEndian) { Array($0) }
        expected += [1, 0, 0, 0, 9, 1, 1]
        #expect(made == expected)
    }
}
