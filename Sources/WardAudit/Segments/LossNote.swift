internal import Crypto
internal import WardDatabase

/// Tells of signed entries that were lost: somebody rebuilt the log without them and accepted that.
///
/// It is the number of the first entry that was lost, in a line after `ward-loss/v1`, and then the checkpoint that
/// signed the lost ones, as the log's key signed it: so it needs no other signature. Its SHA-256 is the digest in the
/// header of the entry of kind `restore` and outcome 12, with which the log went on; so neither can be taken away
/// unseen.
public struct LossNote: Sendable, Equatable {
    /// The entry from which on signed ones were lost.
    public let first: Int64
    /// The newest checkpoint that signed them.
    public let checkpoint: SignedCheckpoint

    private static let heading = "ward-loss/v1\n"

    /// A note; see the properties.
    public init(first: Int64, checkpoint: SignedCheckpoint) {
        self.first = first
        self.checkpoint = checkpoint
    }

    /// What was lost of a log that was rebuilt: what the newest checkpoint signs that is kept elsewhere; nil where the
    /// log has that.
    /// - Parameters:
    ///   - head: the newest checkpoint of the log as it is now.
    ///   - first: the number that its next entry gets.
    public init?(after head: SignedCheckpoint?, first: Int64, kept: [KeptCheckpoint], keys: CheckpointKeys) {
        let signed = kept.map(\.checkpoint).filter { $0.isSigned(by: keys) }
        guard let newest = signed.max(by: { $1.isBeyond($0) }), newest.isBeyond(head) else { return nil }
        self.init(first: first, checkpoint: newest)
    }

    /// Reads a note and checks its checkpoint.
    /// - Throws: ``AuditError``: `.malformed`, or `.tampered` where the checkpoint is not signed by a key of
    ///   the log; any of them, since a handover after the loss may stand at a smaller size.
    public init(parsing bytes: [UInt8], keys: CheckpointKeys) throws(AuditError) {
        let malformed = AuditError(.malformed, "what tells of lost entries cannot be read")
        guard bytes.starts(with: Self.heading.utf8) else { throw malformed }
        let rest = bytes.dropFirst(Self.heading.utf8.count)
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")),
              let first = Int64(String(decoding: rest[..<end], as: UTF8.self)), first >= 0 else { throw malformed }
        self.init(first: first, checkpoint: try SignedCheckpoint(parsing: Array(rest[(end + 1)...])))
        guard keys.all.contains(where: { checkpoint.isSigned(by: $0) }) else {
            throw AuditError(.tampered, "what tells of lost entries is not signed by the log's key")
        }
    }

    /// The note, as it is kept.
    public var bytes: [UInt8] { Array("\(Self.heading)\(first)\n".utf8) + checkpoint.note }

    /// SHA-256 of the note.
    public var digest: [UInt8] { Self.digest(of: bytes) }

    static func digest(of bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }
}

extension SignedCheckpoint {
    /// Whether it is of a later year than another, or of more leaves of the same one; true where there is no other.
    public func isBeyond(_ other: SignedCheckpoint?) -> Bool {
        let place = { (signed: SignedCheckpoint) in
            (LogOrigin.book(of: signed.checkpoint.origin)?.year ?? 0, signed.checkpoint.size)
        }
        return other.map { place($0) < place(self) } ?? true
    }
}

extension AuditVerifier {
    /// Signed entries that were lost and that somebody accepted as lost: a fault for ever.
    ///
    /// - Parameter entries: those that tell of a loss, with the digests of its note.
    func losses(_ entries: [EmitterCheck.Loss]) async throws(DatabaseError) -> [Fault] {
        var faults: [Fault] = []
        var known: Set<[UInt8]> = []
        for bytes in try await store.losses() {
            known.insert(LossNote.digest(of: bytes))
            do throws(AuditError) {
                let note = try LossNote(parsing: bytes, keys: keys)
                let checkpoint = note.checkpoint.checkpoint
                let year = LogOrigin.book(of: checkpoint.origin)?.year
                faults.append(Fault(.lost, year: year, """
                    signed entries from number \(note.first) on were lost, up to the checkpoint of \
                    \(checkpoint.size) leaves, and the log was rebuilt without them
                    """))
            } catch {
                faults.append(Fault(error.code == .malformed ? .malformed : .signature, error.context))
            }
        }
        for entry in entries where !known.contains(entry.digest) {
            faults.append(Fault(
                .lost,
                "signed entries were lost before entry \(entry.position), and the note that tells which is missing"))
        }
        return faults
    }
}
