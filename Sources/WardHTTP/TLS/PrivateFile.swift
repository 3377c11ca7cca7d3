internal import Foundation
#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Reads and writes small files with exact rights, replacing them in one step.
enum PrivateFile {
    /// The bytes of a file of at most 256 KiB, and its rights. A pipe is not waited for.
    static func read(_ path: String) throws(TLSError) -> (bytes: [UInt8], mode: UInt32) {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw TLSError(.unreadable, path) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: maximumBytes + 1)
        var filled = 0
        while filled < bytes.count {
            let got = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress! + filled, $0.count - filled, off_t(filled))
            }
            guard got >= 0 else { throw TLSError(.unreadable, path) }
            if got == 0 { break }
            filled += got
        }
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard filled <= maximumBytes, let mode = attributes?[.posixPermissions] as? NSNumber else {
            throw TLSError(.unreadable, path)
        }
        bytes.removeLast(bytes.count - filled)
        return (bytes, mode.uint32Value)
    }

    private static let maximumBytes = 256 << 10

    /// Writes `text` beside `path` with rights `mode`, makes it durable, and moves it into place.
    static func write(_ text: String, to path: String, mode: UInt32) throws(TLSError) {
        let temporary = path + ".new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode_t(mode))
        guard descriptor >= 0 else { throw TLSError(.unwritable, path) }
        let bytes = Array(text.utf8)
        let written = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        let durable = written == bytes.count && fchmod(descriptor, mode_t(mode)) == 0 && fsync(descriptor) == 0
        close(descriptor)
        guard durable, rename(temporary, path) == 0 else {
            unlink(temporary)
            throw TLSError(.unwritable, path)
        }
    }

    /// Makes a folder that only its owner may enter, if it is missing.
    static func makeFolder(_ path: String) throws(TLSError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw TLSError(.unwritable, path) }
    }

    /// The name of this machine, if it has one that fits a certificate.
    static func hostName() -> String? {
        var buffer = [UInt8](repeating: 0, count: 256)
        let result = buffer.withUnsafeMutableBytes {
            gethostname($0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count - 1)
        }
        guard result == 0 else { return nil }
        let name = String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self).lowercased()
        let fits = name.utf8.allSatisfy {
            ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || ($0 >= 0x2D && $0 <= 0x39 && $0 != 0x2F)
        }
        return fits && !name.isEmpty && name.utf8.count <= 64 ? name : nil
    }
}
