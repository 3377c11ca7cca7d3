internal import Synchronization
internal import WardPHI

/// Makes request ids: UUIDs of version 7, unique and in the order of time, and of no other meaning. Source: RFC
/// 9562 §5.7.
final class RequestIDs: Sendable {
    private let counter: Atomic<UInt64>
    private let seed: UInt64

    init() {
        var random = SystemRandomNumberGenerator()
        counter = Atomic(random.next())
        seed = random.next()
    }

    /// The next id, in lower-case hexadecimal with hyphens.
    func next() -> String {
        let millisecond = UInt64(Timestamp.now() / 1_000)
        let count = counter.wrappingAdd(1, ordering: .relaxed).newValue
        // A bijection of the counter (multiplication by an odd number), so that ids differ in many places and never
        // repeat.
        let tail = (count &* 0x9E37_79B9_7F4A_7C15) ^ seed
        let high = millisecond << 16 | 0x7000 | (count & 0xFFF)
        let low = 0x8000_0000_0000_0000 | tail >> 2
        return String(unsafeUninitializedCapacity: 36) { buffer in
            var at = 0
            for word in [high, low] {
                for shift in stride(from: UInt64(60), through: 0, by: -4) {
                    if at == 8 || at == 13 || at == 18 || at == 23 {
                        buffer[at] = UInt8(ascii: "-")
                        at += 1
                    }
                    let digit = UInt8(truncatingIfNeeded: word >> shift & 15)
                    buffer[at] = digit < 10 ? 48 + digit : 87 + digit
                    at += 1
                }
            }
            return at
        }
    }
}
