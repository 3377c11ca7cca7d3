internal import Crypto
internal import WardDatabase

/// The secret in an invitation's link: the account's id and 256 random bits, in base64url. The server keeps its hash
/// only.
struct InvitationToken: Sendable {
    static let lifetime: Int64 = 72 * 3_600_000_000
    private static let randomByteCount = 32

    let account: LogicalID
    let text: String
    /// SHA-256 of the text.
    let hash: [UInt8]

    /// A new token for an account whose id is a UUID.
    static func make(for account: LogicalID) -> InvitationToken? {
        guard let bytes = account.uuidBytes else { return nil }
        return InvitationToken(
            unchecked: Base64URL.encode(bytes + SecureRandom.bytes(randomByteCount)), account: account)
    }

    /// Fails unless `text` has the form of a token.
    init?(_ text: String) {
        guard text.utf8.count == 64, let bytes = Base64URL.decode(text), bytes.count == 16 + Self.randomByteCount else {
            return nil
        }
        self.init(unchecked: text, account: LogicalID(uuid: Array(bytes[..<16])))
    }

    private init(unchecked text: String, account: LogicalID) {
        self.text = text
        self.account = account
        hash = Array(SHA256.hash(data: Array(text.utf8)))
    }
}
