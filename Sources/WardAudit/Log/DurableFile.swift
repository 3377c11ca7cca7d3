#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif
internal import WardSystem

/// A small file that only its owner reads and writes, replaced in one step: a new file, flushed, renamed, and the
/// folder flushed. After a crash the old one or the new one is there, whole.
struct DurableFile: Sendable {
    let path: String

    /// Largest content that is read.
    static let limitBytes = 1 << 20

    init(_ path: String) {
        self.path = path
    }

    /// The content, or nil where there is no file. A pipe or a device is not waited for.
    /// - Throws: ``AuditError`` with `.unavailable` that names the file, where it cannot be read, is no plain file, or is larger
    ///   than 1 MiB.
    func read() throws(AuditError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failure(errno == ELOOP ? "is a link that leads nowhere" : "cannot be read")
        }
        defer { close(descriptor) }
        guard FileStatus(of: descriptor)?.isPlain == true else { throw failure("is no plain file") }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = buffer.withUnsafeMutableBytes { Self.read(descriptor, $0) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("cannot be read") }
            if count == 0 { return content }
            content += buffer[..<count]
            guard content.count <= Self.limitBytes else { throw failure("is larger than 1 MiB") }
        }
    }

    private static func read(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        #else
        Darwin.read(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }

    private func failure(_ what: String) -> AuditError {
        AuditError(.unavailable, "the file \(path.split(separator: "/").last ?? "") of the audit log \(what)")
    }

    /// Puts what lies there aside under another name, `NAME.damaged` or, where that is taken, with a number behind it, so that it
    /// stays as evidence; nothing happens where there is no file.
    /// - Throws: ``AuditError`` with `.unavailable`.
    func setAside() throws(AuditError) {
        for number in 0..<1_000 {
            let kept = path + ".damaged" + (number == 0 ? "" : "-\(number)")
            // A link is made only where nothing has the name.
            if link(path, kept) == 0 {
                guard Self.flush(folderOf: path) else { throw failure("cannot be kept aside") }
                return
            }
            if errno == ENOENT { return }
            guard errno == EEXIST else { throw failure("cannot be kept aside") }
        }
        throw failure("cannot be kept aside: too many are")
    }

    /// Replaces the content; it is on disk on return. What has the name of the new file, `NAME.new`, was left by a process that was
    /// killed, or was put there: it is taken away and never written to, whatever it leads to.
    /// - Throws: ``AuditError`` with `.unavailable` that names the file; the old content is then still there.
    func replace(_ content: [UInt8]) throws(AuditError) {
        let fresh = path + ".new"
        guard unlink(fresh) == 0 || errno == ENOENT else {
            throw failure("cannot be written: \(fresh.split(separator: "/").last ?? "") is in the way, and cannot be taken away")
        }
        let descriptor = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("cannot be written") }
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
            throw failure("cannot be written")
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
