/// When people of this house usually work.
public struct WorkHours: Sendable {
    /// Minutes after midnight, first included, last not; where the first is greater, they go over midnight.
    public var minutes: (from: Int, to: Int)
    /// Days of the week, 1 Monday to 7 Sunday.
    public var days: Set<Int>
    /// Seconds east of UTC at a time (seconds since 1970).
    let offset: @Sendable (Int64) -> Int

    /// Hours; see the properties.
    public init(minutes: (from: Int, to: Int), days: Set<Int>, offset: @escaping @Sendable (Int64) -> Int) {
        self.minutes = minutes
        self.days = days
        self.offset = offset
    }

    /// Hours from text such as `07:00-19:00` and `1-5` or `1,2,4`; nil where it has another form.
    public init?(hours: String, days: String, offset: @escaping @Sendable (Int64) -> Int) {
        let ends = hours.split(separator: "-", omittingEmptySubsequences: false).map(Self.minutes)
        guard ends.count == 2, let from = ends[0], let to = ends[1], from != to, let days = Self.days(days) else {
            return nil
        }
        self.init(minutes: (from, to), days: days, offset: offset)
    }

    /// True where a time (microseconds since 1970) lies in them.
    public func contains(_ time: Int64) -> Bool {
        let seconds = time / 1_000_000
        let local = seconds + Int64(offset(seconds))
        let day = local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
        let minute = Int((local - day * 86_400) / 60)
        // 1970-01-01 was a Thursday.
        let weekday = Int(((day + 3) % 7 + 7) % 7) + 1
        guard minutes.from > minutes.to else {
            return days.contains(weekday) && minute >= minutes.from && minute < minutes.to
        }
        if minute >= minutes.from { return days.contains(weekday) }
        // The small hours belong to the shift that began the day before.
        return minute < minutes.to && days.contains(weekday == 1 ? 7 : weekday - 1)
    }

    private static func minutes(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = Int(parts[0]),
              let minute = Int(parts[1]), (0...24).contains(hour), (0...59).contains(minute),
              hour * 60 + minute <= 1_440
        else { return nil }
        return hour * 60 + minute
    }

    private static func days(_ text: String) -> Set<Int>? {
        var days: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
                  (1...7).contains(first), (first...7).contains(last) else { return nil }
            days.formUnion(first...last)
        }
        return days
    }
}
