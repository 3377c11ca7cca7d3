internal import Crypto
internal import WardDatabase

/// The secret that a client exchanges for its first token: the grant's id and 256 random bits, in base64url. The server
/// keeps its hash only.
struct AuthorizationCode: Sendable {
    /// Microseconds. Source: RFC 6749 §4.1.2 asks for ten minutes at most.
    static let lifetime: Int64 = 60_000_000

    let grant: LogicalID
    let text: String
    /// SHA-256 of the text.
    let hash: [UInt8]

    /// A new code for a grant whose id is a UUID.
    static func make(for grant: LogicalID) -> AuthorizationCode? {
        guard let id = grant.uuidBytes else { return nil }
        return AuthorizationCode(unchecked: Base64URL.encode(id + SecureRandom.bytes(32)), grant)
    }

    /// Fails unless `text` has the form of one.
    init?(_ text: String) {
        guard text.utf8.count == 64, let bytes = Base64URL.decode(text), bytes.count == 48 else { return nil }
        self.init(unchecked: text, LogicalID(uuid: Array(bytes[..<16])))
    }

    private init(unchecked text: String, _ grant: LogicalID) {
        self.text = text
        self.grant = grant
        hash = Array(SHA256.hash(data: Array(text.utf8)))
    }
}

/// Proof Key for Code Exchange, of the method S256 alone. Source: RFC 7636 §4.
enum PKCE {
    /// Whether a challenge has the form of one: 32 bytes in base64url.
    static func isChallenge(_ text: String) -> Bool { Base64URL.decode(text)?.count == 32 }

    /// Whether the verifier is the one of the challenge.
    static func matches(verifier: String, challenge: String) -> Bool {
        guard (43...128).contains(verifier.utf8.count), verifier.utf8.allSatisfy(isUnreserved) else { return false }
        return ConstantTime.equal(Array(Self.challenge(of: verifier).utf8), Array(challenge.utf8))
    }

    /// The challenge of a verifier.
    static func challenge(of verifier: String) -> String { Base64URL.encode(SHA256.hash(data: Array(verifier.utf8))) }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        default: false
        }
    }
}
