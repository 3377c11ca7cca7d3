extension SearchQuery {
    /// The times outside which nothing matches a date parameter of the query, in microseconds since 1970; everything where
    /// the query does not bound it. It narrows what is looked at and decides nothing.
    public func times(of code: String) -> Range<Int64> {
        var low = Int64.min, high = Int64.max
        for clause in clauses where clause.parameter.code == code {
            guard case .date(let tests) = clause.test, !tests.isEmpty else { continue }
            let spans = tests.map(\.reach)
            low = max(low, spans.map(\.low).min() ?? .min)
            high = min(high, spans.map(\.high).max() ?? .max)
        }
        return low..<max(low, high == .max ? .max : high + 1)
    }
}

extension DateTest {
    /// A span in which an instant must lie to match.
    fileprivate var reach: DateInterval {
        switch prefix {
        case .eq, .ap: interval
        case .ne: DateInterval(low: .min, high: .max)
        case .gt, .ge, .sa: DateInterval(low: interval.low, high: .max)
        case .lt, .le, .eb: DateInterval(low: .min, high: interval.high)
        }
    }
}
