internal import WardSystem

/// Times of log lines.
public enum Timestamp {
    /// Microseconds since 1970-01-01T00:00:00Z by the machine's clock.
    public static func now() -> Int64 { MachineClock.now() }

    /// RFC 3339 in UTC with milliseconds, such as `2026-01-31T08:05:09.120Z`. Years 0000 to 9999; times outside are
    /// clamped.
    public static func text(_ microseconds: Int64) -> String {
        let clamped = min(max(microseconds, -62_167_219_200_000_000), 253_402_300_799_999_000)
        let milliseconds = clamped.flooredQuotient(1_000)
        let seconds = milliseconds.flooredQuotient(1_000)
        let days = seconds.flooredQuotient(86_400)
        let (year, month, day) = civil(fromDays: days)
        let second = Int(seconds - days * 86_400)
        return String(unsafeUninitializedCapacity: 24) { buffer in
            var at = 0
            func put(_ value: Int, _ digits: Int) {
                var rest = value
                for place in stride(from: at + digits - 1, through: at, by: -1) {
                    buffer[place] = UInt8(48 + rest % 10)
                    rest /= 10
                }
                at += digits
            }
            func mark(_ character: Unicode.Scalar) {
                buffer[at] = UInt8(ascii: character)
                at += 1
            }
            put(year, 4); mark("-"); put(month, 2); mark("-"); put(day, 2); mark("T")
            put(second / 3_600, 2); mark(":"); put(second / 60 % 60, 2); mark(":"); put(second % 60, 2); mark(".")
            put(Int(milliseconds - seconds * 1_000), 3); mark("Z")
            return at
        }
    }

    /// Year, month and day of the proleptic Gregorian calendar. Source: H. Hinnant, "chrono-compatible low-level date
    /// algorithms".
    public static func civil(fromDays days: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted.flooredQuotient(146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (Int(year), Int(month), Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1))
    }
}

extension Int64 {
    /// The quotient rounded down, also for negative numbers.
    fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
        self >= 0 ? self / divisor : (self - divisor + 1) / divisor
    }
}
