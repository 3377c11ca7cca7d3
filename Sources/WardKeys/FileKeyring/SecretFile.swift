#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif
internal import WardSystem

/// A small file that only its owner may read, replaced as a whole or not at all.
package struct SecretFile: Sendable {
    package let path: String
    /// No file of a keyring comes near this.
    private static let limitBytes = 4 << 20

    package init(_ path: String) { self.path = path }

    /// The last part of the path: enough to name the file in an error.
    var name: String { String(path.split(separator: "/").last ?? "") }

    /// What the system refused just now, in its words: that the disk is full, that the folder is read-only.
    private func failure(_ what: String, _ reason: Int32 = errno) -> KeyError {
        KeyError(.unavailable, "\(what) \(name): \(String(cString: strerror(reason)))")
    }

    /// Whether the file is there.
    var exists: Bool { access(path, F_OK) == 0 }

    /// The whole content.
    /// - Throws: ``KeyError`` with `.missing`, `.permissions` where this account may not read it, or group or others have any right,
    ///   `.unavailable`. A pipe or a device is not waited for.
    package func read() throws(KeyError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else {
            if errno == EACCES { throw KeyError(.permissions, "\(name) may not be read by this account") }
            throw errno == ENOENT ? KeyError(.missing, "open \(name)") : failure("open")
        }
        defer { close(file) }
        guard let status = FileStatus(of: file) else { throw failure("open") }
        guard status.isPlain, status.size <= Self.limitBytes else {
            throw KeyError(.unavailable, "\(name) is no plain file, or larger than 4 MiB")
        }
        guard !status.isOpenToOthers else {
            throw KeyError(.permissions, "\(name) is readable by others than its owner; mode 0600 expected")
        }
        var content = [UInt8](repeating: 0, count: Int(status.size))
        var offset = 0
        while offset < content.count {
            let count = content.withUnsafeMutableBytes { buffer in
                pread(file, buffer.baseAddress! + offset, buffer.count - offset, off_t(offset))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("read") }
            offset += count
        }
        return content
    }

    /// Writes a new file, durably; it stands under its name only when it is whole.
    /// - Throws: ``KeyError`` with `.exists` or `.unavailable`.
    func create(_ content: [UInt8]) throws(KeyError) {
        guard !exists else { throw KeyError(.exists, "create \(name)") }
        let temporary = try writeTemporary(content, "create")
        defer { unlink(temporary) }
        // A link is made only where there is no file of that name, also now.
        guard link(temporary, path) == 0 else {
            throw errno == EEXIST ? KeyError(.exists, "create \(name)") : failure("create")
        }
        try syncFolder()
    }

    /// The content in a new file beside the file, durable but for its name.
    private func writeTemporary(_ content: [UInt8], _ what: String) throws(KeyError) -> String {
        let temporary = path + ".new"
        guard unlink(temporary) == 0 || errno == ENOENT else {
            throw KeyError(.unavailable, "\(what) \(name): \(name).new is in the way and cannot be taken away")
        }
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure(what) }
        do throws(KeyError) {
            defer { close(file) }
            try write(content, to: file)
        } catch {
            unlink(temporary)
            throw error
        }
        return temporary
    }

    /// Replaces the file: a temporary one beside it, fsync, rename, fsync of the folder. After a crash the old or the
    /// new one is there whole.
    /// - Throws: ``KeyError`` with `.unavailable`; the old content is then still there. Or with `.unsettled`: the new one is
    ///   there, and the old one may be back after a crash of the machine.
    package func replace(_ content: [UInt8]) throws(KeyError) {
        let temporary = try writeTemporary(content, "write")
        guard rename(temporary, path) == 0 else {
            let failure = failure("replace")
            unlink(temporary)
            throw failure
        }
        do throws(KeyError) {
            try syncFolder()
        } catch {
            throw KeyError(.unsettled, error.context)
        }
    }

    /// Removes the file, durably; one that is not there is no error.
    /// - Throws: ``KeyError`` with `.unavailable`.
    func remove() throws(KeyError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure("remove") }
        try syncFolder()
    }

    private func write(_ content: [UInt8], to file: Int32) throws(KeyError) {
        var offset = 0
        while offset < content.count {
            let count = content.withUnsafeBytes { buffer in
                pwrite(file, buffer.baseAddress! + offset, buffer.count - offset, off_t(offset))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("write") }
            offset += count
        }
        guard fsync(file) == 0 else { throw failure("flush") }
    }

    private func syncFolder() throws(KeyError) {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw failure("flush the folder of") }
        defer { close(file) }
        guard fsync(file) == 0 else { throw failure("flush the folder of") }
    }
}
