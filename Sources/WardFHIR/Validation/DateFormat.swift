/// The formats of `date`, `dateTime`, `instant` and `time`: real days only, and a time zone wherever there is a time.
///
/// Source: https://hl7.org/fhir/R4/datatypes.html#dateTime
enum DateFormat {
    typealias Bytes = UnsafeBufferPointer<UInt8>

    static func isDate(_ text: Bytes) -> Bool {
        date(text) == text.count
    }

    static func isDateTime(_ text: Bytes) -> Bool {
        guard let end = date(text) else { return false }
        return end == text.count || (end == 10 && isTimeWithZone(text))
    }

    static func isInstant(_ text: Bytes) -> Bool {
        date(text) == 10 && isTimeWithZone(text)
    }

    static func isTime(_ text: Bytes) -> Bool {
        time(text, from: 0) == text.count
    }

    /// Where a date of 4, 7 or 10 bytes at the beginning ends, or nil.
    private static func date(_ text: Bytes) -> Int? {
        guard let century = pair(text, 0), let rest = pair(text, 2), century + rest > 0 else { return nil }
        guard text.count > 4 else { return 4 }
        guard text[4] == UInt8(ascii: "-"), let month = pair(text, 5), (1...12).contains(month) else { return nil }
        guard text.count > 7 else { return 7 }
        guard text[7] == UInt8(ascii: "-"), let day = pair(text, 8), day > 0 else { return nil }
        return day <= days(in: month, of: century * 100 + rest) ? 10 : nil
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// `T`, a time and a zone, from byte 10 to the end.
    private static func isTimeWithZone(_ text: Bytes) -> Bool {
        guard text.count > 11, text[10] == UInt8(ascii: "T"), let zone = time(text, from: 11), zone < text.count
        else { return false }
        switch text[zone] {
        case UInt8(ascii: "Z"):
            return text.count == zone + 1
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard text.count == zone + 6, text[zone + 3] == UInt8(ascii: ":"), let hours = pair(text, zone + 1),
                let minutes = pair(text, zone + 4)
            else { return false }
            return minutes < 60 && (hours < 14 || (hours == 14 && minutes == 0))
        default:
            return false
        }
    }

    /// Where `hh:mm:ss` with an optional fraction ends, or nil.
    private static func time(_ text: Bytes, from start: Int) -> Int? {
        guard text.count >= start + 8, text[start + 2] == UInt8(ascii: ":"), text[start + 5] == UInt8(ascii: ":"),
            let hour = pair(text, start), let minute = pair(text, start + 3), let second = pair(text, start + 6),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        var end = start + 8
        guard end < text.count, text[end] == UInt8(ascii: ".") else { return end }
        end += 1
        while end < text.count, PrimitiveFormat.isDigit(text[end]) { end += 1 }
        return end > start + 9 ? end : nil
    }

    @inline(__always)
    private static func pair(_ text: Bytes, _ at: Int) -> Int? {
        guard at + 2 <= text.count, PrimitiveFormat.isDigit(text[at]), PrimitiveFormat.isDigit(text[at + 1])
        else { return nil }
        return Int(text[at] - UInt8(ascii: "0")) * 10 + Int(text[at + 1] - UInt8(ascii: "0"))
    }
}
