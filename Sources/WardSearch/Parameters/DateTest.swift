import WardFHIR

/// What a search asks of a date: a prefix and the span that the written date stands for.
///
/// With the target `rl … rh` and the search `pl … ph`: `eq` rl ≥ pl ∧ rh ≤ ph · `ne` rl < pl ∨ rh > ph · `gt` rh > ph · `lt` rl < pl ·
/// `ge` gt ∨ eq · `le` lt ∨ eq · `sa` rl > ph · `eb` rh < pl · `ap` the two overlap, the search widened by a tenth of its distance to now.
/// Source: https://hl7.org/fhir/R4/search.html#prefix
public struct DateTest: Sendable {
    enum Prefix: String, Sendable, CaseIterable {
        case eq, ne, gt, lt, ge, le, sa, eb, ap
    }

    let prefix: Prefix
    /// Widened already where the prefix is `ap`.
    let interval: DateInterval

    init(_ prefix: Prefix, _ interval: DateInterval) {
        self.prefix = prefix
        self.interval = interval
    }

    static func parse(_ part: Substring, _ text: ParameterText) throws(FHIRError) -> DateTest {
        let value = try text.unescaped(part)
        var prefix = Prefix.eq
        var rest = value[...]
        if let first = value.utf8.first, first >= UInt8(ascii: "a") {
            guard let known = Prefix(rawValue: String(value.prefix(2))) else {
                throw text.bad("a date with a prefix that FHIR has")
            }
            prefix = known
            rest = value.dropFirst(2)
        }
        guard let interval = DateText.interval(rest) else { throw text.bad("a date such as 2013-01-14 or 2013-01-14T10:00Z") }
        return DateTest(prefix, prefix == .ap ? widened(interval, now: text.context.now) : interval)
    }

    private static func widened(_ interval: DateInterval, now: Int64) -> DateInterval {
        let distance = now < interval.low ? interval.low - now : Swift.max(0, now - interval.high)
        return DateInterval(low: interval.low - distance / 10, high: interval.high + distance / 10)
    }

    /// Whether one of the values that follow matches one of the tests.
    static func anyMatches(_ tests: [DateTest], _ values: FilterCursor) throws(FilterRecordError) -> Bool {
        var values = values
        while !values.isAtEnd {
            let tag = try values.byte()
            if tag < FilterRecord.Tag.day {
                try values.skip(tag)
                continue
            }
            let interval = try values.interval(tag)
            for test in tests where test.matches(interval) { return true }
        }
        return false
    }

    /// Whether a value's span satisfies the prefix.
    func matches(_ value: DateInterval) -> Bool {
        let isInside = value.low >= interval.low && value.high <= interval.high
        switch prefix {
        case .eq: return isInside
        case .ne: return !isInside
        case .gt: return value.high > interval.high
        case .lt: return value.low < interval.low
        case .ge: return value.high > interval.high || isInside
        case .le: return value.low < interval.low || isInside
        case .sa: return value.low > interval.high
        case .eb: return value.high < interval.low
        case .ap: return value.low <= interval.high && value.high >= interval.low
        }
    }

    /// Where the ends of every match lie; nil where that says nothing.
    var bounds: Bounds? {
        switch prefix {
        case .ne: nil
        case .eq: Bounds(low: interval.low, high: interval.high, isInside: true)
        case .ap: Bounds(low: interval.low, high: interval.high)
        case .gt, .sa: Bounds(low: interval.high + 1)
        case .ge: Bounds(low: interval.low)
        case .lt, .eb: Bounds(high: interval.low - 1)
        case .le: Bounds(high: interval.high)
        }
    }

    /// Every match ends at `low` or later and begins at `high` or earlier; if `isInside`, both its ends lie between them.
    struct Bounds {
        var low = DateInterval.openLow
        var high = DateInterval.openHigh
        var isInside = false

        /// Nodes of the calendar tree of which every match carries one.
        func nodes() -> [CalendarTree.Node] {
            let cover = CalendarTree.cover(low: low, high: high)
            let hasTwoEnds = low != DateInterval.openLow && high != DateInterval.openHigh
            return cover.isEmpty || (hasTwoEnds && !isInside) ? cover + [CalendarTree.spanNode] : cover
        }

        /// What holds of one value for which both hold. It is inside the common part only if it is inside both.
        func and(_ other: Bounds) -> Bounds {
            Bounds(
                low: Swift.max(low, other.low), high: Swift.min(high, other.high), isInside: isInside && other.isInside)
        }
    }
}
