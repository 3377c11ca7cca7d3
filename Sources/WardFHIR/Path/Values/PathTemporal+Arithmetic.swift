extension PathTemporal {
    /// The moment that much later, with the same precision and zone; nil past the years 1 to 9999.
    ///
    /// Fractions count for seconds only. A unit finer than the precision is turned into the finest field that is
    /// written, 12 months to the year and 30 days to the month.
    /// - Throws: `wrongType` for a quantity that is no time, and for UCUM's mean year and month.
    ///
    /// Source: https://hl7.org/fhirpath/N1/#datetime-arithmetic
    func adding(_ quantity: PathQuantity, sign: Int, _ name: String) throws(FHIRPathError) -> PathTemporal? {
        let unit = quantity.unit
        if unit == "year" || unit == "month" {
            if kind == .time { throw FHIRPathError(.wrongType, name) }
            guard let count = Int(exactly: quantity.value.truncated), abs(count) < 200_000 else { return nil }
            return adding(months: count * sign * (unit == "year" ? 12 : 1))
        }
        guard let milliseconds = Self.milliseconds[unit] else { throw FHIRPathError(.wrongType, name) }
        let isFine = milliseconds <= 1000
        let value = isFine ? quantity.value : PathDecimal(coefficient: quantity.value.truncated)
        guard let product = value.multiplied(by: PathDecimal(coefficient: Int128(milliseconds))),
            let count = Int(exactly: product.truncated), abs(count) < 1 << 50
        else { return nil }
        return adding(milliseconds: count * sign)
    }

    private static let milliseconds: [String: Int] = [
        "week": 604_800_000, "wk": 604_800_000, "day": 86_400_000, "d": 86_400_000, "hour": 3_600_000, "h": 3_600_000,
        "minute": 60_000, "min": 60_000, "second": 1000, "s": 1000, "millisecond": 1, "ms": 1,
    ]

    private func adding(months: Int) -> PathTemporal? {
        if fields.count == 1 { return with([fields[0] + months / 12]) }
        let total = fields[0] * 12 + fields[1] - 1 + months
        var result = fields
        result[0] = total / 12
        result[1] = total % 12 + 1
        guard total >= 12 else { return nil }
        if fields.count > 2 { result[2] = min(fields[2], Self.dayCount(year: result[0], month: result[1])) }
        return with(result)
    }

    private func adding(milliseconds: Int) -> PathTemporal? {
        let day = 86_400_000
        if kind == .time {
            let total = (clock(from: 0) + milliseconds) % day
            return with(Self.clockFields(total < 0 ? total + day : total, count: fields.count))
        }
        if fields.count < 3 {
            let days = milliseconds / day
            return adding(months: fields.count == 1 ? days / 365 * 12 : days / 30)
        }
        let date = Self.days(year: fields[0], month: fields[1], day: fields[2])
        // What is finer than the precision does not count.
        let unit = [day, 3_600_000, 60_000, 1][fields.count - 3]
        let total = date * day + clock(from: 3) + milliseconds / unit * unit
        let rest = (total % day + day) % day
        let moved = Self.date(days: (total - rest) / day)
        return with([moved.0, moved.1, moved.2] + Self.clockFields(rest, count: fields.count - 3))
    }

    private func clock(from start: Int) -> Int {
        zip(fields.dropFirst(start), [3_600_000, 60_000, 1]).reduce(0) { $0 + $1.0 * $1.1 }
    }

    private static func clockFields(_ milliseconds: Int, count: Int) -> [Int] {
        Array([milliseconds / 3_600_000, milliseconds / 60_000 % 60, milliseconds % 60_000].prefix(count))
    }

    private static func dayCount(year: Int, month: Int) -> Int {
        let next = month == 12 ? days(year: year + 1, month: 1, day: 1) : days(year: year, month: month + 1, day: 1)
        return next - days(year: year, month: month, day: 1)
    }

    /// The same kind, precision and zone with other fields, written as these are.
    private func with(_ changed: [Int]) -> PathTemporal? {
        let dateCount = kind == .time ? 0 : min(3, changed.count)
        if kind != .time && !(1...9999).contains(changed[0]) { return nil }
        let date = changed.prefix(dateCount).enumerated().map { Self.digits($1, $0 == 0 ? 4 : 2) }
        var text = date.joined(separator: "-")
        var clock = changed.dropFirst(dateCount).prefix(2).map { Self.digits($0, 2) }.joined(separator: ":")
        if let last = changed.dropFirst(dateCount).dropFirst(2).first {
            clock += ":" + Self.digits(last / 1000, 2)
            if self.text.contains(".") || last % 1000 != 0 { clock += "." + Self.digits(last % 1000, 3) }
        }
        if self.text.contains("T") { text += "T" }
        text += clock
        let zone = self.text.drop { $0 != "T" }.drop { $0 != "Z" && $0 != "+" && $0 != "-" }
        return PathTemporal(text + zone, kind: kind)
    }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}
