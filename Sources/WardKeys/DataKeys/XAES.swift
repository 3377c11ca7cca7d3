internal import Crypto
internal import CryptoExtras

/// The key derivation of XAES-256-GCM: each message has its own AES-256-GCM key, made from the first half of its nonce.
///
/// Source: https://c2sp.org/XAES-256-GCM, "Detailed key derivation algorithm".
struct XAES: Sendable {
    private typealias Block = (high: UInt64, low: UInt64)

    private let key: SymmetricKey
    /// `K1`, the CMAC subkey of steps 1 and 2, as two big-endian halves in memory that is zeroed on release, as a key.
    let subkey: SymmetricKey

    /// Precomputes steps 1 and 2 for a key of 256 bits.
    init(_ key: SymmetricKey) {
        self.key = key
        let block = Self.permute((0, 0), key)
        let carry: UInt64 = block.high >> 63 == 1 ? 0b1000_0111 : 0
        subkey = withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { scratch in
            defer { scratch.wipe() }
            scratch.storeBytes(of: block.high << 1 | block.low >> 63, as: UInt64.self)
            scratch.storeBytes(of: block.low << 1 ^ carry, toByteOffset: 8, as: UInt64.self)
            return SymmetricKey(data: UnsafeRawBufferPointer(scratch))
        }
    }

    private var mask: Block {
        subkey.withUnsafeBytes { bytes in
            (bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
    }

    /// The message's key, from the first twelve bytes of the nonce (steps 3 to 5).
    func messageKey(nonce: UnsafeRawBufferPointer) -> SymmetricKey {
        let first = UInt64(bigEndian: nonce.loadUnaligned(as: UInt64.self))
        let last = UInt64(UInt32(bigEndian: nonce.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
        let mask = mask
        return withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { scratch in
            defer { scratch.wipe() }
            for counter in 1...2 {
                let high = UInt64(counter) << 48 | 0x58 << 40 | first >> 32
                let low = first << 32 | last
                let block = Self.permute((high ^ mask.high, low ^ mask.low), key)
                scratch.storeBytes(of: block.high.bigEndian, toByteOffset: counter * 16 - 16, as: UInt64.self)
                scratch.storeBytes(of: block.low.bigEndian, toByteOffset: counter * 16 - 8, as: UInt64.self)
            }
            return SymmetricKey(data: UnsafeRawBufferPointer(scratch))
        }
    }

    /// AES-256 of one block, given and returned as big-endian halves.
    private static func permute(_ block: Block, _ key: SymmetricKey) -> Block {
        withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { scratch in
            defer { scratch.wipe() }
            scratch.storeBytes(of: block.high.bigEndian, as: UInt64.self)
            scratch.storeBytes(of: block.low.bigEndian, toByteOffset: 8, as: UInt64.self)
            var payload = scratch
            do {
                try AES.permute(&payload, key: key)
            } catch {
                preconditionFailure("AES.permute refuses only sizes other than 16 and 32 bytes, fixed here")
            }
            return (
                UInt64(bigEndian: scratch.load(as: UInt64.self)),
                UInt64(bigEndian: scratch.load(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }
}
