internal import Foundation
#if canImport(Glibc)
internal import Glibc
#endif

/// One process owns a home at a time. The lock is the operating system's (flock), so it is gone with the process, however that ends.
final class HomeLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock of a home.
    /// - Throws: ``Failure`` that says who holds it.
    init(_ home: Home, purpose: String) throws(Failure) {
        do {
            try FileManager.default.createDirectory(
                atPath: home.run, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Failure("\(home.run): cannot be made; check that the home is writable")
        }
        let descriptor = open(home.lockFile, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure("\(home.lockFile): cannot be opened; check that the home is writable") }
        // A command that only asks whether the lock is held holds it itself for an instant.
        var isOurs = flock(descriptor, LOCK_EX | LOCK_NB) == 0
        for _ in 0..<20 where !isOurs {
            usleep(10_000)
            isOurs = flock(descriptor, LOCK_EX | LOCK_NB) == 0
        }
        guard isOurs else {
            close(descriptor)
            let holder = (try? String(contentsOfFile: home.lockFile, encoding: .utf8)) ?? ""
            throw Failure("the home is in use\(holder.isEmpty ? "" : " by \(holder.prefix(80))"); stop that process first")
        }
        self.descriptor = descriptor
        let text = Array("process \(getpid()) (\(purpose))".utf8)
        ftruncate(descriptor, 0)
        _ = text.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }

    /// Whether somebody holds the lock of a home now.
    static func isHeld(_ home: Home) -> Bool {
        let descriptor = open(home.lockFile, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }

    /// Gives the lock back.
    func release() {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
