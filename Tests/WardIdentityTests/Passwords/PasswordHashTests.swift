import Testing

@testable import WardIdentity

@Suite("RFC 7914 scrypt in PHC strings")
struct PasswordHashTests {
    @Test("RFC 7914 §12, first 32 bytes")
    func vector() throws {
        let settings = try #require(ScryptSettings(logarithmOfRounds: 14, blockSize: 8, parallelism: 1))
        let hash = try PasswordHash.derive(
            from: Array("pleaseletmein".utf8), salt: Array("SodiumChloride".utf8), settings)
        let hexadecimal = hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(hexadecimal == "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2")
    }

    @Test("what is written is read")
    func roundTrip() throws {
        let hash = PasswordHash(
            settings: .standard, pepperVersion: 7, salt: Array(0..<16), hash: Array(100..<132))
        #expect(hash.phc.hasPrefix("$scrypt$ln=15,r=8,p=3,k=7$AAECAwQFBgcICQoLDA0ODw$"))
        #expect(!hash.phc.hasSuffix("="))
        #expect(PasswordHash(phc: hash.phc) == hash)
    }

    @Test("anything else is refused")
    func refused() {
        let good = PasswordHash(
            settings: .standard, pepperVersion: 1, salt: Array(0..<16), hash: Array(0..<32)
        ).phc
        #expect(PasswordHash(phc: good) != nil)
        let bad = [
            "", "$", good + "$", String(good.dropLast()), good + "A", good + "=", "x" + good,
            good.replacing("ln=15", with: "ln=31"), good.replacing("ln=15", with: "ln=0"),
            good.replacing("r=8", with: "r=4096"), good.replacing("p=3", with: "p=0"),
            good.replacing("p=3", with: "p=-3"), good.replacing("ln=15,r=8", with: "r=8,ln=15"),
            good.replacing(",k=1", with: ""), good.replacing("scrypt", with: "argon2id"),
            good.replacing("AAEC", with: "A!EC"),
        ]
        for text in bad { #expect(PasswordHash(phc: text) == nil, "\(text)") }
    }
}
