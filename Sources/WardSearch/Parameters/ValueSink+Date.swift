import WardFHIR

/// Dates and times, periods, and the outer limits of timings.
///
/// Source: https://hl7.org/fhir/R4/search.html#date
extension ValueSink {
    mutating func readDate(_ node: JSONNode, form: DataForm) {
        switch form {
        case .date:
            if let interval = Self.interval(node) { add(.date(interval)) }
        case .period:
            if let interval = Self.period(node) { add(.date(interval)) } else { add(.present) }
        case .timing:
            var limits: DateInterval?
            if let bounds = node["repeat"]?["boundsPeriod"] { limits = Self.period(bounds) }
            if let events = node["event"] {
                for event in events.elements {
                    guard let interval = Self.interval(event) else { continue }
                    limits = limits?.union(interval) ?? interval
                }
            }
            if let limits { add(.date(limits)) } else { add(.present) }
        default: add(.present)
        }
    }

    private static func interval(_ node: JSONNode) -> DateInterval? {
        node.withUTF8 { DateText.interval($0) } ?? nil
    }

    /// Nil where neither end is given; a period that ends before it begins counts as both of its ends and what lies between.
    private static func period(_ node: JSONNode) -> DateInterval? {
        let start = node["start"].flatMap { interval($0) }
        let end = node["end"].flatMap { interval($0) }
        switch (start, end) {
        case (nil, nil): return nil
        case (let start?, nil): return DateInterval(low: start.low, high: DateInterval.openHigh)
        case (nil, let end?): return DateInterval(low: DateInterval.openLow, high: end.high)
        case (let start?, let end?):
            return start.low <= end.high ? DateInterval(low: start.low, high: end.high) : start.union(end)
        }
    }
}
