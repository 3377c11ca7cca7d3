import Testing

@testable import WardIdentity

@Suite("CBOR of authenticators, strict")
struct CBORTests {
    @Test("what RFC 8949 gives as examples, as far as authenticators use it")
    func examples() throws {
        let examples: [(String, CBOR)] = [
            ("00", .integer(0)), ("17", .integer(23)), ("1818", .integer(24)), ("1903e8", .integer(1_000)),
            ("1a000f4240", .integer(1_000_000)), ("1b000000e8d4a51000", .integer(1_000_000_000_000)),
            ("20", .integer(-1)), ("3903e7", .integer(-1_000)), ("f4", .bool(false)), ("f5", .bool(true)),
            ("40", .bytes([])), ("4401020304", .bytes([1, 2, 3, 4])), ("60", .text("")), ("62c3bc", .text("ü")),
            ("83010203", .array([.integer(1), .integer(2), .integer(3)])), ("a0", .map([:])),
            ("a201020304", .map([.integer(1): .integer(2), .integer(3): .integer(4)])),
            ("a26161016162820203", .map([.text("a"): .integer(1), .text("b"): .array([.integer(2), .integer(3)])])),
        ]
        for (digits, value) in examples { #expect(try CBOR(hex(digits)) == value, "\(digits)") }
    }

    @Test("what can be written in two ways, is cut off, goes on, or is of another kind is refused", arguments: [
        "", "18", "1817", "190018", "1a0000ffff", "1b00000000ffffffff", "1bffffffffffffffff", "3bffffffffffffffff", "1c", "1f", "5f4101ff",
        "9f01ff", "bf0102ff", "4201", "61ff", "82 01", "a101", "a201020103", "0000", "f6", "f7", "f90000", "fb0000000000000000", "c001",
        "9b7fffffffffffffff", "818181818181", "ff",
    ])
    func refused(_ digits: String) {
        #expect(throws: PasskeyError(.malformed)) { try CBOR(hex(digits)) }
    }

    @Test("keys that are not exactly those of a supported algorithm are refused")
    func keys() {
        let x = [UInt8](repeating: 1, count: 32)
        func key(_ members: [Int64: CBOR]) -> CBOR {
            .map(Dictionary(uniqueKeysWithValues: members.map { (.integer($0.key), $0.value) }))
        }
        for (members, code) in [
            ([1: .integer(2), 3: .integer(-7), -1: .integer(1), -2: .bytes(x), -3: .bytes(x)], .unusableKey),
            ([1: .integer(1), 3: .integer(-8), -1: .integer(4), -2: .bytes(x)], .unusableKey),
            ([1: .integer(1), 3: .integer(-8), -1: .integer(6), -2: .bytes(x), 4: .integer(2)], .unusableKey),
            ([1: .integer(2), 3: .integer(-8), -1: .integer(6), -2: .bytes(x)], .unusableKey),
            ([1: .integer(3), 3: .integer(-257), -1: .bytes([UInt8](repeating: 0xFF, count: 128)), -2: .bytes([1, 0, 1])], .unusableKey),
            ([1: .integer(3), 3: .integer(-257), -1: .bytes([UInt8](repeating: 0xFF, count: 256)), -2: .bytes([3])], .unusableKey),
            ([1: .integer(3), 3: .integer(-65_535), -1: .bytes(x), -2: .bytes(x)], .unsupportedAlgorithm("RS1")),
            ([1: .integer(2), 3: .integer(-47)], .unsupportedAlgorithm("ES256K")), ([1: .integer(2)], .malformed),
        ] as [([Int64: CBOR], PasskeyError.Code)] {
            #expect(throws: PasskeyError(code)) { try COSEKey(key(members)) }
        }
    }
}
