internal import Crypto
internal import WardDatabase

/// Secrets of authenticator apps that are set up on a page: each view of the page shows another one, and only that of the view
/// that its form comes back from becomes the account's.
///
/// Nothing is kept meanwhile. A view has a random name, which goes into the form; the secret is made of it, and of what the page
/// is bound to, by a key that is not in the database. Whoever saw another view of the same link, before or after, saw another
/// secret: that is worth nothing. Source: RFC 6238 §5.1 (secrets by a strong pseudorandom function of a master key); decision 0028.
struct PageSecrets: Sendable {
    private static let viewByteCount = 16

    private let key: SymmetricKey

    init(pepper: Pepper) {
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: pepper.key, info: Array("ward/identity/page-secret/v1".utf8), outputByteCount: 32)
    }

    /// The name of a new view.
    static func makeView() -> String { Base64URL.encode(SecureRandom.bytes(viewByteCount)) }

    /// The secret that a view shows; nil where `view` has not the form of one.
    /// - Parameter binding: what the page belongs to: the hash of a link's token, or a session.
    func secret(of view: String, boundTo binding: [UInt8]) -> [UInt8]? {
        guard let name = Base64URL.decode(view), name.count == Self.viewByteCount else { return nil }
        return Array(HMAC<SHA256>.authenticationCode(for: name + binding, using: key).prefix(TOTP.secretByteCount))
    }
}
