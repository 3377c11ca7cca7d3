#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// A small file that only its owner reads and writes, replaced in one step: a new file, flushed, renamed, and the
/// folder flushed. After a crash the old one or the new one is there, whole.
struct DurableFile: Sendable {
    let path: String

    /// Largest content that is read.
    static let limitBytes = 1 << 20

    init(_ path: String) {
        self.path = path
    }

    /// The content, or nil where there is no file.
    /// - Throws: ``AuditError`` with `.unavailable` where it cannot be read or is larger than 1 MiB.
    func read() throws(AuditError) -> [UInt8]? {
        guard let file = fopen(path, "re") else {
            if errno == ENOENT { return nil }
            throw AuditError(.unavailable, "a file of the audit log cannot be read")
        }
        defer { fclose(file) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            content += buffer[..<count]
            guard content.count <= Self.limitBytes else {
                throw AuditError(.unavailable, "a file of the audit log is too large")
            }
            if count < buffer.count { break }
        }
        guard ferror(file) == 0 else { throw AuditError(.unavailable, "a file of the audit log cannot be read") }
        return content
    }

    /// Replaces the content; it is on disk on return.
    /// - Throws: ``AuditError`` with `.unavailable`; the old content is then still there.
    func replace(_ content: [UInt8]) throws(AuditError) {
        let failure = AuditError(.unavailable, "a file of the audit log cannot be written")
        let fresh = path + ".new"
        let descriptor = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure }
        var offset = 0
        var isWritten = true
        while isWritten, offset < content.count {
            let count = content[offset...].withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset))
            }
            if count < 0, errno == EINTR { continue }
            isWritten = count > 0
            offset += max(0, count)
        }
        isWritten = isWritten && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, rename(fresh, path) == 0, Self.flush(folderOf: path) else {
            unlink(fresh)
            throw failure
        }
    }

    private static func flush(folderOf path: String) -> Bool {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }
}
