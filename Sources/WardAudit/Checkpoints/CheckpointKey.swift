internal import Crypto
internal import FoundationEssentials
public import WardKeys

/// Signs checkpoints. Where the private key lives is not its matter: the key service, or memory in tests.
public struct CheckpointSigner: Sendable {
    /// The Ed25519 public key, 32 bytes.
    public let publicKey: [UInt8]
    private let sign: @Sendable ([UInt8]) throws -> [UInt8]

    /// A signer; `sign` yields the Ed25519 signature (64 bytes, RFC 8032) of a message.
    public init(publicKey: [UInt8], sign: @escaping @Sendable ([UInt8]) throws -> [UInt8]) {
        self.publicKey = publicKey
        self.sign = sign
    }

    /// A signer from a private key of 32 bytes.
    /// - Throws: ``AuditError`` with `.malformed` where the bytes are no key.
    public init(privateKey bytes: [UInt8]) throws(AuditError) {
        do {
            let key = try Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
            self.init(publicKey: Array(key.publicKey.rawRepresentation)) { Array(try key.signature(for: $0)) }
        } catch {
            throw AuditError(.malformed, "this is no Ed25519 private key")
        }
    }

    /// The signature of a message.
    func signature(of message: [UInt8]) throws(AuditError) -> [UInt8] {
        let signature: [UInt8]
        do { signature = try sign(message) } catch { throw AuditError(.unavailable, "the log key cannot sign") }
        guard signature.count == 64 else { throw AuditError(.malformed, "the log key gave no Ed25519 signature") }
        return signature
    }
}

/// A public key under the name that it signs notes with.
///
/// Source: C2SP signed-note, "Signature types": Ed25519 has type 0x01; the key id is the first four bytes of
/// `SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key)`.
public struct CheckpointKey: Sendable, Hashable, CustomStringConvertible {
    /// The origin of the book whose checkpoints it signs.
    public let name: String
    /// Ed25519, 32 bytes.
    public let publicKey: [UInt8]
    /// Four bytes.
    public let id: [UInt8]

    /// A key under a name.
    public init(name: String, publicKey: [UInt8]) {
        self.name = name
        self.publicKey = publicKey
        id = Array(SHA256.hash(data: Array(name.utf8) + [0x0A, 0x01] + publicKey).prefix(4))
    }

    /// A key as ``description`` writes it.
    /// - Throws: ``AuditError`` with `.malformed` where the text is no Ed25519 verifier key, or its id is not its own.
    public init(parsing text: String) throws(AuditError) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, !parts[0].isEmpty, let material = Data(base64Encoded: parts[2]), material.count == 33,
              material.first == 0x01 else {
            throw AuditError(.malformed, "a verifier key has the form NAME+KEYID+BASE64, type 1 (Ed25519)")
        }
        self.init(name: parts[0], publicKey: Array(material.dropFirst()))
        guard Hex.text(id) == parts[1] else {
            throw AuditError(.malformed, "the id in the verifier key is not that of its name and key")
        }
    }

    /// The verifier key as other tools take it: `<name>+<key id in hex>+<base64(0x01 ‖ public key)>`.
    public var description: String {
        "\(name)+\(Hex.text(id))+\(Data([0x01] + publicKey).base64EncodedString())"
    }

    /// True if the signature is this key's for the message.
    func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
        return key.isValidSignature(signature, for: message)
    }
}

/// Lower-case hexadecimal.
enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    /// Two digits a byte.
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        var characters: [UInt8] = []
        for byte in bytes {
            characters.append(digits[Int(byte >> 4)])
            characters.append(digits[Int(byte & 15)])
        }
        return String(decoding: characters, as: UTF8.self)
    }
}

extension CheckpointSigner {
    /// A signer that uses the log key of the keyring.
    public init(_ key: LogKey) {
        self.init(publicKey: key.publicKey.bytes) { try key.sign($0) }
    }
}
