/// What a unit measures: powers of the seven base units of UCUM (m, s, g, rad, K, C, cd), and of units that compare with
/// nothing but themselves, such as `[IU]`.
struct UnitDimension: Hashable, Sendable {
    /// In the order of ``bases``.
    var powers = [Int](repeating: 0, count: bases.count)
    /// Arbitrary units with their powers; none is 0.
    var arbitrary: [String: Int] = [:]

    static let bases = ["m", "s", "g", "rad", "K", "C", "cd"]

    /// A text that is the same for equal dimensions only, such as `m-3.g`; part of the index.
    var text: String {
        var parts = zip(Self.bases, powers).filter { $0.1 != 0 }.map { $0.0 + String($0.1) }
        parts += arbitrary.sorted { $0.key < $1.key }.map { $0.key + String($0.value) }
        return parts.joined(separator: ".")
    }

    mutating func multiply(by other: UnitDimension, power: Int) {
        for index in powers.indices { powers[index] += other.powers[index] * power }
        for (name, own) in other.arbitrary {
            let sum = arbitrary[name, default: 0] + own * power
            arbitrary[name] = sum == 0 ? nil : sum
        }
    }
}

/// A unit as a multiple of base units: a value v of it is `v × factor + offset` of the base units of its dimension.
struct CanonicalUnit: Sendable {
    var factor = 1.0
    /// Only of temperatures; 0 elsewhere.
    var offset = 0.0
    var dimension = UnitDimension()

    func canonical(_ value: Double) -> Double { value * factor + offset }

    mutating func multiply(by other: CanonicalUnit, power: Int) {
        for _ in 0..<abs(power) { factor = power > 0 ? factor * other.factor : factor / other.factor }
        dimension.multiply(by: other.dimension, power: power)
    }
}
