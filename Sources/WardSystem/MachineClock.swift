#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// The clock of this machine.
public enum MachineClock {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public static func now() -> Int64 {
        var time = timespec()
        _ = clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }

    /// Holds the calling thread up; a signal may end it earlier. For threads that belong to no pool of tasks.
    public static func block(for duration: Duration) {
        let parts = duration.components
        guard parts.seconds >= 0, parts.attoseconds > 0 || parts.seconds > 0 else { return }
        var time = timespec(tv_sec: Int(parts.seconds), tv_nsec: Int(parts.attoseconds / 1_000_000_000))
        nanosleep(&time, nil)
    }
}
