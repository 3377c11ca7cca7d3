/// A number with a unit. Units of time, and the most common ones of mass and length, compare with each other; all
/// others only with themselves.
///
/// Source: https://hl7.org/fhirpath/N1/#quantity
public struct PathQuantity: Sendable {
    /// The number.
    public let value: PathDecimal
    /// The unit: a UCUM code, or a word of the calendar in the singular (`day`); `1` for none.
    public let unit: String

    init(value: PathDecimal, unit: String) {
        self.value = value
        self.unit = unit
    }

    /// The Quantity of a resource; nil for other types, and with a comparator, which makes it no exact number.
    init?(_ element: PathElement) {
        guard let node = element.node, Self.names.contains(element.type.name), node["comparator"] == nil,
            let value = node["value"]?.lexeme.flatMap({ PathDecimal($0) })
        else { return nil }
        let isUCUM = node["system"]?.equals("http://unitsofmeasure.org") == true
        let code = node["code"]?.string
        self.init(value: value, unit: (isUCUM ? code : nil) ?? node["unit"]?.string ?? code ?? "1")
    }

    private static let names: Set<String> = ["Quantity", "Age", "Count", "Distance", "Duration"]

    /// Less, equal or greater, as -1, 0, 1; nil for units that do not compare.
    func compare(_ other: PathQuantity) -> Int? {
        let (mine, theirs) = (Self.canonical(self), Self.canonical(other))
        guard mine.unit == theirs.unit else { return nil }
        return mine.value < theirs.value ? -1 : mine.value == theirs.value ? 0 : 1
    }

    /// `~`: equal when both are rounded to the less precise of them.
    func isEquivalent(to other: PathQuantity) -> Bool {
        let (mine, theirs) = (Self.canonical(self), Self.canonical(other))
        return mine.unit == theirs.unit && mine.value.isEquivalent(to: theirs.value)
    }

    /// Time as seconds, and the most common masses and lengths, where UCUM and calendar agree; anything else as it is.
    private static func canonical(_ quantity: PathQuantity) -> PathQuantity {
        guard let (factor, unit) = factors[quantity.unit],
            let value = quantity.value.multiplied(by: factor)
        else { return quantity }
        return PathQuantity(value: value, unit: unit)
    }

    private static let factors: [String: (PathDecimal, String)] = {
        func factor(_ coefficient: Int128, _ scale: Int = 0) -> PathDecimal {
            PathDecimal(coefficient: coefficient, scale: scale)
        }
        return [
            "week": (factor(604_800), "s"), "wk": (factor(604_800), "s"), "day": (factor(86_400), "s"),
            "d": (factor(86_400), "s"), "hour": (factor(3_600), "s"), "h": (factor(3_600), "s"),
            "minute": (factor(60), "s"), "min": (factor(60), "s"), "second": (factor(1), "s"), "s": (factor(1), "s"),
            "millisecond": (factor(1, 3), "s"), "ms": (factor(1, 3), "s"),
            "kg": (factor(1_000), "g"), "g": (factor(1), "g"), "mg": (factor(1, 3), "g"), "ug": (factor(1, 6), "g"),
            "[lb_av]": (factor(45_359_237, 5), "g"), "[oz_av]": (factor(28_349_523_125, 9), "g"),
            "[in_i]": (factor(254, 4), "m"), "[ft_i]": (factor(3_048, 4), "m"),
            "m": (factor(1), "m"), "cm": (factor(1, 2), "m"), "mm": (factor(1, 3), "m"), "km": (factor(1_000), "m"),
        ]
    }()
}
