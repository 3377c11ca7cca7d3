internal import Foundation
#if canImport(Glibc)
internal import Glibc
#endif
internal import Synchronization
internal import WardSystem

/// A file that a command makes, which nobody but its owner can read. It stands under its name only when it is whole.
///
/// Until then it is `NAME.partial`, a file of this command's own: what stands there before is never written to. One that a killed command
/// left goes; one of another command that still runs, of another account, or that is no plain file is refused.
final class NewFile: Sendable {
    private let path: String
    private let descriptor: Int32
    private let buffer = Mutex<[UInt8]>([])

    private var partial: String { path + ".partial" }

    /// - Throws: ``Failure`` where there is a file of that name, or it cannot be made.
    init(_ path: String) throws(Failure) {
        // Also a link that leads nowhere.
        guard FileStatus(named: path) == nil else { throw Failure("\(path): is there already; name another file") }
        try Self.removeLeftover(path + ".partial")
        descriptor = open(path + ".partial", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { throw Self.inUse(path + ".partial") }
            throw Failure("\(path): cannot be made; check that its folder is there and writable")
        }
        // Another command could have taken it for a leftover until now.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, Self.isNamed(path + ".partial", descriptor) else {
            close(descriptor)
            throw Self.inUse(path + ".partial")
        }
        self.path = path
    }

    /// Adds bytes.
    /// - Throws: ``Failure``.
    func write(_ bytes: [UInt8]) throws {
        let full = buffer.withLock { buffer -> [UInt8] in
            buffer += bytes
            guard buffer.count >= 1 << 16 else { return [] }
            defer { buffer = [] }
            return buffer
        }
        try put(full)
    }

    /// Puts the file in its place; it is on disk on return.
    /// - Throws: ``Failure``.
    func finish() throws {
        try put(buffer.withLock { $0 })
        guard fchmod(descriptor, 0o600) == 0, fsync(descriptor) == 0, Self.isNamed(partial, descriptor) else {
            throw Failure("\(path): cannot be written")
        }
        // A link is made only where there is no file of that name, also now.
        guard link(partial, path) == 0 else {
            throw Failure(errno == EEXIST ? "\(path): is there already; name another file" : "\(path): cannot be written")
        }
        unlink(partial)
        close(descriptor)
    }

    /// Leaves nothing behind.
    func discard() {
        if Self.isNamed(partial, descriptor) { unlink(partial) }
        close(descriptor)
    }

    private func put(_ bytes: [UInt8]) throws(Failure) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Failure("\(path): cannot be written; the disk may be full") }
            offset += count
        }
    }

    /// Removes what a command that was killed left: a plain file of this account, which nobody holds the lock of.
    private static func removeLeftover(_ partial: String) throws(Failure) {
        guard let status = FileStatus(named: partial) else { return }
        let foreign = Failure("\(partial): is there already, and no command of this account left it; move it aside, or name another file")
        guard status.isPlain, status.isOwn else { throw foreign }
        let left = open(partial, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard left >= 0 else { throw foreign }
        defer { close(left) }
        guard flock(left, LOCK_EX | LOCK_NB) == 0, isNamed(partial, left) else { throw inUse(partial) }
        guard unlink(partial) == 0 else { throw foreign }
    }

    private static func inUse(_ partial: String) -> Failure {
        Failure("\(partial): another command is writing it; wait until that has ended, or name another file")
    }

    /// Whether a name still is that of an open file.
    private static func isNamed(_ name: String, _ descriptor: Int32) -> Bool {
        guard let named = FileStatus(named: name), let open = FileStatus(of: descriptor) else { return false }
        return named.identity == open.identity
    }
}
