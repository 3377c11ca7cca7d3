/// An exact decimal number: `coefficient × 10^-scale`. What does not fit 36 digits is no value.
///
/// Source: https://hl7.org/fhirpath/N1/#decimal
public struct PathDecimal: Sendable, CustomStringConvertible {
    /// All digits as one number.
    public let coefficient: Int128
    /// How many of them stand after the point; never negative.
    public let scale: Int

    static let maximumScale = 36

    /// The number with that coefficient and scale.
    public init(coefficient: Int128, scale: Int = 0) {
        self.coefficient = coefficient
        self.scale = scale
    }

    /// The number as written: sign, digits, point, exponent; nil if it is none or has too many digits.
    public init?(_ text: String) {
        var coefficient: Int128 = 0
        var scale = 0
        var isFraction = false
        var hasDigits = false
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if let sign = rest.first, sign == "-" || sign == "+" { rest.removeFirst() }
        while let character = rest.first, character != "e", character != "E" {
            rest.removeFirst()
            if character == "." && !isFraction {
                isFraction = true
                continue
            }
            guard let digit = character.wholeNumberValue, character.isASCII else { return nil }
            hasDigits = true
            guard let next = Self.scaled(coefficient, by: 1) else { return nil }
            coefficient = next + Int128(digit)
            if isFraction { scale += 1 }
        }
        if !rest.isEmpty {
            guard let exponent = Int(rest.dropFirst()), abs(exponent) <= Self.maximumScale else { return nil }
            scale -= exponent
            if scale < 0 {
                guard let next = Self.scaled(coefficient, by: -scale) else { return nil }
                coefficient = next
                scale = 0
            }
        }
        guard hasDigits, scale <= Self.maximumScale else { return nil }
        self.init(coefficient: isNegative ? -coefficient : coefficient, scale: scale)
    }

    /// The digits, with as many after the point as it was written with.
    public var description: String {
        var digits = String(coefficient.magnitude)
        if scale > 0 {
            digits = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
            digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -scale))
        }
        return coefficient < 0 ? "-" + digits : digits
    }

    func adding(_ other: PathDecimal, sign: Int128 = 1) -> PathDecimal? {
        guard let (left, right) = aligned(with: other) else { return nil }
        let (sum, overflow) = left.addingReportingOverflow(right * sign)
        return overflow ? nil : PathDecimal(coefficient: sum, scale: max(scale, other.scale))
    }

    func multiplied(by other: PathDecimal) -> PathDecimal? {
        let (product, overflow) = coefficient.multipliedReportingOverflow(by: other.coefficient)
        return overflow || scale + other.scale > Self.maximumScale
            ? nil : PathDecimal(coefficient: product, scale: scale + other.scale)
    }

    /// The quotient to 16 places at most, rounded half away from zero; nil for a divisor of zero.
    func divided(by other: PathDecimal) -> PathDecimal? {
        if other.coefficient == 0 { return nil }
        for places in stride(from: 16, through: 0, by: -4) {
            let shift = places + other.scale - scale
            guard let top = Self.scaled(coefficient, by: max(0, shift) + 1),
                let bottom = Self.scaled(other.coefficient, by: max(0, -shift))
            else { continue }
            let raw = top / bottom
            let rounded = (raw + (raw < 0 ? -5 : 5)) / 10
            return PathDecimal(coefficient: rounded, scale: places).trimmed
        }
        return nil
    }

    /// The whole part, towards zero.
    var truncated: Int128 {
        Self.scaled(1, by: scale).map { coefficient / $0 } ?? 0
    }

    /// Rounded half away from zero to that many places.
    func rounded(to places: Int) -> PathDecimal {
        guard places < scale, let unit = Self.scaled(1, by: scale - places) else { return self }
        let half = coefficient < 0 ? -unit / 2 : unit / 2
        return PathDecimal(coefficient: (coefficient + half) / unit, scale: places)
    }

    /// Without zeros at the end of the fraction.
    var trimmed: PathDecimal {
        var result = self
        while result.scale > 0 && result.coefficient % 10 == 0 {
            result = PathDecimal(coefficient: result.coefficient / 10, scale: result.scale - 1)
        }
        return result
    }

    /// Equal when both are rounded to the less precise of them.
    func isEquivalent(to other: PathDecimal) -> Bool {
        let places = min(scale, other.scale)
        return rounded(to: places) == other.rounded(to: places)
    }

    private func aligned(with other: PathDecimal) -> (Int128, Int128)? {
        let scale = max(self.scale, other.scale)
        guard let left = Self.scaled(coefficient, by: scale - self.scale),
            let right = Self.scaled(other.coefficient, by: scale - other.scale)
        else { return nil }
        return (left, right)
    }

    private static func scaled(_ value: Int128, by places: Int) -> Int128? {
        var result = value
        for _ in 0..<places {
            let (next, overflow) = result.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            result = next
        }
        return result.magnitude < Int128.max.magnitude / 16 ? result : nil
    }
}

extension PathDecimal: Comparable {
    public static func == (left: PathDecimal, right: PathDecimal) -> Bool {
        let (left, right) = (left.trimmed, right.trimmed)
        return left.coefficient == right.coefficient && left.scale == right.scale
    }

    public static func < (left: PathDecimal, right: PathDecimal) -> Bool {
        if let (left, right) = left.aligned(with: right) { return left < right }
        // Numbers of so different size that they cannot be aligned: the whole parts decide.
        return left.truncated < right.truncated
    }
}
