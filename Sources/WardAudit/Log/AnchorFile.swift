#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// A file outside the audit folder that holds the newest checkpoint, so that a log which was set back to an older
/// state as a whole shows.
///
/// It is replaced in one step (a new file, flushed, then renamed), so it is always one whole checkpoint.
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
        guard let file = fopen(path, "re") else {
            if errno == ENOENT { return nil }
            throw AuditError(.unavailable, "the anchor file cannot be read")
        }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = fread(&bytes, 1, bytes.count, file)
        return try SignedCheckpoint(parsing: Array(bytes[..<count]))
    }

    /// Replaces the checkpoint; it is on disk on return.
    /// - Throws: ``AuditError`` with `.unavailable`.
    public func write(_ checkpoint: SignedCheckpoint) throws(AuditError) {
        let failure = AuditError(.unavailable, "the anchor file cannot be written")
        let fresh = path + ".new"
        let descriptor = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure }
        var isWritten = checkpoint.note.withUnsafeBytes { fullWrite(descriptor, $0) }
        isWritten = isWritten && fsync(descriptor) == 0
        _ = closeDescriptor(descriptor)
        guard isWritten, rename(fresh, path) == 0 else { throw failure }
    }

    private func fullWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = writeOnce(descriptor, UnsafeRawBufferPointer(rebasing: rest))
            if count <= 0 { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func writeOnce(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #else
        Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    private func closeDescriptor(_ descriptor: Int32) -> Int32 {
        #if canImport(Glibc)
        Glibc.close(descriptor)
        #else
        Darwin.close(descriptor)
        #endif
    }
}
