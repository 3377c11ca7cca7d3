internal import COpenSSL
internal import Crypto

/// One message under AES-256-GCM, by OpenSSL's libcrypto (decision 0023); its key schedule is overwritten when it ends.
///
/// Each step tells whether it succeeded. Source: NIST SP 800-38D; OpenSSL 3, EVP_EncryptInit(3), "AEAD Interface".
struct GCMContext: ~Copyable {
    static let nonceCount = 12
    static let tagCount = 16

    // Reason: fetched once; OpenSSL never changes a fetched algorithm and counts its references atomically.
    nonisolated(unsafe) private static let cipher: OpaquePointer = {
        // Without a handler at exit, which would free what threads that still run are using.
        OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
        guard let cipher = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil) else {
            preconditionFailure("libcrypto has no AES-256-GCM: its configuration activates no provider of it")
        }
        return cipher
    }()

    private let context: OpaquePointer
    private let isReady: Bool

    /// A context in which no step succeeds where the key has not 32 bytes or the nonce not 12.
    init(isSealing: Bool, key: SymmetricKey, nonce: UnsafeRawBufferPointer) {
        guard let made = EVP_CIPHER_CTX_new() else { preconditionFailure("memory for a cipher context is not to be had") }
        context = made
        isReady = key.bitCount == 256 && nonce.count == Self.nonceCount
            && key.withUnsafeBytes { key in
                EVP_CipherInit_ex2(
                    made, Self.cipher, key.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    nonce.baseAddress?.assumingMemoryBound(to: UInt8.self), isSealing ? 1 : 0, nil) == 1
            }
    }

    deinit { EVP_CIPHER_CTX_free(context) }

    /// Binds data that is not encrypted.
    func authenticate(_ data: UnsafeRawBufferPointer) -> Bool { update(data, into: nil) }

    /// Encrypts or decrypts `input` into the beginning of `output`; false where that has no room for it.
    func process(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Bool {
        guard !input.isEmpty else { return isReady }
        guard output.count >= input.count, let target = output.baseAddress else { return false }
        return update(input, into: target)
    }

    /// Ends sealing and writes the tag.
    func finish(tag: UnsafeMutableRawPointer) -> Bool {
        var count: Int32 = 0
        return EVP_CipherFinal_ex(context, tag.assumingMemoryBound(to: UInt8.self), &count) == 1
            && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagCount), tag) == 1
    }

    /// Ends opening: true where the tag is that of what was bound and decrypted.
    func finish(expecting tag: UnsafeRawPointer) -> Bool {
        var (count, none): (Int32, UInt64) = (0, 0)
        return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagCount), UnsafeMutableRawPointer(mutating: tag)) == 1
            && withUnsafeMutableBytes(of: &none) {
                EVP_CipherFinal_ex(context, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), &count) == 1
            }
    }

    private func update(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawPointer?) -> Bool {
        guard isReady else { return false }
        guard let start = input.baseAddress, !input.isEmpty else { return true }
        guard let length = Int32(exactly: input.count) else { return false }
        var count: Int32 = 0
        return EVP_CipherUpdate(
            context, output?.assumingMemoryBound(to: UInt8.self), &count, start.assumingMemoryBound(to: UInt8.self), length) == 1
            && count == length
    }
}
