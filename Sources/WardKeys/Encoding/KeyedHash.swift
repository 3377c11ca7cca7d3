internal import Crypto
internal import FoundationEssentials

/// HMAC-SHA256 under a key that is kept in absorbed form: two SHA-256 states that are copied for each message.
///
/// `Crypto.HMAC` does the same, but is generic and looks its type up anew at each call from another module; over tokens
/// of some 60 bytes that costs as much as the hashing. Source: RFC 2104, with the Wycheproof vectors as its test.
struct KeyedHash: Sendable {
    private let inner: SHA256
    private let outer: SHA256

    /// Absorbs a key; one longer than a block of 64 bytes is hashed first.
    init(_ key: SymmetricKey) {
        var (inner, outer) = (SHA256(), SHA256())
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 8) { block in
            defer { block.wipe() }
            block.wipe()
            key.withUnsafeBytes { bytes in
                if bytes.count <= 64 {
                    block.copyMemory(from: bytes)
                } else {
                    SHA256.hash(data: bytes).withUnsafeBytes { block.copyMemory(from: $0) }
                }
            }
            for index in block.indices { block[index] ^= 0x36 }
            inner.update(bufferPointer: UnsafeRawBufferPointer(block))
            for index in block.indices { block[index] ^= 0x36 ^ 0x5C }
            outer.update(bufferPointer: UnsafeRawBufferPointer(block))
        }
        (self.inner, self.outer) = (inner, outer)
    }

    /// The first eight bytes of the code of a message, big endian, as a signed integer.
    func token(of message: UnsafeRawBufferPointer) -> Int64 {
        code(of: message).withUnsafeBytes { Int64(bigEndian: $0.loadUnaligned(as: Int64.self)) }
    }

    /// The code of a message, 32 bytes.
    func code(of message: UnsafeRawBufferPointer) -> SHA256.Digest {
        var (inner, outer) = (inner, outer)
        inner.update(bufferPointer: message)
        inner.finalize().withUnsafeBytes { outer.update(bufferPointer: $0) }
        return outer.finalize()
    }
}
