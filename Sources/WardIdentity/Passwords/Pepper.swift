public import Crypto

/// The key that is mixed into every password before it is hashed, held with the keys and apart from the hashes:
/// whoever steals the hashes alone can try no password. Source: NIST SP 800-63B-4 §3.1.1.2.
public struct Pepper: Sendable {
    /// Which pepper it is; each hash names the one it was made with.
    public let version: UInt32
    let key: SymmetricKey

    /// A pepper; the key holds 256 bits.
    public init(key: SymmetricKey, version: UInt32 = 1) {
        self.key = key
        self.version = version
    }
}
