internal import WardSystem

/// Tells the time of day. Injected everywhere, so that tests can stop it, move it and set it back.
public protocol WallClock: Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    func now() -> Int64
}

/// The machine's own clock.
public struct SystemWallClock: WallClock {
    /// The machine's own clock.
    public init() {}

    public func now() -> Int64 { MachineClock.now() }
}
