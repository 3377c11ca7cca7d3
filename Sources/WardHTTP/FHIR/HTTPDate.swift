internal import WardPHI

/// Dates of HTTP header fields. Source: RFC 9110 §5.6.7 (IMF-fixdate).
enum HTTPDate {
    /// Such as `Sun, 06 Nov 1994 08:49:37 GMT`, from microseconds since 1970-01-01T00:00:00Z, cut to the second.
    static func text(_ microseconds: Int64) -> String {
        let seconds = max(0, microseconds / 1_000_000)
        let days = seconds / 86_400
        let (year, month, day) = Timestamp.civil(fromDays: days)
        let second = Int(seconds % 86_400)
        return String(unsafeUninitializedCapacity: 29) { buffer in
            var at = 0
            func put(_ text: StaticString) {
                for byte in UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount) {
                    buffer[at] = byte
                    at += 1
                }
            }
            func put(_ value: Int, _ digits: Int) {
                var rest = value
                for place in stride(from: at + digits - 1, through: at, by: -1) {
                    buffer[place] = UInt8(48 + rest % 10)
                    rest /= 10
                }
                at += digits
            }
            put(weekdays[Int(days % 7)]); put(", "); put(day, 2)
            put(" "); put(months[month - 1]); put(" "); put(year, 4); put(" ")
            put(second / 3_600, 2); put(":"); put(second / 60 % 60, 2); put(":"); put(second % 60, 2); put(" GMT")
            return at
        }
    }

    /// The first day of 1970 was a Thursday.
    private static let weekdays: [StaticString] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months: [StaticString] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
