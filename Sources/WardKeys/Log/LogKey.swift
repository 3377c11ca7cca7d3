internal import Crypto
internal import FoundationEssentials

/// The Ed25519 key that signs the audit log's checkpoints. It is wrapped apart from all data keys.
///
/// Source: https://c2sp.org/signed-note, signature type 0x01; RFC 8032.
public struct LogKey: Sendable {
    /// What verifies the signatures.
    public let publicKey: LogPublicKey
    private let privateKey: Curve25519.Signing.PrivateKey

    init(name: String, privateKey: SymmetricKey) throws(KeyError) {
        do {
            self.privateKey = try Curve25519.Signing.PrivateKey(rawRepresentation: privateKey)
            publicKey = try LogPublicKey(name: name, bytes: Array(self.privateKey.publicKey.rawRepresentation))
        } catch {
            throw KeyError(.damaged, "log key")
        }
    }

    /// Signs a note's text: 64 bytes.
    /// - Throws: ``KeyError`` with `.unavailable` where the library refuses, which it does not for a valid key.
    public func sign(_ text: [UInt8]) throws(KeyError) -> [UInt8] {
        do {
            return try Array(privateKey.signature(for: text))
        } catch {
            throw KeyError(.unavailable, "sign a checkpoint")
        }
    }

    /// The signature line of a signed note: `— name base64(key id ‖ signature)` and a line end.
    public func signatureLine(_ text: [UInt8]) throws(KeyError) -> String {
        let signature = try publicKey.keyID.bigEndianBytes + sign(text)
        return "\u{2014} \(publicKey.name) \(Data(signature).base64EncodedString())\n"
    }
}

/// The public half of a log key, with the name under which verifiers know it.
public struct LogPublicKey: Sendable, Hashable {
    /// The key's name: not empty, without spaces, control characters or plus signs.
    public let name: String
    /// 32 bytes, as RFC 8032 encodes them.
    public let bytes: [UInt8]

    /// A public key from its 32 bytes.
    /// - Throws: ``KeyError`` with `.damaged` where the name or the bytes cannot be a key's.
    public init(name: String, bytes: [UInt8]) throws(KeyError) {
        let isNameGood = !name.isEmpty && name.unicodeScalars.allSatisfy {
            !$0.properties.isWhitespace && $0.value >= 0x20 && $0.value != 0x7F && $0 != "+"
        }
        guard isNameGood, bytes.count == 32, (try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)) != nil else {
            throw KeyError(.damaged, "public log key")
        }
        self.name = name
        self.bytes = bytes
    }

    /// The id of the key in signed notes: the first four bytes of `SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key)`.
    public var keyID: UInt32 {
        SHA256.hash(data: Array(name.utf8) + [0x0A, 0x01] + bytes).withUnsafeBytes {
            UInt32(bigEndian: $0.loadUnaligned(as: UInt32.self))
        }
    }

    /// The key as verifiers of signed notes take it: `name+hex(key id)+base64(0x01 ‖ public key)`.
    public var verifierKey: String {
        "\(name)+\(String(keyID, radix: 16).leftPadded(to: 8))+\(Data([0x01] + bytes).base64EncodedString())"
    }

    /// Whether a signature of 64 bytes over `text` is this key's.
    public func isValid(_ signature: [UInt8], for text: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else { return false }
        return key.isValidSignature(signature, for: text)
    }
}
