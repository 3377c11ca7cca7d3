/// How a message is sealed under a data key. The number stands in every sealed message.
public enum SealAlgorithm: UInt8, Sendable, CaseIterable {
    /// AES-256-GCM with a random nonce of 96 bits: for keys of one patient, at most 2^32 messages a key. Source: NIST
    /// SP 800-38D §8.3.
    case aes256GCM = 1
    /// XAES-256-GCM with a random nonce of 192 bits: for keys that a whole tenant shares. Source:
    /// https://c2sp.org/XAES-256-GCM.
    case xaes256GCM = 2

    /// Bytes of the nonce.
    public var nonceCount: Int {
        switch self {
        case .aes256GCM: 12
        case .xaes256GCM: 24
        }
    }

    /// How many messages one key may seal: the collision risk of nonces stays under 2^-32.
    public var messageLimit: UInt64 {
        switch self {
        case .aes256GCM: 1 << 32
        case .xaes256GCM: .max
        }
    }
}
