internal import Crypto
internal import WardDatabase

/// The secret of a session: `ward_` and 256 random bits in base64url. The server keeps its hash only.
struct SessionToken: Sendable {
    static let prefix = "ward_"
    /// Of sessions in a browser. A token of one kind is none of the other.
    static let browserPrefix = "wweb_"
    static let randomByteCount = 32
    static let textByteCount = 48

    /// What the client holds.
    let text: String
    /// SHA-256 of the text.
    let hash: [UInt8]
    /// The session's id, from the hash: with it a session is found without an index. It tells nothing of the token.
    let session: SessionKey

    /// A new token.
    static func make(_ channel: SessionChannel = .bearer) -> SessionToken {
        SessionToken(unchecked: (channel == .browser ? browserPrefix : prefix) + Base64URL.encode(SecureRandom.bytes(randomByteCount)))
    }

    /// Fails unless `text` has the form of a token.
    init?(_ text: String) {
        guard text.utf8.count == Self.textByteCount, text.hasPrefix(Self.prefix) || text.hasPrefix(Self.browserPrefix)
        else { return nil }
        self.init(unchecked: text)
    }

    private init(unchecked text: String) {
        self.text = text
        var hasher = SHA256()
        var text = text
        text.withUTF8 { hasher.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        hash = Array(hasher.finalize())
        session = SessionKey(hash: hash)
    }
}

/// Where a session's token is carried. A session is bound to it: the cookie of a browser opens no interface for programs,
/// and the token of a program no page.
public enum SessionChannel: Sendable, Hashable {
    /// In `Authorization: Bearer`.
    case bearer
    /// In a browser's cookie.
    case browser

    /// Whether a token is one that is carried here.
    public func carries(_ token: String) -> Bool {
        token.hasPrefix(self == .browser ? SessionToken.browserPrefix : SessionToken.prefix)
    }
}

/// The id of a session as two words, for fast lookup.
struct SessionKey: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    /// From the first sixteen bytes of a token's hash, made a UUID of version 8 (RFC 9562 §5.8).
    init(hash: [UInt8]) {
        high = Self.word(hash[0..<8]) & 0xFFFF_FFFF_FFFF_0FFF | 0x8000
        low = Self.word(hash[8..<16]) & 0x3FFF_FFFF_FFFF_FFFF | 1 << 63
    }

    /// From an id; nil where it is none of a session.
    init?(_ id: LogicalID) {
        guard let bytes = id.uuidBytes else { return nil }
        high = Self.word(bytes[0..<8])
        low = Self.word(bytes[8..<16])
    }

    var id: LogicalID {
        LogicalID(
            uuid: [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } })
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
