/// A day of the Gregorian calendar, by its distance from 1970-01-01.
struct CalendarDay: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01.
    let number: Int

    static func < (left: Self, right: Self) -> Bool { left.number < right.number }

    /// A day so many days later.
    func adding(_ days: Int) -> CalendarDay { CalendarDay(number: number + days) }

    /// `2026-01-31`.
    var text: String {
        // H. Hinnant, "chrono-compatible low-level date algorithms"; days from the year 0 on.
        let shifted = number + 719_468
        let era = shifted / 146_097
        let day = shifted - era * 146_097
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365
        let ofYear = day - (365 * year + year / 4 - year / 100)
        let fromMarch = (5 * ofYear + 2) / 153
        let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        let ofMonth = ofYear - (153 * fromMarch + 2) / 5 + 1
        return "\(year + era * 400 + (month <= 2 ? 1 : 0))-\(Self.two(month))-\(Self.two(ofMonth))"
    }

    /// `2026-01-31T09:30:00Z`.
    func text(hour: Int, minute: Int) -> String { "\(text)T\(Self.two(hour)):\(Self.two(minute)):00Z" }

    private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
