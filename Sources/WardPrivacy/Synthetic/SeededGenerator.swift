/// Random numbers that a seed decides: the same seed gives the same numbers on every machine.
///
/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators"). Not for secrets.
struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// One of a list.
    mutating func pick<Element>(_ list: [Element]) -> Element { list[Int(next() % UInt64(list.count))] }

    /// True so many times in a hundred.
    mutating func chance(_ percent: Int) -> Bool { Int(next() % 100) < percent }

    /// A whole number in a range.
    mutating func whole(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.upperBound - range.lowerBound + 1))
    }

    /// `urn:uuid:…` of version 4 form (RFC 9562).
    mutating func urn() -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = Array("urn:uuid:".utf8)
        for place in 0..<32 {
            if place == 8 || place == 12 || place == 16 || place == 20 { text.append(UInt8(ascii: "-")) }
            let nibble = Int(next() & 15)
            text.append(digits[place == 12 ? 4 : place == 16 ? 8 | (nibble & 3) : nibble])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
