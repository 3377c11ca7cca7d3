#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Tells the time of day. Injected everywhere, so that tests can stop it, move it and set it back.
public protocol WallClock: Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    func now() -> Int64
}

/// The machine's own clock.
public struct SystemWallClock: WallClock {
    /// The machine's own clock.
    public init() {}

    public func now() -> Int64 {
        var time = timespec()
        _ = clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
