internal import Synchronization

/// Makes UUIDs of version 7: 48 bits of milliseconds, a counter that never goes back, 62 random bits.
///
/// Ids of one source grow strictly, also inside one millisecond and when the clock is set back. Source: RFC 9562 §5.7 and §6.2 (method 1).
public final class TimeOrderedIDs: Sendable {
    private struct State {
        var millisecond: UInt64 = 0
        var counter: UInt16 = 0
    }

    private let clock: any WallClock
    private let random: @Sendable () -> UInt64
    private let state = Mutex(State())

    /// A source of ids. `random` yields 64 unpredictable bits; the system's generator by default.
    public init(
        clock: any WallClock = SystemWallClock(),
        random: @escaping @Sendable () -> UInt64 = { var system = SystemRandomNumberGenerator(); return system.next() }
    ) {
        self.clock = clock
        self.random = random
    }

    /// Sixteen bytes of the next id.
    public func next() -> [UInt8] {
        let bits = random()
        let (millisecond, counter) = state.withLock { state in
            let now = UInt64(max(0, clock.now() / 1_000))
            if now > state.millisecond {
                state.millisecond = now
                state.counter = UInt16(truncatingIfNeeded: random() & 0x7FF)
            } else if state.counter == 0xFFF {
                state.millisecond += 1
                state.counter = 0
            } else {
                state.counter += 1
            }
            return (state.millisecond, state.counter)
        }
        var bytes = [UInt8](repeating: 0, count: 16)
        for index in 0..<6 { bytes[index] = UInt8(truncatingIfNeeded: millisecond >> UInt64(40 - 8 * index)) }
        bytes[6] = 0x70 | UInt8(truncatingIfNeeded: counter >> 8)
        bytes[7] = UInt8(truncatingIfNeeded: counter)
        for index in 8..<16 { bytes[index] = UInt8(truncatingIfNeeded: bits >> UInt64(8 * (15 - index))) }
        bytes[8] = 0x80 | (bytes[8] & 0x3F)
        return bytes
    }

    /// The next id as a logical id.
    public func nextLogicalID() -> LogicalID { LogicalID(uuid: next()) }
}
