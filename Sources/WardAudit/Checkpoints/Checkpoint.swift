internal import FoundationEssentials
internal import WardDatabase

/// What a log commits to: that a tree of so many leaves has this root.
///
/// Source: C2SP tlog-checkpoint: origin, size and root in base64, one a line.
public struct Checkpoint: Hashable, Sendable {
    public var origin: String
    /// Leaves of the tree.
    public var size: Int64
    public var root: MerkleHash

    /// A checkpoint; see the properties.
    public init(origin: String, size: Int64, root: MerkleHash) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// The text that is signed; it ends with a line feed.
    public var body: String { "\(origin)\n\(size)\n\(Data(root.bytes).base64EncodedString())\n" }
}

/// A checkpoint with the signature lines of a note.
///
/// Source: C2SP signed-note: text, an empty line, then lines `— <name> base64(key id ‖ signature)`.
public struct SignedCheckpoint: Sendable, Hashable {
    /// What is signed.
    public let checkpoint: Checkpoint
    /// The note, whole, as it was signed and stored.
    public let note: [UInt8]
    /// The text that was signed, without signature lines.
    let body: [UInt8]
    let signatures: [Signature]

    /// One signature line.
    struct Signature: Sendable, Hashable {
        var name: String
        var keyID: [UInt8]
        var bytes: [UInt8]
    }

    /// Signs a checkpoint.
    public init(signing checkpoint: Checkpoint, with signer: CheckpointSigner) throws(AuditError) {
        let body = Array(checkpoint.body.utf8)
        let key = CheckpointKey(name: checkpoint.origin, publicKey: signer.publicKey)
        let signature = try signer.signature(of: body)
        let line = "\n\u{2014} \(checkpoint.origin) \(Data(key.id + signature).base64EncodedString())\n"
        self.checkpoint = checkpoint
        self.body = body
        self.note = body + Array(line.utf8)
        self.signatures = [Signature(name: checkpoint.origin, keyID: key.id, bytes: signature)]
    }

    /// Signs a checkpoint with a further line behind its root.
    init(
        signing checkpoint: Checkpoint, extending line: String, with signers: [CheckpointSigner]
    ) throws(AuditError) {
        let body = Array((checkpoint.body + line + "\n").utf8)
        var note = body + [UInt8(ascii: "\n")]
        for signer in signers {
            let key = CheckpointKey(name: checkpoint.origin, publicKey: signer.publicKey)
            let signature = Data(key.id + (try signer.signature(of: body))).base64EncodedString()
            note += Array("\u{2014} \(checkpoint.origin) \(signature)\n".utf8)
        }
        try self.init(parsing: note)
    }

    /// The lines of the text behind the root.
    var extensionLines: [Substring] {
        String(decoding: body, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .dropFirst(3).dropLast()
    }

    /// Reads a note. Its signatures are not checked: see ``isSigned(by:)``.
    /// - Throws: ``AuditError`` with `.malformed` where it is no note, no checkpoint, of more leaves than a log can
    ///   have entries, or longer than 64 KiB.
    public init(parsing note: [UInt8]) throws(AuditError) {
        let malformed = AuditError(.malformed, "this is no signed checkpoint")
        guard note.count <= 65_535, note.last == UInt8(ascii: "\n"), String(validating: note, as: UTF8.self) != nil,
              let split = Self.lastEmptyLine(of: note) else { throw malformed }
        let lines = String(decoding: note[..<split], as: UTF8.self).split(separator: "\n",
            omittingEmptySubsequences: false)
        guard lines.count >= 4, !lines[0].isEmpty, let size = Int64(lines[1]),
              (0...AuditLimits.positions).contains(size), String(size) == lines[1],
              let bytes = Data(base64Encoded: String(lines[2])), let root = MerkleHash(bytes) else { throw malformed }
        var signatures: [Signature] = []
        let rest = String(decoding: note[(split + 1)...], as: UTF8.self)
        for line in rest.split(separator: "\n", omittingEmptySubsequences: true) {
            let parts = line.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "\u{2014}", let bytes = Data(base64Encoded: String(parts[2])),
                bytes.count > 4 else {
                throw malformed
            }
            signatures.append(Signature(name: String(parts[1]), keyID: Array(bytes.prefix(4)),
                bytes: Array(bytes.dropFirst(4))))
        }
        guard !signatures.isEmpty, signatures.count <= 100 else { throw malformed }
        checkpoint = Checkpoint(origin: String(lines[0]), size: size, root: root)
        self.note = note
        self.body = Array(note[..<split])
        self.signatures = signatures
    }

    /// True if one of the signatures is by this key under the name of the checkpoint's origin.
    public func isSigned(by publicKey: [UInt8]) -> Bool {
        let key = CheckpointKey(name: checkpoint.origin, publicKey: publicKey)
        return signatures.contains { $0.name == key.name && $0.keyID == key.id && key.isValid($0.bytes, for: body) }
    }

    /// The same checkpoint with the valid signatures of these keys under the name of its origin, and no other line; nil
    /// where there is none.
    func signedOnly(by keys: [[UInt8]]) -> SignedCheckpoint? {
        let kept = signatures.filter { line in
            keys.contains { publicKey in
                let key = CheckpointKey(name: checkpoint.origin, publicKey: publicKey)
                return line.name == key.name && line.keyID == key.id && key.isValid(line.bytes, for: body)
            }
        }
        let lines = kept.map { "\u{2014} \($0.name) \(Data($0.keyID + $0.bytes).base64EncodedString())\n" }
        return kept.isEmpty ? nil : try? SignedCheckpoint(parsing: body + Array(("\n" + lines.joined()).utf8))
    }

    /// The same checkpoint with further signature lines at its end.
    /// - Throws: ``AuditError`` with `.malformed` where they are no signature lines.
    func adding(_ lines: [UInt8]) throws(AuditError) -> SignedCheckpoint {
        try SignedCheckpoint(parsing: note + lines)
    }

    /// The offset after the line feed that ends the text: that of the last empty line.
    private static func lastEmptyLine(of note: [UInt8]) -> Int? {
        let feed = UInt8(ascii: "\n")
        var index = note.count - 1
        while index > 0 {
            if note[index] == feed && note[index - 1] == feed { return index }
            index -= 1
        }
        return nil
    }
}
