/// The tree by which numbers are found in a blind index.
///
/// A number becomes a code of 20 bits that grows with it: sign, 7 bits of exponent, the first 12 bits of the mantissa. The nodes are the
/// beginnings of the code, two bits a level, ten levels; a number carries one node of each. A span carries those of both its ends and
/// ``spanNode``. The index gives a superset: numbers with the same code differ by less than a 4,096th.
///
/// A range of numbers is covered by the fewest nodes: a number in it carries one of them, and so does a span with an end in it. A span
/// with both ends outside may still enclose a range that has two ends: for such a range ask ``spanNode`` as well.
enum NumberTree {
    /// Four bytes: the level (1 to 10, or 0 for ``spanNode``), then the node's number in three, big endian.
    typealias Node = [UInt8]

    static let spanNode: Node = [0, 0, 0, 0]

    private static let bits = 20
    private static let levels = 10
    private static let last = (1 << bits) - 1

    /// The nodes that a value carries.
    static func nodes(of interval: NumberInterval) -> [Node] {
        let (low, high) = (code(interval.low), code(interval.high))
        var result = family(of: low)
        if low == high, interval.low == interval.high { return result }
        for node in family(of: high) where !result.contains(node) { result.append(node) }
        result.append(spanNode)
        return result
    }

    /// The fewest nodes that hold every number in `low … high`; an end may be infinite.
    static func cover(low: Double, high: Double) -> [Node] {
        var first = code(widened(low, by: -1))
        let end = code(widened(high, by: 1))
        var result: [Node] = []
        while first <= end {
            // A single code always fits, so the loop ends.
            for level in 1...levels {
                let size = 1 << (bits - 2 * level)
                guard first % size == 0, first + size - 1 <= end else { continue }
                result.append(node(level, first))
                first += size
                break
            }
        }
        return result
    }

    /// What a conversion of units may be off is no reason to miss a number.
    private static func widened(_ value: Double, by sign: Double) -> Double {
        value.isFinite ? value + sign * value.magnitude * 1e-9 : value
    }

    /// 0 to 2^20 − 1, growing with the number; what is too large or too small to be told apart takes the outermost code of its sign.
    static func code(_ value: Double) -> Int {
        let half = 1 << (bits - 1)
        let magnitude = value.magnitude
        var size = 0
        if magnitude == .infinity || magnitude >= 0x1p64 {
            size = half - 1
        } else if magnitude >= 0x1p-63 {
            // Exponents −63 to 63 become 1 to 127; everything smaller is 0.
            let mantissa = Int((magnitude.significandBitPattern >> 40) & 0xFFF)
            size = (Int(magnitude.exponent) + 64) << 12 | mantissa
        }
        return value < 0 ? half - 1 - size : half + size
    }

    private static func family(of code: Int) -> [Node] { (1...levels).map { node($0, code) } }

    private static func node(_ level: Int, _ code: Int) -> Node {
        let number = code >> (bits - 2 * level)
        return [
            UInt8(level), UInt8(truncatingIfNeeded: number >> 16), UInt8(truncatingIfNeeded: number >> 8),
            UInt8(truncatingIfNeeded: number),
        ]
    }
}
