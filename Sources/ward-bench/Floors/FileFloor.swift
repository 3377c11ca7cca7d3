internal import Foundation
#if canImport(Glibc)
internal import Glibc
#endif

/// What making bytes durable costs by itself: an append and an fsync, without any database.
enum FileFloor {
    /// How often a second `bytes` can be appended to a file in a folder and flushed, over half a second.
    static func appendsPerSecond(of bytes: Int, in folder: String) throws -> Double {
        let path = folder + "/floor.bytes"
        let file = open(path, O_CREAT | O_WRONLY | O_APPEND | O_TRUNC, 0o600)
        guard file >= 0 else { throw BenchError("\(path) cannot be written") }
        defer {
            close(file)
            unlink(path)
        }
        let content = [UInt8](repeating: 0x5A, count: bytes)
        let start = ContinuousClock.now
        var count = 0
        while start.duration(to: .now) < .milliseconds(500) {
            guard write(file, content, bytes) == bytes, fsync(file) == 0 else { throw BenchError("\(path) cannot be flushed") }
            count += 1
        }
        return Double(count) / (start.duration(to: .now) / .seconds(1))
    }
}
