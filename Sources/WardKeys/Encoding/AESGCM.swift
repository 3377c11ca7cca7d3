internal import Crypto
internal import FoundationEssentials

/// AES-256-GCM over buffers, as the sealed forms of this module need it: `nonce ‖ ciphertext ‖ tag`.
///
/// swift-crypto keeps each key schedule to one call and gives its results as `Data`; the results are copied once, into
/// place. Source: NIST SP 800-38D.
enum AESGCM {
    static let nonceCount = 12
    static let tagCount = 16

    /// Appends `nonce ‖ ciphertext ‖ tag` to `output`.
    static func seal(
        _ plaintext: UnsafeRawBufferPointer, aad: [UInt8], key: SymmetricKey, nonce: UnsafeRawBufferPointer,
        into output: inout [UInt8]
    ) throws(KeyError) {
        do {
            let box = try AES.GCM.seal(plaintext, using: key, nonce: AES.GCM.Nonce(data: nonce), authenticating: aad)
            guard let combined = box.combined else { throw KeyError(.authentication, "seal") }
            combined.withUnsafeBytes { output.append(contentsOf: $0) }
        } catch {
            throw KeyError(.authentication, "seal")
        }
    }

    /// The plaintext of `nonce ‖ ciphertext ‖ tag`, or an `.authentication` error.
    static func open(_ sealed: UnsafeRawBufferPointer, aad: [UInt8], key: SymmetricKey) throws(KeyError) -> Data {
        do {
            return try AES.GCM.open(AES.GCM.SealedBox(combined: sealed), using: key, authenticating: aad)
        } catch {
            throw KeyError(.authentication, "open")
        }
    }

    /// Wraps a key: `nonce ‖ ciphertext ‖ tag`, 60 bytes for a key of 32.
    static func wrap(
        _ key: SymmetricKey, under wrapping: SymmetricKey, aad: [UInt8], random: RandomSource
    ) throws(KeyError) -> [UInt8] {
        let nonce = random.bytes(nonceCount)
        var output: [UInt8] = []
        output.reserveCapacity(nonceCount + key.bitCount / 8 + tagCount)
        do {
            try key.withUnsafeBytes { plaintext in
                try nonce.withUnsafeBytes { try seal(plaintext, aad: aad, key: wrapping, nonce: $0, into: &output) }
            }
        } catch {
            throw KeyError(.authentication, "wrap")
        }
        return output
    }

    /// Opens a wrapped key of 32 bytes.
    static func unwrap(
        _ wrapped: [UInt8], under wrapping: SymmetricKey, aad: [UInt8]
    ) throws(KeyError) -> SymmetricKey {
        guard wrapped.count == nonceCount + 32 + tagCount else { throw KeyError(.authentication, "unwrap") }
        do {
            var opened = try wrapped.withUnsafeBytes { try open($0, aad: aad, key: wrapping) }
            defer { opened.withUnsafeMutableBytes { $0.wipe() } }
            return SymmetricKey(data: opened)
        } catch {
            throw KeyError(.authentication, "unwrap")
        }
    }
}
