import WardFHIR

/// What a search asks of a number: a prefix and the number.
///
/// With the target `rl … rh` (both the number itself, unless it is a span), the number n and the span of its precision
/// `pl ≤ x < ph`: `eq` rl ≥ pl ∧ rh < ph · `ne` not eq · `gt` rh > n · `lt` rl < n · `ge` rh ≥ n · `le` rl ≤ n ·
/// `sa` rl > n · `eb` rh < n · `ap` the two overlap, the search widened to a tenth of n on each side.
///
/// Numbers that agree in twelve digits are equal, so that a unit that was converted compares as it was written.
/// Source: https://hl7.org/fhir/R4/search.html#number
public struct NumberTest: Sendable {
    let prefix: DateTest.Prefix
    let value: Double
    let precision: NumberInterval

    init(_ prefix: DateTest.Prefix, _ value: Double, _ precision: NumberInterval) {
        self.prefix = prefix
        self.value = value
        self.precision = precision
    }

    static func parse(_ part: Substring, _ text: ParameterText) throws(FHIRError) -> NumberTest {
        try parse(number: text.unescaped(part), text)
    }

    /// Reads a prefix and a number.
    static func parse(number value: String, _ text: ParameterText) throws(FHIRError) -> NumberTest {
        var prefix = DateTest.Prefix.eq
        var rest = value[...]
        if let first = value.utf8.first, first >= UInt8(ascii: "a") {
            guard let known = DateTest.Prefix(rawValue: String(value.prefix(2))) else {
                throw text.bad("a number with a prefix that FHIR has")
            }
            prefix = known
            rest = value.dropFirst(2)
        }
        guard let number = NumberText(rest) else { throw text.bad("a number such as 5.4, 100 or 1e-2") }
        return NumberTest(prefix, number.value, number.precision)
    }

    /// The test for values in another unit.
    func map(_ change: (Double) -> Double) -> NumberTest {
        NumberTest(prefix, change(value), precision.map(change))
    }

    /// Whether one of the values that follow matches one of the tests.
    static func anyMatches(_ tests: [NumberTest], _ values: FilterCursor) throws(FilterRecordError) -> Bool {
        var values = values
        while !values.isAtEnd {
            let tag = try values.byte()
            guard tag == FilterRecord.Tag.number || tag == FilterRecord.Tag.numberSpan else {
                try values.skip(tag)
                continue
            }
            let interval = try values.numberInterval(tag)
            for test in tests where test.matches(interval) { return true }
        }
        return false
    }

    /// Whether a value satisfies the prefix.
    func matches(_ target: NumberInterval) -> Bool {
        switch prefix {
        case .eq: isInside(target)
        case .ne: !isInside(target)
        case .gt: Self.isAbove(target.high, value)
        case .lt: Self.isAbove(value, target.low)
        case .ge: !Self.isAbove(value, target.high)
        case .le: !Self.isAbove(target.low, value)
        case .sa: Self.isAbove(target.low, value)
        case .eb: Self.isAbove(value, target.high)
        case .ap: !Self.isAbove(target.low, near.high) && !Self.isAbove(near.low, target.high)
        }
    }

    private func isInside(_ target: NumberInterval) -> Bool {
        !Self.isAbove(precision.low, target.low) && Self.isAbove(precision.high, target.high)
    }

    private var near: NumberInterval {
        NumberInterval(low: value - value.magnitude / 10, high: value + value.magnitude / 10)
    }

    /// Clearly greater: by more than the rounding of a conversion.
    static func isAbove(_ left: Double, _ right: Double) -> Bool {
        guard left.isFinite, right.isFinite else { return left > right }
        return left > right && left - right > Swift.max(left.magnitude, right.magnitude) * 1e-12
    }

    /// Where the ends of every match lie; nil where that says nothing.
    var bounds: (low: Double, high: Double, isInside: Bool)? {
        switch prefix {
        case .ne: nil
        case .eq: (precision.low, precision.high, true)
        case .ap: (near.low, near.high, false)
        case .gt, .sa, .ge: (value, .infinity, false)
        case .lt, .eb, .le: (-.infinity, value, false)
        }
    }

    /// Nodes of the number tree of which every match carries one; nil where there are none.
    func nodes() -> [NumberTree.Node]? {
        guard let bounds else { return nil }
        let cover = NumberTree.cover(low: bounds.low, high: bounds.high)
        let hasTwoEnds = bounds.low.isFinite && bounds.high.isFinite
        return hasTwoEnds && !bounds.isInside ? cover + [NumberTree.spanNode] : cover
    }
}
