import Testing
import WardFHIR
import WardVault
@testable import WardSearch

@Suite("Numbers and quantities")
struct QuantityTestTests {
    private func observation(_ value: String) throws -> ExtractedValues {
        try Sample.extract(#"{"resourceType":"Observation","status":"final","code":{"text":"x"},\#(value)}"#)
    }

    private func quantity(_ number: String, _ code: String, _ more: String = "") throws -> ExtractedValues {
        try observation(#""valueQuantity":{"value":\#(number),"system":"http://unitsofmeasure.org","code":"\#(code)"\#(more)}"#)
    }

    private func risk(_ probability: String) throws -> ExtractedValues {
        try Sample.extract(#"{"resourceType":"RiskAssessment","status":"final","prediction":[{"probabilityDecimal":\#(probability)}]}"#)
    }

    private func matches(_ values: ExtractedValues, _ text: String) throws -> Bool {
        try Sample.matches(values, "value-quantity", text)
    }

    /// Source: https://hl7.org/fhir/R4/search.html#number
    @Test("What is written stands for the span of its precision", arguments: [
        ("100", "99.5", true), ("100", "100.49", true), ("100", "100.5", false), ("100", "99.49", false),
        ("100.00", "100.004", true), ("100.00", "100.005", false), ("1e2", "149", true), ("1e2", "49", false),
        ("0.15", "0.145", true), ("0.15", "0.155", false), ("0", "0.4", true), ("0", "-0.5", true), ("0", "0.5", false),
        ("-5.4", "-5.44", true), ("9.95", "9.954", true), ("9.95", "9.955", false),
    ])
    func precision(_ asked: String, _ stored: String, _ isFound: Bool) throws {
        #expect(try Sample.matches(risk(stored), "probability", asked) == isFound)
        #expect(try Sample.matches(risk(stored), "probability", "ne" + asked) == !isFound)
    }

    @Test("With a prefix the number is exact", arguments: [
        ("gt100", "100", false), ("gt100", "100.1", true), ("ge100", "100", true), ("ge100", "99.9", false),
        ("lt100", "100", false), ("lt100", "99.9", true), ("le100", "100", true), ("sa100", "100.1", true), ("eb100", "100", false),
        ("ap100", "109", true), ("ap100", "111", false), ("ap-100", "-91", true),
    ])
    func prefixes(_ asked: String, _ stored: String, _ isFound: Bool) throws {
        #expect(try Sample.matches(risk(stored), "probability", asked) == isFound)
    }

    @Test("Units of one dimension compare by what they are", arguments: [
        ("5.4|http://unitsofmeasure.org|mg", "0.0054", "g", true), ("5.4|http://unitsofmeasure.org|mg", "5400", "ug", true),
        ("5.4|http://unitsofmeasure.org|mg", "0.00545", "g", false), ("5.4|http://unitsofmeasure.org|mg", "5.4", "mL", false),
        ("37.0|http://unitsofmeasure.org|Cel", "98.6", "[degF]", true), ("gt37|http://unitsofmeasure.org|Cel", "98.6", "[degF]", false),
        ("120|http://unitsofmeasure.org|mm[Hg]", "15.998", "kPa", true), ("1|http://unitsofmeasure.org|mmol/L", "1000", "umol/L", true),
        ("5|http://unitsofmeasure.org|10*3/uL", "5000", "/uL", true), ("le2|http://unitsofmeasure.org|[lb_av]", "907.18474", "g", true),
        ("5.4||mg", "5.4", "mg", true), ("5.4||mg", "0.0054", "g", false), ("5.4", "5.4", "g", true),
        ("5.4|http://example.org|mg", "5.4", "mg", false), ("7.4|http://unitsofmeasure.org|[pH]", "7.4", "[pH]", true),
    ])
    func units(_ asked: String, _ number: String, _ code: String, _ isFound: Bool) throws {
        #expect(try matches(quantity(number, code), asked) == isFound)
    }

    @Test("Comparators, ranges, money, samples and ages are spans")
    func spans() throws {
        let below = try quantity("5", "mg", #","comparator":"<""#)
        #expect(try matches(below, "lt5") && !matches(below, "5") && !matches(below, "gt5"))
        let age = try Sample.extract(
            #"{"resourceType":"Condition","subject":{"reference":"Patient/1"},"onsetRange":{"low":{"value":30,"code":"a","#
                + #""system":"http://unitsofmeasure.org"},"high":{"value":40,"code":"a","system":"http://unitsofmeasure.org"}}}"#)
        #expect(try Sample.matches(age, "onset-age", "gt35") && Sample.matches(age, "onset-age", "lt35"))
        #expect(try !Sample.matches(age, "onset-age", "sa35|http://unitsofmeasure.org|a"))
        #expect(try Sample.matches(age, "onset-age", "ge360|http://unitsofmeasure.org|mo"))
        let invoice = try Sample.extract(
            #"{"resourceType":"Invoice","status":"issued","totalNet":{"value":12.50,"currency":"USD"}}"#)
        #expect(try Sample.matches(invoice, "totalnet", "12.50|urn:iso:std:iso:4217|USD"))
        #expect(try !Sample.matches(invoice, "totalnet", "12.50|urn:iso:std:iso:4217|EUR"))
        let samples = try observation(
            #""valueSampledData":{"origin":{"value":10,"code":"mV","system":"http://unitsofmeasure.org"},"period":1,"#
                + #""factor":2,"dimensions":1,"data":"1 E 5 U","upperLimit":7}"#)
        #expect(try matches(samples, "ge24|http://unitsofmeasure.org|mV") && !matches(samples, "gt24|http://unitsofmeasure.org|mV"))
        #expect(try matches(samples, "le12"))
    }

    @Test("What is no number is refused", arguments: [
        "", "x", "5.", ".5", "gt", "zz5", "5|x", "5|a|b|c", "5|http://unitsofmeasure.org|", "0x5", "1e999", "nan",
    ])
    func refusals(_ text: String) {
        #expect(throws: FHIRError.self) { try Sample.query("Observation", ("value-quantity", text)) }
    }

    @Test("What matches is found by the terms of the plan, where the list has the parameter")
    func plans() throws {
        let policy = try IndexPolicy.configured(
            "+value-quantity,+probability", catalog: .r4, types: FHIRDefinitions.r4.resourceTypes)
        var random = SeededNumbers(7)
        let units: [(String, Double)] = [("mg", 1e-3), ("g", 1), ("kg", 1e3), ("[lb_av]", 453.592_37)]
        for _ in 0..<400 {
            let (stored, storedUnit) = (random.next(), units[random.index(4)])
            let asked = random.index(3) == 0 ? stored * storedUnit.1 / units[0].1 : random.next()
            let prefix = ["", "gt", "lt", "ge", "le", "ap", "sa", "eb"][random.index(8)]
            let values = try quantity("\(stored)", storedUnit.0)
            let text = "\(prefix)\(asked)|http://unitsofmeasure.org|mg"
            let query = try Sample.query("Observation", ("value-quantity", text))
            let plan = TokenPlan.make(query, patientResolvable: false, policies: [policy])
            let group = Set(try #require(plan.groups.first))
            let isCandidate = try !group.isDisjoint(with: Set(IndexTerms.terms(values, policy: policy)))
            #expect(try isCandidate || !matches(values, text), "\(stored) \(storedUnit.0) is missed by \(text)")
            #expect(DirectMatch.matches(query, values) == (try matches(values, text)))
        }
    }
}

/// Numbers of many sizes and signs.
private struct SeededNumbers {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func index(_ count: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % count
    }

    mutating func next() -> Double {
        let digits = Double(index(10_000)) + 1
        return digits * [1e-6, 1e-3, 1e-2, 1, 10, 1e4][index(6)] * (index(8) == 0 ? -1 : 1)
    }
}
