public import Crypto

/// AES-256-GCM over buffers, as the sealed forms need it. Source: NIST SP 800-38D, with the Wycheproof vectors as its test.
public enum AESGCM {
    static let nonceCount = GCMContext.nonceCount
    static let tagCount = GCMContext.tagCount

    /// Appends `ciphertext ‖ tag` to `output`.
    /// - Parameters:
    ///   - key: 256 bits.
    ///   - nonce: 12 bytes that were never used with this key.
    /// - Throws: ``KeyError`` with `.authentication` where key or nonce have another length or the message has 2 GiB or more.
    public static func encrypt(
        _ plaintext: UnsafeRawBufferPointer, aad: [UInt8], key: SymmetricKey, nonce: UnsafeRawBufferPointer,
        into output: inout [UInt8]
    ) throws(KeyError) {
        let context = GCMContext(isSealing: true, key: key, nonce: nonce)
        let start = output.count
        output.append(contentsOf: repeatElement(0, count: plaintext.count + tagCount))
        let isSealed = output.withUnsafeMutableBytes { output in
            let target = UnsafeMutableRawBufferPointer(rebasing: output[start...])
            guard let tag = target.baseAddress?.advanced(by: plaintext.count) else { return false }
            return aad.withUnsafeBytes { context.authenticate($0) }
                && context.process(plaintext, into: target)
                && context.finish(tag: tag)
        }
        guard isSealed else {
            output.removeLast(plaintext.count + tagCount)
            throw KeyError(.authentication, "seal")
        }
    }

    /// The plaintext of `ciphertext ‖ tag`.
    /// - Throws: ``KeyError`` with `.authentication`; nothing of the plaintext is left in memory then.
    public static func decrypt(
        _ sealed: UnsafeRawBufferPointer, aad: [UInt8], key: SymmetricKey, nonce: UnsafeRawBufferPointer
    ) throws(KeyError) -> [UInt8] {
        let count = sealed.count - tagCount
        guard count >= 0, let start = sealed.baseAddress else { throw KeyError(.authentication, "open") }
        let context = GCMContext(isSealing: false, key: key, nonce: nonce)
        // Filled with zeros first: that costs less than what an array does to begin without.
        var plaintext = [UInt8](repeating: 0, count: count)
        let isAuthentic = plaintext.withUnsafeMutableBytes { bytes in
            let isOpened = aad.withUnsafeBytes { context.authenticate($0) }
                && context.process(UnsafeRawBufferPointer(rebasing: sealed[..<count]), into: bytes)
                && context.finish(expecting: start.advanced(by: count))
            if !isOpened { bytes.wipe() }
            return isOpened
        }
        guard isAuthentic else { throw KeyError(.authentication, "open") }
        return plaintext
    }

    /// Appends `nonce ‖ ciphertext ‖ tag` to `output`.
    static func seal(
        _ plaintext: UnsafeRawBufferPointer, aad: [UInt8], key: SymmetricKey, nonce: UnsafeRawBufferPointer,
        into output: inout [UInt8]
    ) throws(KeyError) {
        output.append(contentsOf: nonce)
        try encrypt(plaintext, aad: aad, key: key, nonce: nonce, into: &output)
    }

    /// The plaintext of `nonce ‖ ciphertext ‖ tag`, or an `.authentication` error.
    static func open(_ sealed: UnsafeRawBufferPointer, aad: [UInt8], key: SymmetricKey) throws(KeyError) -> [UInt8] {
        guard sealed.count >= nonceCount else { throw KeyError(.authentication, "open") }
        return try decrypt(
            UnsafeRawBufferPointer(rebasing: sealed[nonceCount...]), aad: aad, key: key,
            nonce: UnsafeRawBufferPointer(rebasing: sealed[..<nonceCount]))
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
