extension PathQuantity: CustomStringConvertible {
    /// The words for units of the calendar, in the singular.
    static let calendarUnits: Set<String> = [
        "year", "month", "week", "day", "hour", "minute", "second", "millisecond",
    ]

    /// `1 'mg'`, `4 day`.
    public var description: String {
        Self.calendarUnits.contains(unit) ? "\(value) \(unit)" : "\(value) '\(unit)'"
    }

    /// Parses what a literal of the language looks like: `1`, `1.5 'mg'`, `4 days`; nil for anything else.
    ///
    /// Source: https://hl7.org/fhirpath/N1/#toquantityunit-string-quantity
    init?(text: String) {
        let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard let first = parts.first, let value = PathDecimal(String(first)) else { return nil }
        guard let unit = parts.dropFirst().first else {
            self.init(value: value, unit: "1")
            return
        }
        if unit.count > 2 && unit.first == "'" && unit.last == "'" {
            self.init(value: value, unit: String(unit.dropFirst().dropLast()))
            return
        }
        let word = unit.last == "s" ? unit.dropLast() : unit
        guard Self.calendarUnits.contains(String(word)) else { return nil }
        self.init(value: value, unit: String(word))
    }
}
