import Testing
import WardTesting

@testable import WardIdentity

@Suite("RFC 4648 base 32")
struct Base32Tests {
    @Test(
        "RFC 4648 §10, without padding",
        arguments: [
            ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ])
    func vectors(plain: String, encoded: String) {
        #expect(Base32.encode(Array(plain.utf8)) == encoded)
        #expect(Base32.decode(encoded) == Array(plain.utf8))
        #expect(Base32.decode(encoded.lowercased()) == Array(plain.utf8))
    }

    @Test("what was encoded is decoded")
    func roundTrip() {
        var random = SeededRandom(seed: 1)
        for count in 0..<64 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(Base32.decode(Base32.encode(bytes)) == bytes)
        }
    }

    @Test(
        "anything else is refused", arguments: ["M", "MZ=", "MY======", "M1", "M8", "M Y", "MZ", "MZXW6YTBO", "ÀA"])
    func refused(text: String) {
        #expect(Base32.decode(text) == nil)
    }
}
