internal import FoundationEssentials

/// A checkpoint at which a log goes from one key to the next, signed by both.
///
/// It is a C2SP tlog-checkpoint with one extension line, so that nobody who has only checkpoints of a key can make a
/// handover out of one of them:
///
/// ```
/// audit.<deployment>/<log>/<year>
/// <size>
/// <root>
/// handover <base64: older public key> <base64: newer public key> <entries below this number have expired>
///
/// — audit.<deployment>/<log>/<year> <base64: key id, signature of the older key>
/// — audit.<deployment>/<log>/<year> <base64: key id, signature of the newer key>
/// ```
///
/// The older key says by it which one follows, and the newer one which came before and how far it may be believed.
public struct Handover: Sendable, Hashable {
    /// The checkpoint with the line, as both signed it.
    public let checkpoint: SignedCheckpoint
    /// The key that signed so far: Ed25519, 32 bytes.
    public let older: [UInt8]
    /// The key that signs from here on: Ed25519, 32 bytes.
    public let newer: [UInt8]
    /// Entries below this number had expired: of later ones the older key signed no tombstone.
    public let expired: Int64
    let place: LogPlace

    private static let word = "handover"

    /// Signs a handover with both keys.
    /// - Throws: ``AuditError`` where a key cannot sign.
    init(
        at checkpoint: Checkpoint, expired: Int64, from older: CheckpointSigner, to newer: CheckpointSigner
    ) throws(AuditError) {
        let keys = [older, newer].map { Data($0.publicKey).base64EncodedString() }.joined(separator: " ")
        let signed = try SignedCheckpoint(
            signing: checkpoint, extending: "\(Self.word) \(keys) \(expired)", with: [older, newer])
        try self.init(signed)
    }

    /// Reads a handover and checks both signatures.
    /// - Throws: ``AuditError``: `.malformed`, or `.tampered` where one of the two keys did not sign it.
    public init(parsing note: [UInt8]) throws(AuditError) {
        try self.init(SignedCheckpoint(parsing: note))
    }

    private init(_ checkpoint: SignedCheckpoint) throws(AuditError) {
        let words = (checkpoint.extensionLines.first ?? "").split(separator: " ", omittingEmptySubsequences: false)
        guard checkpoint.extensionLines.count == 1, words.count == 4, words[0] == Self.word,
              let older = Data(base64Encoded: String(words[1])), older.count == 32,
              let newer = Data(base64Encoded: String(words[2])), newer.count == 32, older != newer,
              let expired = Int64(words[3]), expired >= 0, let place = LogPlace(checkpoint.checkpoint) else {
            throw AuditError(.malformed, "a handover of the log key cannot be read as one")
        }
        self.checkpoint = checkpoint
        self.older = Array(older)
        self.newer = Array(newer)
        self.expired = expired
        self.place = place
        guard checkpoint.isSigned(by: self.older), checkpoint.isSigned(by: self.newer) else {
            throw AuditError(.tampered, "a handover of the log key is not signed by both keys")
        }
    }
}

/// How far a log was: the book's year, and the leaves in it.
struct LogPlace: Comparable, Hashable {
    var year: Int
    var size: Int64

    /// Nil where the origin is not that of a book.
    init?(_ checkpoint: Checkpoint) {
        guard let book = LogOrigin.book(of: checkpoint.origin) else { return nil }
        year = book.year
        size = checkpoint.size
    }

    static func < (one: Self, other: Self) -> Bool { (one.year, one.size) < (other.year, other.size) }
}
