/// Reads the text of a FHIR `date`, `dateTime` or `instant` into the span that it stands for.
///
/// Accepted: `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, `YYYY-MM-DDThh:mm[:ss[.f…]][Z|±hh:mm]`. Without a zone the time is UTC. Fractions finer than a
/// microsecond are cut.
/// Source: https://hl7.org/fhir/R4/datatypes.html#dateTime, https://hl7.org/fhir/R4/search.html#date
struct DateText {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    /// The span, or nil where the text has no such form or names no real day.
    static func interval(_ bytes: UnsafeBufferPointer<UInt8>) -> DateInterval? {
        var reader = DateText(bytes: bytes)
        return reader.read()
    }

    /// The same for a string.
    static func interval(_ text: some StringProtocol) -> DateInterval? {
        Array(text.utf8).withUnsafeBufferPointer { interval($0) }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private mutating func read() -> DateInterval? {
        guard let year = digits(4), year > 0 else { return nil }
        if atEnd {
            return days(CivilDay(year: year, month: 1, day: 1), through: CivilDay(year: year, month: 12, day: 31))
        }
        guard take("-"), let month = digits(2), (1...12).contains(month) else { return nil }
        let length = CivilDay.daysInMonth(year: year, month: month)
        if atEnd {
            return days(
                CivilDay(year: year, month: month, day: 1), through: CivilDay(year: year, month: month, day: length))
        }
        guard take("-"), let day = digits(2), (1...length).contains(day) else { return nil }
        let date = CivilDay(year: year, month: month, day: day)
        if atEnd { return days(date, through: date) }
        guard take("T") else { return nil }
        return time(on: date)
    }

    private mutating func time(on date: CivilDay) -> DateInterval? {
        guard let hour = digits(2), hour < 24, take(":"), let minute = digits(2), minute < 60 else { return nil }
        var start = Int64(date.number) * DateInterval.dayMicroseconds + Int64(hour * 60 + minute) * 60_000_000
        var width: Int64 = 60_000_000
        if take(":") {
            guard let second = digits(2), second <= 60 else { return nil }
            start += Int64(second) * 1_000_000
            width = 1_000_000
            if take(".") {
                guard let fraction = fraction(width: &width) else { return nil }
                start += fraction
            }
        }
        guard let offset = zone(), atEnd else { return nil }
        start -= offset
        return DateInterval(low: start, high: start + width - 1)
    }

    /// Microseconds; `width` becomes the precision that was written.
    private mutating func fraction(width: inout Int64) -> Int64? {
        var value: Int64 = 0
        var count = 0
        while position < bytes.count, let digit = Self.digit(bytes[position]) {
            if width > 1 {
                width /= 10
                value += Int64(digit) * width
            }
            position += 1
            count += 1
        }
        return count > 0 ? value : nil
    }

    /// Microseconds that local time is ahead of UTC.
    private mutating func zone() -> Int64? {
        if atEnd || take("Z") { return 0 }
        let sign: Int64
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hours = digits(2), hours <= 14, take(":"), let minutes = digits(2), minutes < 60 else { return nil }
        return sign * Int64(hours * 60 + minutes) * 60_000_000
    }

    private func days(_ first: CivilDay, through last: CivilDay) -> DateInterval {
        DateInterval(
            low: Int64(first.number) * DateInterval.dayMicroseconds,
            high: Int64(last.number + 1) * DateInterval.dayMicroseconds - 1)
    }

    private var atEnd: Bool { position == bytes.count }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func digits(_ count: Int) -> Int? {
        guard position + count <= bytes.count else { return nil }
        var value = 0
        for index in position..<position + count {
            guard let digit = Self.digit(bytes[index]) else { return nil }
            value = value * 10 + digit
        }
        position += count
        return value
    }

    private static func digit(_ byte: UInt8) -> Int? {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? Int(byte &- UInt8(ascii: "0")) : nil
    }
}
