internal import Crypto

/// HKDF-SHA256 without salt, the only derivation from one key to another. Source: RFC 5869.
enum Derivation {
    /// `HKDF-Extract` without a salt: HMAC under 32 zeros.
    private static let extraction = KeyedHash(SymmetricKey(data: [UInt8](repeating: 0, count: KeyedHash.codeCount)))

    /// A key of 32 bytes for the purpose that `info` names: the first block of `HKDF-Expand`.
    static func key(from input: SymmetricKey, info: [UInt8]) -> SymmetricKey {
        let expansion = KeyedHash { body in
            input.withUnsafeBytes { input in extraction.withCode(of: input, body) }
        }
        return (info + [1]).withUnsafeBytes { block in
            expansion.withCode(of: block) { SymmetricKey(data: $0) }
        }
    }

    /// What commits to a key: GCM alone does not, so two keys could open one ciphertext. `HKDF(key, "commit")`, 32
    /// bytes.
    static func commitment(to key: SymmetricKey) -> [UInt8] {
        self.key(from: key, info: Array("commit".utf8)).withUnsafeBytes { Array($0) }
    }

    /// Compares in a time that does not depend on where the two differ.
    static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}
