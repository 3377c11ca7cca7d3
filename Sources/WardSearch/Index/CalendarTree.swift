/// The tree by which dates are found in a blind index: century, decade, year, quarter, month, third of a month, day (UTC).
///
/// A value inside one day carries the seven nodes that hold the day. A wider value carries those of its first and of its last day, and
/// ``spanNode``. What lies outside 1900 to 2099, and an end that is open, carries a sentinel instead.
///
/// A range of days is covered by the fewest nodes (36 at most for one that is open at one end). A value with an end inside the range carries
/// one of them. A value with both ends outside may still enclose a range that has two ends: for such a range ask ``spanNode`` as well.
enum CalendarTree {
    /// Sizes of node, widest first; the raw value is part of the index and does not change.
    enum Level: UInt8, CaseIterable {
        case century = 0, decade, year, quarter, month, third, day
    }

    /// A node: five bytes, the level (or 0x10 to 0x12 for the others) and a number, big endian.
    typealias Node = [UInt8]

    static let beforeNode: Node = [0x10, 0, 0, 0, 0]
    static let afterNode: Node = [0x11, 0, 0, 0, 0]
    static let spanNode: Node = [0x12, 0, 0, 0, 0]

    static let firstDay = CivilDay(year: 1900, month: 1, day: 1).number
    static let lastDay = CivilDay(year: 2099, month: 12, day: 31).number

    /// What a node is, in a word: `month`, `before`, …
    static func name(of node: Node) -> String {
        switch node.first {
        case beforeNode[0]: "before"
        case afterNode[0]: "after"
        case spanNode[0]: "span"
        case let level?: Level(rawValue: level).map { "\($0)" } ?? "node"
        case nil: "node"
        }
    }

    /// The nodes that a value carries.
    static func nodes(of interval: DateInterval) -> [Node] {
        let low = clamped(interval.low)
        let high = clamped(interval.high)
        var result = family(of: low)
        if low == high { return result }
        for node in family(of: high) where !result.contains(node) { result.append(node) }
        result.append(spanNode)
        return result
    }

    /// The fewest nodes that hold every value with an end in the days of `low … high` (microseconds; open ends allowed).
    static func cover(low: Int64, high: Int64) -> [Node] {
        var day = clamped(low)
        let last = clamped(high)
        var result: [Node] = []
        if day > last { return result }
        if day < firstDay {
            result.append(beforeNode)
            day = firstDay
        }
        let lastInside = Swift.min(last, lastDay)
        while day <= lastInside {
            let date = CivilDay(number: day)
            // A day always fits, so the loop ends.
            for level in Level.allCases {
                guard let next = block(level, startingAt: date), next - 1 <= lastInside else { continue }
                result.append(node(level, date, day))
                day = next
                break
            }
        }
        if last > lastDay { result.append(afterNode) }
        return result
    }

    /// The day of a time; one before or after the tree for all that lies outside.
    private static func clamped(_ microseconds: Int64) -> Int {
        Swift.max(firstDay - 1, Swift.min(lastDay + 1, CivilDay.number(ofMicroseconds: microseconds)))
    }

    private static func family(of day: Int) -> [Node] {
        if day < firstDay { return [beforeNode] }
        if day > lastDay { return [afterNode] }
        let date = CivilDay(number: day)
        return Level.allCases.map { node($0, date, day) }
    }

    private static func node(_ level: Level, _ date: CivilDay, _ day: Int) -> Node {
        let number = switch level {
        case .century: date.year / 100
        case .decade: date.year / 10
        case .year: date.year
        case .quarter: date.year * 4 + (date.month - 1) / 3
        case .month: date.year * 12 + date.month - 1
        case .third: (date.year * 12 + date.month - 1) * 3 + third(date.day)
        case .day: day - firstDay
        }
        return [
            level.rawValue, UInt8(truncatingIfNeeded: number >> 24), UInt8(truncatingIfNeeded: number >> 16),
            UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number),
        ]
    }

    /// 0 for days 1 to 10, 1 for 11 to 20, 2 for the rest.
    private static func third(_ day: Int) -> Int { Swift.min((day - 1) / 10, 2) }

    /// The number of the day after the node of that level which begins with `date`; nil if none begins there.
    private static func block(_ level: Level, startingAt date: CivilDay) -> Int? {
        let isFirstOfMonth = date.day == 1
        let isFirstOfYear = isFirstOfMonth && date.month == 1
        func start(_ year: Int, _ month: Int) -> Int { CivilDay(year: year, month: month, day: 1).number }
        switch level {
        case .century: return isFirstOfYear && date.year % 100 == 0 ? start(date.year + 100, 1) : nil
        case .decade: return isFirstOfYear && date.year % 10 == 0 ? start(date.year + 10, 1) : nil
        case .year: return isFirstOfYear ? start(date.year + 1, 1) : nil
        case .quarter:
            guard isFirstOfMonth, date.month % 3 == 1 else { return nil }
            return date.month == 10 ? start(date.year + 1, 1) : start(date.year, date.month + 3)
        case .month:
            guard isFirstOfMonth else { return nil }
            return date.month == 12 ? start(date.year + 1, 1) : start(date.year, date.month + 1)
        case .third:
            switch date.day {
            case 1, 11: return date.number + 10
            case 21: return date.month == 12 ? start(date.year + 1, 1) : start(date.year, date.month + 1)
            default: return nil
            }
        case .day: return date.number + 1
        }
    }
}
