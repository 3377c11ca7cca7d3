import Testing
import WardTesting
@testable import WardSearch

@Suite("The calendar tree")
struct CalendarTreeTests {
    @Test("A value inside a day carries seven nodes, a span both families and a mark")
    func stored() {
        #expect(CalendarTree.nodes(of: Sample.interval("2013-01-14T10:00:00Z")).count == 7)
        #expect(CalendarTree.nodes(of: Sample.interval("2013-01-14")).count == 7)
        // From January to December of one year: century, decade and year are shared.
        #expect(CalendarTree.nodes(of: Sample.interval("2013")).count == 7 + 4 + 1)
        let open = DateInterval(low: Sample.interval("2013-01-14").low, high: DateInterval.openHigh)
        #expect(CalendarTree.nodes(of: open).count == 7 + 1 + 1)
        #expect(CalendarTree.nodes(of: Sample.interval("1850")) == [CalendarTree.beforeNode])
    }

    @Test("A year, a quarter, a month and a day are one node", arguments: [
        ("2013", "2013"), ("2013-04-01", "2013-06-30"), ("2013-02", "2013-02"), ("2013-02-21", "2013-02-28"),
        ("2013-02-11", "2013-02-20"), ("2013-02-14", "2013-02-14"), ("1990", "1999"), ("1900", "1999"),
    ])
    func aligned(first: String, last: String) {
        #expect(CalendarTree.cover(low: Sample.interval(first).low, high: Sample.interval(last).high).count == 1)
    }

    @Test("From any day on, and up to any day: 37 nodes at most, about 18 on average")
    func size() {
        var most = 0
        var sum = 0
        var days = 0
        for day in stride(from: CalendarTree.firstDay, through: CalendarTree.lastDay, by: 1) {
            let time = Int64(day) * DateInterval.dayMicroseconds
            let after = CalendarTree.cover(low: time, high: DateInterval.openHigh).count
            let before = CalendarTree.cover(low: DateInterval.openLow, high: time).count
            most = max(most, after, before)
            sum += after
            days += 1
        }
        #expect(most <= 37)
        #expect((15...20).contains(sum / days))
    }

    @Test("A cover holds exactly the days of its range")
    func exact() {
        var random = SeededRandom(seed: 7)
        for _ in 0..<400 {
            let first = Int.random(in: CalendarTree.firstDay - 400...CalendarTree.lastDay + 400, using: &random)
            let last = first + Int.random(in: 0...4_000, using: &random)
            let cover = Set(CalendarTree.cover(
                low: Int64(first) * DateInterval.dayMicroseconds, high: Int64(last) * DateInterval.dayMicroseconds + 5))
            for _ in 0..<40 {
                let day = Int.random(in: first - 200...last + 200, using: &random)
                let isOutside = day < CalendarTree.firstDay || day > CalendarTree.lastDay
                let time = Int64(day) * DateInterval.dayMicroseconds + 77
                let found = !cover.isDisjoint(with: CalendarTree.nodes(of: DateInterval(low: time, high: time)))
                if !isOutside { #expect(found == (day >= first && day <= last)) }
                if isOutside, day >= first, day <= last { #expect(found) }
            }
        }
    }
}
