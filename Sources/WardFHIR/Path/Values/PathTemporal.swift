/// A date, dateTime or time, with the precision that it is written with.
///
/// Source: https://hl7.org/fhirpath/N1/#datetime
public struct PathTemporal: Sendable {
    /// Which of the three it is; the raw value is the type's name.
    public enum Kind: String, Sendable {
        case date = "Date"
        case dateTime = "DateTime"
        case time = "Time"
    }

    /// Which of the three it is.
    public let kind: Kind
    /// Year, month, day, hour, minute, milliseconds of the minute, as far as they are written; a time begins at the
    /// hour.
    let fields: [Int]
    /// Minutes east of UTC, if written.
    let offset: Int?
    /// As written.
    public let text: String

    /// Parses the form of the literals (`2012-04-15T10:00`, `T10:00`) and of FHIR (`10:00:00` for a time).
    init?(_ text: String, kind wanted: Kind? = nil) {
        self.text = text
        var rest = Substring(text)
        var fields: [Int] = []
        var offset: Int?
        let isTime = wanted == .time || rest.first == "T"
        if !isTime {
            let day = rest.prefix { $0 != "T" }
            rest = rest.dropFirst(day.count)
            guard let date = Self.date(day) else { return nil }
            fields = date
        }
        let hasClock = isTime || rest.first == "T"
        if rest.first == "T" { rest.removeFirst() }
        if hasClock && !rest.isEmpty {
            guard fields.isEmpty || fields.count == 3, let (clock, zone) = Self.clock(rest) else { return nil }
            if isTime && zone != nil { return nil }
            fields += clock
            offset = zone
        } else if isTime {
            return nil
        }
        self.fields = fields
        self.offset = offset
        kind = wanted ?? (isTime ? .time : hasClock ? .dateTime : .date)
        if kind == .date && fields.count > 3 { return nil }
    }

    /// Less, equal or greater, as -1, 0, 1; nil when the precision, or a missing zone, leaves it open.
    func compare(_ other: PathTemporal) -> Int? {
        if (kind == .time) != (other.kind == .time) { return nil }
        let (mine, theirs) = (comparable(against: other), other.comparable(against: self))
        let common = min(mine.count, theirs.count)
        if common > 3 && kind != .time && (offset == nil) != (other.offset == nil) { return nil }
        for index in 0..<common where mine[index] != theirs[index] { return mine[index] < theirs[index] ? -1 : 1 }
        return mine.count == theirs.count ? 0 : nil
    }

    /// The same for equal moments, also where they are written in other zones.
    var equalityHash: Int {
        var hasher = Hasher()
        if let offset, fields.count >= 5 {
            let days = Self.days(year: fields[0], month: fields[1], day: fields[2])
            hasher.combine((days * 24 + fields[3]) * 60 + fields[4] - offset)
            hasher.combine(fields.dropFirst(5).first)
        } else {
            hasher.combine(fields)
        }
        return hasher.finalize()
    }

    /// In UTC, if both have a zone.
    private func comparable(against other: PathTemporal) -> [Int] {
        guard let offset, let theirs = other.offset, offset != theirs, fields.count >= 5 else { return fields }
        let days = Self.days(year: fields[0], month: fields[1], day: fields[2])
        let minutes = (days * 24 + fields[3]) * 60 + fields[4] - offset
        let (day, minute) = minutes.quotientAndRemainder(dividingBy: 1440)
        let clock = minute < 0 ? (day - 1, minute + 1440) : (day, minute)
        let date = Self.date(days: clock.0)
        return [date.0, date.1, date.2, clock.1 / 60, clock.1 % 60] + fields.dropFirst(5)
    }

    private static func date(_ text: Substring) -> [Int]? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count) else { return nil }
        var fields: [Int] = []
        for (index, part) in parts.enumerated() {
            guard part.utf8.count == (index == 0 ? 4 : 2), let number = UInt16(part) else { return nil }
            let range = [0...9999, 1...12, 1...31][index]
            guard range.contains(Int(number)) else { return nil }
            fields.append(Int(number))
        }
        return fields
    }

    private static func clock(_ text: Substring) -> (fields: [Int], offset: Int?)? {
        let body = text.prefix { $0.isNumber || $0 == ":" || $0 == "." }
        guard let offset = zone(text.dropFirst(body.count)) else { return nil }
        let parts = body.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count) else { return nil }
        var fields: [Int] = []
        for (index, part) in parts.enumerated() where index < 2 {
            guard part.utf8.count == 2, let number = UInt16(part), number < (index == 0 ? 25 : 60) else { return nil }
            fields.append(Int(number))
        }
        if parts.count == 3 {
            let pieces = parts[2].split(separator: ".", omittingEmptySubsequences: false)
            guard pieces.count <= 2,
                pieces[0].utf8.count == 2,
                let seconds = UInt16(pieces[0]), seconds <= 60
            else { return nil }
            var milliseconds = 0
            if pieces.count == 2 {
                guard let fraction = UInt16((pieces[1].prefix(3) + "000").prefix(3)) else { return nil }
                milliseconds = Int(fraction)
            }
            fields.append(Int(seconds) * 1000 + milliseconds)
        }
        return (fields, offset)
    }

    private static func zone(_ text: Substring) -> Int?? {
        if text.isEmpty { return .some(nil) }
        if text == "Z" { return .some(0) }
        let parts = text.dropFirst().split(separator: ":")
        guard text.first == "+" || text.first == "-", parts.count == 2, let hours = UInt8(parts[0]), hours <= 14,
            let minutes = UInt8(parts[1]), minutes < 60
        else { return nil }
        return .some((Int(hours) * 60 + Int(minutes)) * (text.first == "-" ? -1 : 1))
    }

    /// Days from 1970-01-01 in the proleptic Gregorian calendar.
    static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func date(days: Int) -> (Int, Int, Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let part = (5 * dayOfYear + 2) / 153
        let month = part < 10 ? part + 3 : part - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * part + 2) / 5 + 1)
    }
}
