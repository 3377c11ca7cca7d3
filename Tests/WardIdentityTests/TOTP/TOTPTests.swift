import Testing

@testable import WardIdentity

@Suite("RFC 6238 and RFC 4226")
struct TOTPTests {
    private let secret = Array("12345678901234567890".utf8)

    @Test(
        "RFC 6238, appendix B, SHA-1",
        arguments: [
            (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
        ] as [(Int64, String)])
    func vectors(seconds: Int64, code: String) {
        let step = TOTP.step(at: seconds * 1_000_000)
        #expect(TOTP(secret: secret).code(at: step, digits: 8) == code)
        #expect(TOTP(secret: secret).code(at: step) == String(code.suffix(6)))
    }

    @Test("RFC 4226, appendix D")
    func counterVectors() {
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
        ]
        for (counter, code) in codes.enumerated() { #expect(TOTP(secret: secret).code(at: Int64(counter)) == code) }
    }

    @Test("a step to either side is accepted, no more")
    func window() {
        let now: Int64 = 1_234_567_890_000_000
        let step = TOTP.step(at: now)
        let totp = TOTP(secret: secret)
        for offset in Int64(-4)...4 {
            let accepted = totp.acceptedStep(for: totp.code(at: step + offset), at: now)
            #expect(accepted == (abs(offset) <= 1 ? step + offset : nil))
        }
    }

    @Test(
        "what is no code is refused",
        arguments: ["", "1", "12345", "1234567", "abcdef", " 005924", "０05924", "005924 "])
    func noCode(text: String) {
        #expect(TOTP(secret: secret).acceptedStep(for: text, at: 1_234_567_890_000_000) == nil)
        #expect(TOTP(secret: secret).acceptedStep(for: "005924", at: 1_234_567_890_000_000) != nil)
    }

    @Test("a clock before 1970 breaks nothing")
    func earlyClock() {
        #expect(TOTP(secret: secret).acceptedStep(for: "755224", at: 0) == 0)
        #expect(TOTP(secret: secret).acceptedStep(for: "755224", at: -1_000_000_000) == nil)
    }

    @Test("secrets are 160 bits and differ")
    func secrets() {
        #expect(TOTP.makeSecret().count == 20)
        #expect(TOTP.makeSecret() != TOTP.makeSecret())
    }

    @Test("the URI for authenticator apps")
    func uri() throws {
        let name = try #require(UserName("josé@ward"))
        #expect(
            OTPAuthURI.make(name: name, secret: secret)
                == "otpauth://totp/Ward:jos%C3%A9%40ward?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Ward"
                + "&algorithm=SHA1&digits=6&period=30")
    }
}
