/// A span of time in microseconds since 1970-01-01T00:00:00Z, both ends included.
///
/// Dates, dateTimes and instants stand for the span of their precision (`2013-01` is the whole of January, UTC where no zone is written);
/// an end that a Period leaves open is ``openLow`` or ``openHigh``.
/// Source: https://hl7.org/fhir/R4/search.html#date
public struct DateInterval: Hashable, Sendable {
    /// The first microsecond.
    public var low: Int64
    /// The last microsecond; never before `low`.
    public var high: Int64

    /// A span; see the properties.
    public init(low: Int64, high: Int64) {
        self.low = low
        self.high = high
    }

    /// Before every time that can be written.
    public static let openLow = Int64.min
    /// After every time that can be written.
    public static let openHigh = Int64.max

    /// Microseconds of one day.
    static let dayMicroseconds: Int64 = 86_400_000_000

    /// The smallest span that holds both.
    func union(_ other: DateInterval) -> DateInterval {
        DateInterval(low: Swift.min(low, other.low), high: Swift.max(high, other.high))
    }
}
