internal import Crypto
internal import FoundationEssentials

/// The key by which a witness cosigns checkpoints, with its name.
///
/// Source: C2SP tlog-cosignature, Ed25519: the key id is the first four bytes of
/// `SHA-256(name ‖ 0x0A ‖ 0x04 ‖ public key)`.
public struct WitnessKey: Sendable, Hashable, CustomStringConvertible {
    /// Such as `witness.example.org/ward`.
    public let name: String
    /// Ed25519, 32 bytes.
    public let publicKey: [UInt8]
    /// Four bytes.
    public let id: [UInt8]

    private static let type: UInt8 = 0x04

    /// A key under a name.
    /// - Throws: ``AuditError`` with `.malformed` where the name is empty or has white space or a plus sign, or the key
    ///   has another length.
    public init(name: String, publicKey: [UInt8]) throws(AuditError) {
        let isNameGood = !name.isEmpty && name.unicodeScalars.allSatisfy {
            !$0.properties.isWhitespace && $0.value >= 0x20 && $0.value != 0x7F && $0 != "+"
        }
        guard isNameGood, publicKey.count == 32 else {
            throw AuditError(.malformed, "a witness has a name without white space or +, and a key of 32 bytes")
        }
        self.name = name
        self.publicKey = publicKey
        id = Array(SHA256.hash(data: Array(name.utf8) + [0x0A, Self.type] + publicKey).prefix(4))
    }

    /// A key as ``description`` writes it.
    /// - Throws: ``AuditError`` with `.malformed` where the text is no verifier key of a witness, or its id is not its
    ///   own.
    public init(parsing text: String) throws(AuditError) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let material = Data(base64Encoded: parts[2]), material.count == 33,
              material.first == Self.type else {
            throw AuditError(.malformed, "the key of a witness has the form NAME+KEYID+BASE64, type 4 (cosignature/v1)")
        }
        try self.init(name: parts[0], publicKey: Array(material.dropFirst()))
        guard Hex.text(id) == parts[1] else {
            throw AuditError(.malformed, "the id in the witness's key is not that of its name and key")
        }
    }

    /// The verifier key as other tools take it: `<name>+<key id in hex>+<base64(0x04 ‖ public key)>`.
    public var description: String {
        "\(name)+\(Hex.text(id))+\(Data([Self.type] + publicKey).base64EncodedString())"
    }
}

/// A witness's word that, at a time, this was the largest consistent tree of the log that it had seen.
///
/// Source: C2SP tlog-cosignature, Ed25519: the signature is over `cosignature/v1`, `time <seconds>` and the body of
/// the checkpoint, each ended by a line feed.
public struct Cosignature: Sendable, Hashable {
    /// Seconds since 1970-01-01T00:00:00Z.
    public let time: UInt64
    /// Ed25519, 64 bytes.
    public let signature: [UInt8]

    /// Cosigns a checkpoint.
    /// - Throws: ``AuditError`` where the key cannot sign.
    static func make(
        of checkpoint: SignedCheckpoint, time: UInt64, signer: CheckpointSigner
    ) throws(AuditError) -> Cosignature {
        Cosignature(time: time, signature: try signer.signature(of: message(time, checkpoint)))
    }

    /// The signature line of a note, with its line feed.
    func line(of key: WitnessKey) -> String {
        let time = (0..<8).map { UInt8(truncatingIfNeeded: self.time >> UInt64(56 - 8 * $0)) }
        return "\u{2014} \(key.name) \(Data(key.id + time + signature).base64EncodedString())\n"
    }

    static func message(_ time: UInt64, _ checkpoint: SignedCheckpoint) -> [UInt8] {
        Array("cosignature/v1\ntime \(time)\n".utf8) + checkpoint.body
    }
}

extension SignedCheckpoint {
    /// The cosignature of a witness, newest first where it has several; nil where none of its key holds.
    public func cosignature(by key: WitnessKey) -> Cosignature? {
        guard let publicKey = try? Curve25519.Signing.PublicKey(rawRepresentation: key.publicKey) else { return nil }
        let valid = signatures.compactMap { line -> Cosignature? in
            guard line.name == key.name, line.keyID == key.id, line.bytes.count == 72 else { return nil }
            let time = line.bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let signature = Array(line.bytes.dropFirst(8))
            guard time <= UInt64(Int64.max),
                  publicKey.isValidSignature(signature, for: Cosignature.message(time, self)) else { return nil }
            return Cosignature(time: time, signature: signature)
        }
        return valid.max { $0.time < $1.time }
    }
}
