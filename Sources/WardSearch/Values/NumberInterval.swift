/// A number as searches compare it: a point, or the span of a Range, of a comparator such as `<`, or of sampled data.
///
/// An end that is open is infinite.
public struct NumberInterval: Hashable, Sendable {
    public var low: Double
    public var high: Double

    /// A span; `low` is not above `high`.
    public init(low: Double, high: Double) {
        self.low = low
        self.high = high
    }

    /// One number.
    public init(_ value: Double) { self.init(low: value, high: value) }

    /// The same span in another unit.
    func map(_ change: (Double) -> Double) -> NumberInterval {
        NumberInterval(
            low: low.isFinite ? change(low) : low, high: high.isFinite ? change(high) : high)
    }

    /// The smallest span that holds both.
    func union(_ other: NumberInterval) -> NumberInterval {
        NumberInterval(low: Swift.min(low, other.low), high: Swift.max(high, other.high))
    }
}

/// A quantity: a number with the unit that it was written with.
///
/// Source: https://hl7.org/fhir/R4/search.html#quantity
public struct QuantityValue: Hashable, Sendable {
    public var interval: NumberInterval
    /// The system of the code; nil where there is none.
    public var system: String?
    /// The coded unit, or the currency of money; nil where there is none.
    public var code: String?
    /// The unit in words, where it is another text than the code.
    public var unit: String?

    /// A quantity; see the properties.
    public init(interval: NumberInterval, system: String?, code: String?, unit: String? = nil) {
        self.interval = interval
        self.system = system
        self.code = code
        self.unit = unit
    }
}
