internal import Foundation
#if canImport(Glibc)
internal import Glibc
#endif
internal import Synchronization

/// A file that a command makes, which nobody but its owner can read. It stands under its name only when it is whole.
final class NewFile: Sendable {
    private let path: String
    private let descriptor: Int32
    private let buffer = Mutex<[UInt8]>([])

    private var partial: String { path + ".partial" }

    /// - Throws: ``Failure`` where there is a file of that name, or it cannot be made.
    init(_ path: String) throws(Failure) {
        guard !FileManager.default.fileExists(atPath: path) else { throw Failure("\(path): is there already; name another file") }
        descriptor = open(path + ".partial", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure("\(path): cannot be made; check that its folder is there and writable") }
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
        // A link is made only where there is no file of that name, also now.
        guard fsync(descriptor) == 0, link(partial, path) == 0 else { throw Failure("\(path): cannot be written") }
        unlink(partial)
        close(descriptor)
    }

    /// Leaves nothing behind.
    func discard() {
        unlink(partial)
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
}
