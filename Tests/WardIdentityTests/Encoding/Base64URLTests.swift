import Testing

@testable import WardIdentity

@Suite("RFC 7515 base64url")
struct Base64URLTests {
    @Test("what is written is read", arguments: 0..<40)
    func roundTrip(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 251 + 17) }
        #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
    }

    @Test("RFC 7515 appendix C, RFC 4648 §10")
    func vectors() {
        #expect(Base64URL.encode([3, 236, 255, 224, 193]) == "A-z_4ME")
        #expect(Base64URL.encode(Array("foobar".utf8)) == "Zm9vYmFy")
        #expect(Base64URL.encode([]) == "")
    }

    @Test(
        "one text for one sequence: anything else is refused",
        arguments: ["A", "AB", "A-z_4MF", "Zg==", "Zm9v ", "Zm+v", "Zm/v"])
    func refused(text: String) { #expect(Base64URL.decode(text) == nil) }
}
