internal import Synchronization
public import WardDatabase

/// A clock that stands still until it is set or advanced, backwards too.
public final class FixedClock: WallClock {
    private let microseconds: Mutex<Int64>

    /// A clock that stands at `microseconds` since 1970-01-01T00:00:00Z; by default at 2026-01-01T00:00:00Z.
    public init(_ microseconds: Int64 = 1_767_225_600_000_000) {
        self.microseconds = Mutex(microseconds)
    }

    public func now() -> Int64 { microseconds.withLock { $0 } }

    /// Sets the clock, in microseconds since 1970-01-01T00:00:00Z.
    public func set(_ time: Int64) { microseconds.withLock { $0 = time } }

    /// Moves the clock; a negative duration sets it back.
    public func advance(by duration: Duration) {
        let (seconds, attoseconds) = duration.components
        microseconds.withLock { $0 += seconds * 1_000_000 + attoseconds / 1_000_000_000_000 }
    }
}
