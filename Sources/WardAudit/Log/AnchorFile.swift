/// A file outside the audit folder that holds a checkpoint, so that a log which was set back to an older state as a
/// whole shows. The newest one of the log is kept in such a file, and the newest one that a witness cosigned.
///
/// It is replaced in one step, so it is always one whole checkpoint.
public struct AnchorFile: Sendable {
    /// Where it lies; best on another volume than the log.
    public let path: String

    /// An anchor at a path.
    public init(path: String) {
        self.path = path
    }

    /// The checkpoint in the file, or nil where there is no file.
    /// - Throws: ``AuditError``: `.unavailable` where it cannot be read, `.malformed` where it holds no checkpoint.
    public func read() throws(AuditError) -> SignedCheckpoint? {
        guard let bytes = try DurableFile(path).read() else { return nil }
        return try SignedCheckpoint(parsing: bytes)
    }

    /// Replaces the checkpoint; it is on disk on return.
    /// - Throws: ``AuditError`` with `.unavailable`.
    public func write(_ checkpoint: SignedCheckpoint) throws(AuditError) {
        try DurableFile(path).replace(checkpoint.note)
    }
}
