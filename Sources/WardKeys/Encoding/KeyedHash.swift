internal import COpenSSL
internal import Crypto

/// HMAC-SHA256 under a key that is kept in absorbed form: two SHA-256 states that are copied for each message.
///
/// By OpenSSL's libcrypto (decision 0023): `Crypto.HMAC` allocates for each message, which over tokens of some 60 bytes costs
/// several times what the hashing does. The states are as secret as the key and are overwritten on release.
/// Source: RFC 2104, with the Wycheproof vectors as its test.
final class KeyedHash: Sendable {
    static let codeCount = 32
    private static let blockCount = 64

    private struct States {
        var inner = SHA256_CTX()
        var outer = SHA256_CTX()
    }

    // Reason: written before `init` returns, afterwards only read.
    nonisolated(unsafe) private let states: UnsafeMutablePointer<States>

    /// Absorbs a key; one longer than a block of 64 bytes is hashed first.
    convenience init(_ key: SymmetricKey) { self.init(absorbing: { body in key.withUnsafeBytes(body) }) }

    /// Absorbs a key whose bytes `key` shows to a closure.
    init(absorbing key: ((UnsafeRawBufferPointer) -> Void) -> Void) {
        states = .allocate(capacity: 1)
        states.initialize(to: States())
        withUnsafeTemporaryAllocation(byteCount: Self.blockCount, alignment: 8) { block in
            defer { block.wipe() }
            block.wipe()
            key { bytes in
                if bytes.count <= Self.blockCount {
                    block.copyMemory(from: bytes)
                } else {
                    SHA256.hash(data: bytes).withUnsafeBytes { block.copyMemory(from: $0) }
                }
            }
            for index in block.indices { block[index] ^= 0x36 }
            Self.begin(&states.pointee.inner, block)
            for index in block.indices { block[index] ^= 0x36 ^ 0x5C }
            Self.begin(&states.pointee.outer, block)
        }
    }

    deinit {
        UnsafeMutableRawBufferPointer(start: states, count: MemoryLayout<States>.size).wipe()
        states.deallocate()
    }

    /// The first eight bytes of the code of a message, big endian, as a signed integer.
    func token(of message: UnsafeRawBufferPointer) -> Int64 {
        withCode(of: message) { Int64(bigEndian: $0.loadUnaligned(as: Int64.self)) }
    }

    /// Hands the code of a message, 32 bytes, to `body`; it is overwritten afterwards.
    func withCode<Value>(of message: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        withUnsafeTemporaryAllocation(byteCount: Self.codeCount, alignment: 8) { code in
            defer { code.wipe() }
            var state = states.pointee.inner
            Self.end(&state, message, into: code)
            state = states.pointee.outer
            Self.end(&state, UnsafeRawBufferPointer(code), into: code)
            OPENSSL_cleanse(&state, MemoryLayout<SHA256_CTX>.size)
            return body(UnsafeRawBufferPointer(code))
        }
    }

    private static func begin(_ state: inout SHA256_CTX, _ block: UnsafeMutableRawBufferPointer) {
        let isBegun = SHA256_Init(&state) == 1 && SHA256_Update(&state, block.baseAddress, block.count) == 1
        precondition(isBegun, "SHA-256 refuses nothing")
    }

    private static func end(_ state: inout SHA256_CTX, _ message: UnsafeRawBufferPointer, into code: UnsafeMutableRawBufferPointer) {
        let isEnded = SHA256_Update(&state, message.baseAddress, message.count) == 1
            && SHA256_Final(code.baseAddress?.assumingMemoryBound(to: UInt8.self), &state) == 1
        precondition(isEnded, "SHA-256 refuses nothing")
    }
}
