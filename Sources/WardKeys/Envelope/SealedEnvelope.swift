internal import Crypto

/// The one sealed form: `format ‖ algorithm ‖ u32 key version ‖ nonce ‖ ciphertext ‖ tag`.
///
/// The first byte is the caller's (what the plaintext is), the second a ``SealAlgorithm``. Format, algorithm and key
/// version are in clear; a changed algorithm or key version never opens, and a caller that gives the format a meaning
/// binds it in the additional data.
public enum SealedEnvelope {
    /// Bytes before the nonce.
    public static let headerCount = 6

    /// What stands in clear before a sealed message.
    public struct Header: Hashable, Sendable {
        public var format: UInt8
        public var algorithm: SealAlgorithm
        public var keyVersion: UInt32
    }

    /// How many bytes sealing adds.
    public static func overhead(_ algorithm: SealAlgorithm) -> Int {
        headerCount + algorithm.nonceCount + AESGCM.tagCount
    }

    /// Reads the header of a sealed message; nothing is checked but its form.
    /// - Throws: ``SealError`` with `.format`.
    public static func header(of sealed: [UInt8]) throws(SealError) -> Header {
        guard sealed.count >= headerCount, let algorithm = SealAlgorithm(rawValue: sealed[1]),
              sealed.count >= overhead(algorithm) else { throw SealError(.format) }
        let version = UInt32(sealed[2]) << 24 | UInt32(sealed[3]) << 16 | UInt32(sealed[4]) << 8 | UInt32(sealed[5])
        return Header(format: sealed[0], algorithm: algorithm, keyVersion: version)
    }

    /// Seals a message under a fresh random nonce.
    /// - Throws: ``SealError`` with `.exhausted` where the key may seal no more.
    public static func seal(
        _ plaintext: UnsafeRawBufferPointer, format: UInt8, aad: [UInt8], key: DataKey, random: RandomSource = .system
    ) throws(SealError) -> [UInt8] {
        try key.countMessage()
        var output: [UInt8] = []
        output.reserveCapacity(overhead(key.algorithm) + plaintext.count)
        output.append(format)
        output.append(key.algorithm.rawValue)
        withUnsafeBytes(of: key.version.bigEndian) { output.append(contentsOf: $0) }
        let nonceCount = key.algorithm.nonceCount
        let failed = withUnsafeTemporaryAllocation(byteCount: nonceCount, alignment: 8) { scratch -> Bool in
            random.fill(scratch)
            let nonce = UnsafeRawBufferPointer(scratch)
            do throws(KeyError) {
                guard let extended = key.extended else {
                    try AESGCM.seal(plaintext, aad: aad, key: key.symmetricKey, nonce: nonce, into: &output)
                    return false
                }
                output.append(contentsOf: nonce[..<12])
                let messageKey = extended.messageKey(nonce: nonce)
                let rest = UnsafeRawBufferPointer(rebasing: nonce[12...])
                try AESGCM.seal(plaintext, aad: aad, key: messageKey, nonce: rest, into: &output)
                return false
            } catch {
                return true
            }
        }
        if failed { throw SealError(.authentication) }
        return output
    }

    /// Seals a message; see ``seal(_:format:aad:key:random:)-(UnsafeRawBufferPointer,_,_,_,_)``.
    public static func seal(
        _ plaintext: [UInt8], format: UInt8, aad: [UInt8], key: DataKey, random: RandomSource = .system
    ) throws(SealError) -> [UInt8] {
        try plaintext.withUnsafeBytes { buffer -> Result<[UInt8], SealError> in
            do throws(SealError) {
                return .success(try seal(buffer, format: format, aad: aad, key: key, random: random))
            } catch {
                return .failure(error)
            }
        }.get()
    }

    /// Opens a message.
    ///
    /// Not generic over what becomes of the plaintext: from another module that costs as much as opening does.
    /// - Throws: ``SealError`` with `.format`, `.keyVersion` (the key is of another version) or `.authentication`.
    public static func open(_ sealed: [UInt8], aad: [UInt8], key: DataKey) throws(SealError) -> [UInt8] {
        let header = try header(of: sealed)
        guard header.keyVersion == key.version else { throw SealError(.keyVersion) }
        guard header.algorithm == key.algorithm else { throw SealError(.authentication) }
        let opened = sealed.withUnsafeBytes { bytes -> [UInt8]? in
            let message = UnsafeRawBufferPointer(rebasing: bytes[headerCount...])
            do throws(KeyError) {
                guard let extended = key.extended else {
                    return try AESGCM.open(message, aad: aad, key: key.symmetricKey)
                }
                let messageKey = extended.messageKey(nonce: message)
                return try AESGCM.open(UnsafeRawBufferPointer(rebasing: message[12...]), aad: aad, key: messageKey)
            } catch {
                return nil
            }
        }
        guard let opened else { throw SealError(.authentication) }
        return opened
    }
}
