internal import Foundation
#if canImport(Glibc)
internal import Glibc
#endif
internal import WardSystem

/// One process owns a home at a time. The locks are the operating system's (flock), so they are gone with the process, however that ends.
///
/// Who waits holds the place at the head of the queue meanwhile (`run/turn`), so that a command of many short steps cannot keep all others out.
final class HomeLock: Sendable {
    private let descriptor: Int32

    /// How long a command waits for another one, and how long between two attempts.
    static let patience = Duration.seconds(120)
    private static let pause = Duration.milliseconds(50)
    /// After how long it is said who is waited for.
    private static let silence = Duration.seconds(1)

    /// Takes the lock of a home, waiting for another command to end; not for a server, which does not.
    /// - Throws: ``Failure`` that says who holds it.
    static func take(_ home: Home, purpose: String) async throws -> HomeLock {
        var servers = 0
        return try await wait(home, purpose: purpose) { lock, holder in
            if let lock { return lock }
            // A text from before may stand there for an instant.
            servers = holder.contains(HomeLock.server) ? servers + 1 : 0
            guard servers < 6 else { throw Failure("the home is in use by \(holder); stop that process first") }
            return nil
        }
    }

    /// What the lock of a server says.
    private static let server = "(serve)"

    /// Tries for the lock until `body` is content: with the lock, or, where another process has it, without it.
    /// - Throws: what `body` throws; ``Failure`` that says who holds the lock where it took too long.
    static func wait<Value>(
        _ home: Home, purpose: String, _ body: (HomeLock?, _ holder: String) async throws -> Value?
    ) async throws -> Value {
        let turn = try file(home, "\(home.run)/turn")
        defer { close(turn) }
        let begun = ContinuousClock.now
        var isTold = false
        while true {
            // Only who has the turn may take the lock.
            let lock = flock(turn, LOCK_EX | LOCK_NB) == 0 ? try attempt(home, purpose: purpose) : nil
            let holder = lock == nil ? Self.holder(home) : ""
            if let value = try await body(lock, holder) { return value }
            let waited = ContinuousClock.now - begun
            guard waited < patience else {
                throw Failure("the home is in use by \(holder), which has not ended in two minutes; see what it does, and call again")
            }
            if waited > silence, !isTold {
                OutputOptions.say("waiting for \(holder), which has the home")
                isTold = true
            }
            try await Task.sleep(for: pause)
        }
    }

    /// Takes the lock if nobody has it.
    private static func attempt(_ home: Home, purpose: String) throws(Failure) -> HomeLock? {
        let descriptor = try file(home, home.lockFile)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        let text = Array("process \(getpid()) (\(purpose))".utf8)
        ftruncate(descriptor, 0)
        _ = text.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        return HomeLock(descriptor)
    }

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    private static func holder(_ home: Home) -> String {
        let text = (try? String(contentsOfFile: home.lockFile, encoding: .utf8)) ?? ""
        return text.isEmpty ? "another process" : String(text.prefix(80))
    }

    private static func file(_ home: Home, _ path: String) throws(Failure) -> Int32 {
        do {
            try FileManager.default.createDirectory(
                atPath: home.run, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Failure("\(home.run): cannot be made; check that the home is writable")
        }
        // What it says is written into it: never into what a link names.
        let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Failure("\(path): \(errno == ELOOP ? "is a link; move it aside" : "cannot be opened; check that the home is writable")")
        }
        guard FileStatus(of: descriptor)?.isPlain == true else {
            close(descriptor)
            throw Failure("\(path): is no plain file; move it aside")
        }
        return descriptor
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
