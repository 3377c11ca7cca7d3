/// Reads a decimal number as it is written, with the span that its last digit leaves open.
///
/// `100` stands for 99.5 to 100.5, `100.00` for 99.995 to 100.005, `1e2` for 50 to 150.
/// Source: https://hl7.org/fhir/R4/search.html#number
struct NumberText {
    /// The number.
    let value: Double
    /// The span of its precision; what lies at ``high`` is outside.
    let precision: NumberInterval

    /// Digits of a number at most: more than a double tells apart.
    private static let digitsAtMost = 40

    /// Fails where the text is no decimal number, or beyond what a double holds.
    init?(_ text: some StringProtocol) {
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest.removeFirst() }
        let parts = rest.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        let halves = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let (whole, fraction) = (halves[0], halves.count > 1 ? halves[1] : "")
        guard !whole.isEmpty, halves.count == 1 || !fraction.isEmpty else { return nil }
        let digits = Array((whole + fraction).utf8)
        guard digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), digits.count <= Self.digitsAtMost else { return nil }
        var exponent = -fraction.utf8.count
        if parts.count > 1 {
            guard let written = Int(parts[1]), abs(written) <= 300 else { return nil }
            exponent += written
        }
        // A digit more, so that half of the last one is whole: 5.4 is 540e-2, its span 535e-2 to 545e-2. Text to double rounds right.
        let shown = String(decoding: digits, as: UTF8.self)
        guard let value = Double("\(shown)e\(exponent)"), value.isFinite,
            let low = Self.moved(digits, by: -5, exponent), let high = Self.moved(digits, by: 5, exponent)
        else { return nil }
        self.value = isNegative ? -value : value
        precision = isNegative ? NumberInterval(low: -high, high: -low) : NumberInterval(low: low, high: high)
    }

    /// The number of these digits and a zero more, changed by some of the last place.
    private static func moved(_ digits: [UInt8], by change: Int, _ exponent: Int) -> Double? {
        var places = (digits + [0x30]).map { Int($0) - 0x30 }
        var carry = change
        for index in places.indices.reversed() {
            let sum = places[index] + carry
            carry = sum >= 10 ? 1 : sum < 0 ? -1 : 0
            places[index] = sum - carry * 10
        }
        if carry < 0 {
            // Only zero lies below its own half digit.
            return Double("-5e\(exponent - 1)")
        }
        let text = (carry > 0 ? "1" : "") + places.map(String.init).joined()
        return Double("\(text)e\(exponent - 1)")
    }
}
