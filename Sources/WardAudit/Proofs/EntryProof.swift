internal import FoundationEssentials

/// Proof that an entry is in the log, to be checked by anybody who has the log's public key, without the log.
///
/// Source: C2SP tlog-proof: `c2sp.org/tlog-proof@v1`, `extra` with the entry's bytes, `index`, the inclusion proof with
/// one base64 hash a line, an empty line, and the checkpoint, with a witness's cosignature where there is one.
public struct EntryProof: Sendable {
    /// The entry, as it stands in the log.
    public var entry: [UInt8]
    /// Which leaf of the book it is.
    public var index: Int64
    /// RFC 6962 §2.1.1.
    public var path: [MerkleHash]
    /// The tree that the path leads to.
    public var checkpoint: SignedCheckpoint

    /// A proof; see the properties.
    public init(entry: [UInt8], index: Int64, path: [MerkleHash], checkpoint: SignedCheckpoint) {
        self.entry = entry
        self.index = index
        self.path = path
        self.checkpoint = checkpoint
    }

    private static let heading = "c2sp.org/tlog-proof@v1"

    /// The proof as a file.
    public var text: String {
        let lines = [Self.heading, "extra \(Data(entry).base64EncodedString())", "index \(index)"]
            + path.map { Data($0.bytes).base64EncodedString() }
        return lines.joined(separator: "\n") + "\n\n" + String(decoding: checkpoint.note, as: UTF8.self)
    }

    /// Reads a proof; ``holds(for:)`` checks it.
    /// - Throws: ``AuditError`` with `.malformed`.
    public init(parsing text: String) throws(AuditError) {
        let malformed = AuditError(.malformed, "this is no tlog-proof with an entry")
        guard text.utf8.count <= 1 << 18, let split = text.firstRange(of: "\n\n") else { throw malformed }
        let lines = text[..<split.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 3, lines.count <= 3 + 63, lines[0] == Self.heading, lines[1].hasPrefix("extra "),
              let entry = Data(base64Encoded: String(lines[1].dropFirst(6))), lines[2].hasPrefix("index "),
              let index = Int64(lines[2].dropFirst(6)), index >= 0, String(index) == lines[2].dropFirst(6) else {
            throw malformed
        }
        var path: [MerkleHash] = []
        for line in lines.dropFirst(3) {
            guard let data = Data(base64Encoded: String(line)), let hash = MerkleHash(data) else { throw malformed }
            path.append(hash)
        }
        self.init(
            entry: Array(entry), index: index, path: path,
            checkpoint: try SignedCheckpoint(parsing: Array(text[split.upperBound...].utf8)))
    }

    /// True if the entry is that leaf of the tree that the log's key signed.
    public func holds(for keys: CheckpointKeys) -> Bool {
        let tree = checkpoint.checkpoint
        return checkpoint.isSigned(by: keys) && MerkleProof.verifyInclusion(
            leaf: .leaf(entry), index: index, size: tree.size, root: tree.root, proof: path)
    }
}
