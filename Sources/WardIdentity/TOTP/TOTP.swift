internal import Crypto

/// Time-based one-time codes: SHA-1, six digits, steps of 30 seconds, one step to either side accepted.
///
/// SHA-1 is what authenticator apps know; as an HMAC it is sound. Source: RFC 6238, RFC 4226 §5.3.
struct TOTP: Sendable {
    static let secretByteCount = 20
    static let digits = 6
    static let stepSeconds: Int64 = 30

    private let secret: [UInt8]

    /// Codes of this secret of 20 bytes.
    init(secret: [UInt8]) { self.secret = secret }

    /// A new secret of 160 bits.
    static func makeSecret() -> [UInt8] { SecureRandom.bytes(secretByteCount) }

    /// The step of a time in microseconds since 1970.
    static func step(at microseconds: Int64) -> Int64 { microseconds / (stepSeconds * 1_000_000) }

    /// The step for which `code` is right at this time, or nil. It looks at all three steps whatever matches.
    func acceptedStep(for code: String, at microseconds: Int64) -> Int64? {
        let given = Array(code.utf8)
        let now = Self.step(at: microseconds)
        var accepted: Int64?
        for step in (now - 1)...(now + 1) where step >= 0 {
            if ConstantTime.equal(given, Array(self.code(at: step).utf8)) { accepted = step }
        }
        return accepted
    }

    /// The code of a step.
    func code(at step: Int64) -> String { code(at: step, digits: Self.digits) }

    func code(at step: Int64, digits: Int) -> String {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * $0)) }
        let mac = Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: secret)))
        let offset = Int(mac[mac.count - 1] & 15)
        let number =
            Int(mac[offset] & 0x7F) << 24 | Int(mac[offset + 1]) << 16 | Int(mac[offset + 2]) << 8
            | Int(mac[offset + 3])
        let modulus = (0..<digits).reduce(1) { product, _ in product * 10 }
        let text = String(number % modulus)
        return String(repeating: "0", count: digits - text.count) + text
    }
}
