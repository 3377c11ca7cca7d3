internal import FoundationEssentials

/// What a log asks of a witness: to cosign a checkpoint that grows from the size which the witness saw last.
///
/// Source: C2SP tlog-witness, add-checkpoint: `old <size>`, the consistency proof with one base64 hash a line, an empty
/// line, the checkpoint. It serves as the written form of a consistency proof, too.
public struct WitnessRequest: Sendable {
    /// The size of the checkpoint that the witness holds; 0 where it holds none.
    public var oldSize: Int64
    /// RFC 6962 §2.1.2; empty where `oldSize` is 0.
    public var proof: [MerkleHash]
    /// What is to be cosigned.
    public var checkpoint: SignedCheckpoint

    /// Lines of a proof.
    public static let proofBound = 63
    /// Bytes of a request: a note of 64 KiB, and the proof.
    public static let byteBound = 70_000

    /// A request; see the properties.
    public init(oldSize: Int64, proof: [MerkleHash], checkpoint: SignedCheckpoint) {
        self.oldSize = oldSize
        self.proof = proof
        self.checkpoint = checkpoint
    }

    /// Reads a request.
    /// - Throws: ``AuditError`` with `.malformed`.
    public init(parsing bytes: [UInt8]) throws(AuditError) {
        let malformed = AuditError(.malformed, "this is no add-checkpoint request")
        let feed = UInt8(ascii: "\n")
        var rest = bytes[...]
        func line() -> String? {
            guard let end = rest.firstIndex(of: feed) else { return nil }
            defer { rest = rest[(end + 1)...] }
            return String(validating: rest[..<end], as: UTF8.self)
        }
        guard bytes.count <= Self.byteBound, let first = line(), first.hasPrefix("old "),
              let size = Int64(first.dropFirst(4)), size >= 0, String(size) == first.dropFirst(4) else {
            throw malformed
        }
        var proof: [MerkleHash] = []
        while true {
            guard let text = line() else { throw malformed }
            if text.isEmpty { break }
            guard proof.count < Self.proofBound, let data = Data(base64Encoded: text),
                let hash = MerkleHash(data) else {
                throw malformed
            }
            proof.append(hash)
        }
        self.init(oldSize: size, proof: proof, checkpoint: try SignedCheckpoint(parsing: Array(rest)))
    }

    /// The bytes that are sent.
    public var bytes: [UInt8] {
        var text = "old \(oldSize)\n"
        for hash in proof { text += Data(hash.bytes).base64EncodedString() + "\n" }
        return Array((text + "\n").utf8) + checkpoint.note
    }
}
