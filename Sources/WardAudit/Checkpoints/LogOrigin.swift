/// What names an audit log: `audit.<deployment>/<log>`, and with the year each of its books.
///
/// Source: C2SP tlog-checkpoint: an origin is unique for each log and never changes.
public struct LogOrigin: Hashable, Sendable {
    /// `audit.<deployment>/<log>`.
    public let prefix: String

    /// Names a log.
    /// - Parameters:
    ///   - deployment: what sets this installation apart from every other one, such as a host name or a random id.
    ///   - log: the name of the log inside the deployment.
    /// - Throws: ``AuditError`` with `.invalidOrigin` unless both are 1 to 100 characters of `a-z A-Z 0-9 . - _`.
    public init(deployment: String, log: String = "main") throws(AuditError) {
        for part in [deployment, log] {
            guard (1...100).contains(part.utf8.count), part.utf8.allSatisfy(Self.allows) else {
                throw AuditError(.invalidOrigin, "deployment and log take 1 to 100 characters of a-z A-Z 0-9 . - _")
            }
        }
        prefix = "audit.\(deployment)/\(log)"
    }

    /// The origin of the book of a calendar year: `audit.<deployment>/<log>/<year>`.
    public func origin(year: Int) -> String { "\(prefix)/\(year)" }

    /// The log that an origin of a book belongs to, and the book's year; nil where the text is no origin of a book.
    public static func book(of origin: String) -> (prefix: String, year: Int)? {
        guard let slash = origin.lastIndex(of: "/") else { return nil }
        let year = origin[origin.index(after: slash)...]
        guard year.utf8.count == 4, let number = Int(year), number >= 1_970, slash > origin.startIndex else {
            return nil
        }
        return (String(origin[..<slash]), number)
    }

    private static func allows(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
             UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}

/// Calendar facts of a time stamp, without a calendar library.
enum CalendarDate {
    /// Year, month and day (UTC) of microseconds since 1970. Source: H. Hinnant, "chrono-compatible low-level date
    /// algorithms".
    static func civil(_ microseconds: Int64) -> (year: Int, month: Int, day: Int) {
        let days = floorDivide(microseconds, 86_400_000_000)
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
        let month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
        return (Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0), month, day)
    }

    /// Microseconds since 1970 of the first instant of a year (UTC).
    static func start(ofYear year: Int) -> Int64 {
        let before = Int64(year) - 1
        let days = before * 365 + floorDivide(before, 4) - floorDivide(before, 100) + floorDivide(before, 400) - 719_162
        return days * 86_400_000_000
    }

    /// Days since 1970-01-01 of a date; nil where the month has no such day.
    static func days(year: Int, month: Int, day: Int) -> Int64? {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...12).contains(month), (1...lengths[month - 1]).contains(day) else { return nil }
        let before = lengths[..<(month - 1)].reduce(0, +) + day - 1
        return start(ofYear: year) / 86_400_000_000 + Int64(before)
    }

    /// The calendar year (UTC).
    static func year(of microseconds: Int64) -> Int { civil(microseconds).year }

    /// `2026-01-31T23:59:59.123456Z`.
    static func text(_ microseconds: Int64) -> String {
        let (year, month, day) = civil(microseconds)
        let time = microseconds - floorDivide(microseconds, 86_400_000_000) * 86_400_000_000
        let seconds = time / 1_000_000
        return pad(Int64(year), 4) + "-" + pad(Int64(month), 2) + "-" + pad(Int64(day), 2) + "T"
            + pad(seconds / 3_600, 2) + ":"
            + pad(seconds / 60 % 60, 2) + ":" + pad(seconds % 60, 2) + "." + pad(time % 1_000_000, 6) + "Z"
    }

    private static func pad(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func floorDivide(_ value: Int64, _ by: Int64) -> Int64 {
        value >= 0 ? value / by : (value - by + 1) / by
    }
}
