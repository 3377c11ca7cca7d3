import Testing
@testable import WardSearch

@Suite("Dates, https://hl7.org/fhir/R4/datatypes.html#dateTime")
struct DateTextTests {
    static let day: Int64 = 86_400_000_000

    @Test("Each precision stands for its span", arguments: [
        ("1970", 0, 365 * day - 1),
        ("1970-02", 31 * day, 59 * day - 1),
        ("1972-02", 761 * day, 790 * day - 1),
        ("1970-01-02", day, 2 * day - 1),
        ("1970-01-01T00:01Z", 60_000_000, 119_999_999),
        ("1970-01-01T00:00:01Z", 1_000_000, 1_999_999),
        ("1970-01-01T00:00:01.5Z", 1_500_000, 1_599_999),
        ("1970-01-01T00:00:01.123Z", 1_123_000, 1_123_999),
        ("1970-01-01T00:00:01.123456789Z", 1_123_456, 1_123_456),
        ("1970-01-01T02:00:00+02:00", 0, 999_999),
        ("1969-12-31T19:00:00-05:00", 0, 999_999),
        ("1969-12-31", -day, -1),
        ("1970-01-01T00:00:00", 0, 999_999),
    ] as [(String, Int64, Int64)])
    func spans(text: String, low: Int64, high: Int64) {
        #expect(DateText.interval(text) == DateInterval(low: low, high: high))
    }

    @Test("What is no date is refused", arguments: [
        "", "197", "1970-13", "1970-00", "1970-02-29", "1970-1-1", "0000", "1970-01-01T", "1970-01-01T24:00Z", "1970-01-01T10",
        "1970-01-01T10:00:00.Z", "1970-01-01T10:00:00Zx", "1970-01-01T10:00:00+15:00", "1970-01-01 10:00", "19700101", "+1970",
    ])
    func refused(text: String) {
        #expect(DateText.interval(text) == nil)
    }

    @Test("Days and their numbers agree over four centuries")
    func civilDays() {
        var date = CivilDay(year: 1800, month: 1, day: 1)
        var number = date.number
        while date.year < 2201 {
            #expect(date.number == number && CivilDay(number: number) == date)
            if date.day < CivilDay.daysInMonth(year: date.year, month: date.month) {
                date.day += 1
            } else {
                date = date.month == 12
                    ? CivilDay(year: date.year + 1, month: 1, day: 1) : CivilDay(year: date.year, month: date.month + 1, day: 1)
            }
            number += 1
        }
    }
}
