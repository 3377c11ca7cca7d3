internal import Crypto
internal import WardDatabase

/// A refresh token: the grant, its number, and a MAC under the grant's own secret. Source: RFC 9700 §4.14.
///
/// Shape: `wref_` and base64url of `grant (16) ‖ number (4, big endian) ‖ HMAC-SHA256 (32)`.
struct RefreshToken: Sendable {
    static let prefix = "wref_"

    let grant: LogicalID
    let number: UInt32
    private let mac: [UInt8]

    /// The token of this number.
    static func make(_ grant: LogicalID, _ chain: RefreshChain) -> String? {
        guard let id = grant.uuidBytes else { return nil }
        let body = id + number(chain.number)
        return prefix + Base64URL.encode(body + authenticationCode(body, chain.secret))
    }

    /// Fails unless `text` has the form of one.
    init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), text.utf8.count < 100,
            let bytes = Base64URL.decode(text.dropFirst(Self.prefix.count)), bytes.count == 52
        else { return nil }
        grant = LogicalID(uuid: Array(bytes[..<16]))
        number = bytes[16..<20].reduce(0) { $0 << 8 | UInt32($1) }
        mac = Array(bytes[20...])
    }

    /// Whether this grant made it, now or before.
    func isMade(by chain: RefreshChain) -> Bool {
        guard let id = grant.uuidBytes else { return false }
        return ConstantTime.equal(mac, Self.authenticationCode(id + Self.number(number), chain.secret))
    }

    private static func authenticationCode(_ body: [UInt8], _ secret: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: secret)))
    }

    private static func number(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }
}
