internal import COpenSSL

/// What libcrypto does by itself, without any of Ward's code around it: the floors of sealing, opening and tokens.
struct BareCipher {
    private let cipher: OpaquePointer
    private let key = [UInt8](repeating: 0x5A, count: 32)
    private let nonce = [UInt8](repeating: 0xA5, count: 12)

    /// - Throws: ``BenchError`` where libcrypto has no AES-256-GCM.
    init() throws {
        guard let fetched = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil) else { throw BenchError("libcrypto has no AES-256-GCM") }
        cipher = fetched
    }

    /// AES-256-GCM of a message into memory with room for it and the tag.
    func seal(_ message: [UInt8], into output: inout [UInt8]) throws {
        let context = EVP_CIPHER_CTX_new()
        defer { EVP_CIPHER_CTX_free(context) }
        var (count, rest): (Int32, Int32) = (0, 0)
        let isSealed = output.withUnsafeMutableBufferPointer { output -> Bool in
            guard let target = output.baseAddress, output.count >= message.count + 16 else { return false }
            return EVP_CipherInit_ex2(context, cipher, key, nonce, 1, nil) == 1
                && EVP_CipherUpdate(context, target, &count, message, Int32(message.count)) == 1
                && EVP_CipherFinal_ex(context, target + message.count, &rest) == 1
                && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, target + message.count) == 1
        }
        guard isSealed else { throw BenchError("libcrypto does not seal") }
    }

    /// HMAC-SHA-256: two hashes, each of a block of the key and of what follows.
    func authenticate(_ message: [UInt8], _ pads: (inner: [UInt8], outer: [UInt8]), into code: inout [UInt8]) {
        var state = SHA256_CTX()
        SHA256_Init(&state)
        SHA256_Update(&state, pads.inner, pads.inner.count)
        SHA256_Update(&state, message, message.count)
        SHA256_Final(&code, &state)
        SHA256_Init(&state)
        SHA256_Update(&state, pads.outer, pads.outer.count)
        SHA256_Update(&state, code, code.count)
        SHA256_Final(&code, &state)
    }

    /// SHA-256.
    func digest(_ message: [UInt8], into code: inout [UInt8]) {
        var state = SHA256_CTX()
        SHA256_Init(&state)
        SHA256_Update(&state, message, message.count)
        SHA256_Final(&code, &state)
    }
}
