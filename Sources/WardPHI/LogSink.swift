internal import Synchronization
#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Takes finished log lines, each whole and ended by a line feed.
public protocol LogSink: Sendable {
    /// Writes one line. Must be safe to call from any thread; lines must not mix.
    func write(_ line: [UInt8])
}

/// Writes lines to a file descriptor, standard error by default: one system call a line, one line at a time.
///
/// A line that cannot be written is dropped: logging never stops the server.
public final class FileDescriptorLogSink: LogSink {
    private let descriptor: Int32
    private let lock = Mutex(())

    /// A sink on `descriptor`, which stays open as long as the sink is used.
    public init(descriptor: Int32 = 2) { self.descriptor = descriptor }

    public func write(_ line: [UInt8]) {
        lock.withLock { _ in
            line.withUnsafeBytes { bytes in
                var offset = 0
                while offset < bytes.count {
                    #if canImport(Glibc)
                    let written = Glibc.write(descriptor, bytes.baseAddress! + offset, bytes.count - offset)
                    #else
                    let written = Darwin.write(descriptor, bytes.baseAddress! + offset, bytes.count - offset)
                    #endif
                    if written > 0 {
                        offset += written
                    } else if written == 0 || errno != EINTR {
                        return
                    }
                }
            }
        }
    }
}
