import Testing
@testable import WardSearch

@Suite("Date prefixes, https://hl7.org/fhir/R4/search.html#prefix")
struct DateTestTests {
    /// Which of these targets match; the search is for 2013-01-14 in every case.
    static let targets = [
        "2013-01-13", "2013-01-14", "2013-01-15", "2013-01-14T10:00:00Z", "2013-01", "2013", "2012", "2014",
    ]

    @Test("A day against points and wider spans", arguments: [
        ("eq", [false, true, false, true, false, false, false, false]),
        ("ne", [true, false, true, false, true, true, true, true]),
        ("gt", [false, false, true, false, true, true, false, true]),
        ("lt", [true, false, false, false, true, true, true, false]),
        ("ge", [false, true, true, true, true, true, false, true]),
        ("le", [true, true, false, true, true, true, true, false]),
        ("sa", [false, false, true, false, false, false, false, true]),
        ("eb", [true, false, false, false, false, false, true, false]),
    ])
    func prefixes(prefix: String, expected: [Bool]) throws {
        for (target, holds) in zip(Self.targets, expected) {
            let values = try Sample.extract(
                #"{"resourceType":"Observation","effectiveDateTime":"\#(target)"}"#)
            #expect(try Sample.matches(values, "date", prefix + "2013-01-14") == holds, "\(prefix) \(target)")
            if prefix == "eq" { #expect(try Sample.matches(values, "date", "2013-01-14") == holds) }
        }
    }

    @Test("ap widens by a tenth of the distance to now")
    func approximate() throws {
        // Now is 2024-06-01: ten years from 2014-06-01, so that about one year is added on each side.
        let values = try Sample.extract(#"{"resourceType":"Observation","effectiveDateTime":"2013-07-01"}"#)
        #expect(try Sample.matches(values, "date", "ap2014-06-01"))
        #expect(try !Sample.matches(values, "date", "ap2014-08-01"))
        #expect(try Sample.matches(values, "date", "ap2012-07-01"))
    }

    @Test("Open periods reach to the end of time, timings to their outer limits")
    func openEnds() throws {
        let encounter = try Sample.extract(#"{"resourceType":"Encounter","period":{"start":"2013-01-14"}}"#)
        #expect(try Sample.matches(encounter, "date", "gt2050"))
        #expect(try !Sample.matches(encounter, "date", "lt2013-01-14"))
        #expect(try Sample.matches(encounter, "date", "ge2013-01-14"))
        #expect(try !Sample.matches(encounter, "date", "2013"))
        let order = try Sample.extract(
            #"""
            {"resourceType":"ServiceRequest","occurrenceTiming":
            {"event":["2012-03-01","2012-05-01"],"repeat":{"boundsPeriod":{"end":"2012-06-30","start":"2012-04-01"}}}}
            """#)
        #expect(order["occurrence"] == [.date(Sample.interval("2012-03-01").union(Sample.interval("2012-06-30")))])
    }

    @Test("Whatever cannot be compared still counts for :missing")
    func missing() throws {
        let none = try Sample.extract(#"{"resourceType":"Encounter"}"#)
        let empty = try Sample.extract(#"{"resourceType":"Encounter","period":{"id":"x"}}"#)
        #expect(try Sample.matches(none, "date:missing", "true") && !Sample.matches(none, "date:missing", "false"))
        #expect(try Sample.matches(empty, "date:missing", "false") && !Sample.matches(empty, "date", "ne1900"))
    }
}
