/// SHAKE128, a hash with a result of any length: the accumulated vectors draw their messages from it. Source: FIPS 202.
struct SHAKE128 {
    private static let rate = 168
    private var lanes = [UInt64](repeating: 0, count: 25)
    private var place = 0
    private var isSqueezing = false

    /// Takes bytes in; before any are drawn.
    mutating func absorb(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while !rest.isEmpty {
            let part = rest.prefix(Self.rate - place)
            withLanes { lanes, place in
                for index in part.indices { lanes[place + index - part.startIndex] ^= part[index] }
            }
            place += part.count
            rest = rest.dropFirst(part.count)
            if place == Self.rate { permute() }
        }
    }

    /// Draws the next bytes.
    mutating func squeeze(_ count: Int) -> [UInt8] {
        if !isSqueezing {
            withLanes { lanes, place in
                lanes[place] ^= 0x1F
                lanes[Self.rate - 1] ^= 0x80
            }
            permute()
            isSqueezing = true
        }
        var drawn: [UInt8] = []
        while drawn.count < count {
            if place == Self.rate { permute() }
            let part = min(count - drawn.count, Self.rate - place)
            withLanes { lanes, place in drawn.append(contentsOf: lanes[place..<place + part]) }
            place += part
        }
        return drawn
    }

    /// The state as bytes: lanes are little endian, as this machine is.
    private mutating func withLanes(_ body: (UnsafeMutableRawBufferPointer, Int) -> Void) {
        let place = place
        lanes.withUnsafeMutableBytes { body($0, place) }
    }

    /// Keccak-f[1600].
    private mutating func permute() {
        place = 0
        lanes.withUnsafeMutableBufferPointer { a in
            withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 30) { scratch in
                for constant in Self.constants {
                    for x in 0..<5 { scratch[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] }
                    for x in 0..<5 {
                        let next = scratch[x == 4 ? 0 : x + 1]
                        let mixed = scratch[x == 0 ? 4 : x - 1] ^ (next << 1 | next >> 63)
                        for y in stride(from: x, to: 25, by: 5) { scratch[5 + y] = a[y] ^ mixed }
                    }
                    // ρ and π write into the lanes, χ into the scratch and back.
                    for lane in 0..<25 {
                        let value = scratch[5 + lane]
                        let by = Self.rotations[lane]
                        a[Self.targets[lane]] = by == 0 ? value : value << by | value >> (64 - by)
                    }
                    for row in stride(from: 0, to: 25, by: 5) {
                        for x in 0..<5 { scratch[x] = a[row + x] }
                        for x in 0..<5 { a[row + x] = scratch[x] ^ (~scratch[x == 4 ? 0 : x + 1] & scratch[x > 2 ? x - 3 : x + 2]) }
                    }
                    a[0] ^= constant
                }
            }
        }
    }

    /// Of lane x + 5 y.
    private static let rotations: [UInt64] = [
        0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14,
    ]

    /// Where lane x + 5 y goes: to y + 5 (2 x + 3 y).
    private static let targets = (0..<25).map { lane in lane / 5 + (2 * (lane % 5) + 3 * (lane / 5)) % 5 * 5 }

    private static let constants: [UInt64] = [
        0x0000_0000_0000_0001, 0x0000_0000_0000_8082, 0x8000_0000_0000_808A, 0x8000_0000_8000_8000,
        0x0000_0000_0000_808B, 0x0000_0000_8000_0001, 0x8000_0000_8000_8081, 0x8000_0000_0000_8009,
        0x0000_0000_0000_008A, 0x0000_0000_0000_0088, 0x0000_0000_8000_8009, 0x0000_0000_8000_000A,
        0x0000_0000_8000_808B, 0x8000_0000_0000_008B, 0x8000_0000_0000_8089, 0x8000_0000_0000_8003,
        0x8000_0000_0000_8002, 0x8000_0000_0000_0080, 0x0000_0000_0000_800A, 0x8000_0000_8000_000A,
        0x8000_0000_8000_8081, 0x8000_0000_0000_8080, 0x0000_0000_8000_0001, 0x8000_0000_8000_8008,
    ]
}
