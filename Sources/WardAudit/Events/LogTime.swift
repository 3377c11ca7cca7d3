/// Points in time as the log's commands write and read them.
public enum LogTime {
    /// `2026-01-31T23:59:59.123456Z` for microseconds since 1970-01-01T00:00:00Z.
    public static func text(_ microseconds: Int64) -> String { CalendarDate.text(microseconds) }

    /// Microseconds since 1970-01-01T00:00:00Z of a date (its first instant, UTC) or a date and time with offset, such
    /// as `2026-01-31`, `2026-01-31T08:30:00Z` and `2026-01-31T08:30:00.5+01:00`; nil where it is neither.
    ///
    /// Source: RFC 3339 §5.6; years 1970 to 9999.
    public static func microseconds(_ text: String) -> Int64? {
        var rest = Array(text.utf8)[...]
        guard let year = digits(4, &rest), year >= 1_970, skip("-", &rest), let month = digits(2, &rest),
              skip("-", &rest), let day = digits(2, &rest), (1...12).contains(month),
              let days = CalendarDate.days(year: year, month: month, day: day) else { return nil }
        let start = days * 86_400_000_000
        if rest.isEmpty { return start }
        guard skip("T", &rest), let hour = digits(2, &rest), skip(":", &rest), let minute = digits(2, &rest),
              skip(":", &rest), let second = digits(2, &rest), hour < 24, minute < 60, second < 61 else { return nil }
        var fraction: Int64 = 0
        if skip(".", &rest) {
            var unit: Int64 = 100_000
            let before = rest.count
            while let byte = rest.first, (48...57).contains(byte) {
                fraction += Int64(byte - 48) * unit
                unit /= 10
                rest = rest.dropFirst()
            }
            guard rest.count < before else { return nil }
        }
        guard let offset = offset(rest) else { return nil }
        return start + (Int64(hour * 3_600 + minute * 60 + second) - Int64(offset) * 60) * 1_000_000 + fraction
    }

    /// Minutes east of UTC.
    private static func offset(_ text: ArraySlice<UInt8>) -> Int? {
        var rest = text
        if skip("Z", &rest) { return rest.isEmpty ? 0 : nil }
        let sign = rest.popFirst()
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), let hours = digits(2, &rest), skip(":", &rest),
              let minutes = digits(2, &rest), hours < 24, minutes < 60, rest.isEmpty else { return nil }
        return (sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 60 + minutes)
    }

    private static func digits(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> Int? {
        let part = rest.prefix(count)
        guard part.count == count, part.allSatisfy({ (48...57).contains($0) }) else { return nil }
        rest = rest.dropFirst(count)
        return part.reduce(0) { $0 * 10 + Int($1 - 48) }
    }

    private static func skip(_ character: Unicode.Scalar, _ rest: inout ArraySlice<UInt8>) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }
}
