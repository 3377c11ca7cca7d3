import Testing
import WardFHIR
import WardTesting
@testable import WardSearch

@Suite("Filter records")
struct FilterRecordTests {
    static let observation = #"""
        {"resourceType":"Observation","status":"final",
        "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],
        "code":{"coding":[{"system":"http://loinc.org","code":"8302-2"}],"text":"Body Height"},
        "subject":{"reference":"Patient/0b4d5f3e-8f0a-4c2e-9b1d-1234567890ab"},
        "encounter":{"reference":"Encounter/1b4d5f3e-8f0a-4c2e-9b1d-1234567890ab"},
        "effectiveDateTime":"2013-01-14T10:00:00-05:00","valueString":"Größe\tüber  1"}
        """#

    @Test("Every kind of value comes back as it was")
    func roundTrip() throws {
        let values = try Sample.extract(Self.observation)
        let bytes = FilterRecord.encode(values)
        #expect(try FilterRecord.decode(bytes, parameters: values.parameters) == values.entries)
        let each: [SearchValue] = [
            .present, .token(TokenValue(system: .none, code: "a")), .token(TokenValue(system: .implied, code: "b")),
            .token(TokenValue(system: .uri("http://loinc.org"), code: "c")), .token(TokenValue(system: .uri("urn:y"), code: "")),
            .token(TokenValue(system: .uri("http://loinc.org"), code: nil)), .token(TokenValue(system: .uri("urn:y"), code: nil)),
            .string(StringValue("Plain Text")), .string(StringValue(" spaced  ")), .string(StringValue("Ünï")),
            .reference(.local(type: "Patient", id: "1b4d5f3e-8f0a-4c2e-9b1d-1234567890ab")),
            .reference(.local(type: "VisionPrescription", id: "1B4d5f3e-8f0a-4c2e-9b1d-1234567890ab")),
            .reference(.absolute("urn:uuid:x")), .reference(.identifier(TokenValue(system: .none, code: "7"))),
            .uri(CanonicalValue(url: "http://a")), .uri(CanonicalValue(url: "http://a", version: "")),
            .date(Sample.interval("1850-03-04")), .date(Sample.interval("2013")), .date(Sample.interval("2013-01-01T10:00:00.5Z")),
            .date(DateInterval(low: DateInterval.openLow, high: DateInterval.openHigh)),
            .string(StringValue(String(repeating: "long ", count: 4_000) + "end")),
        ]
        let made = ExtractedValues(
            parameters: values.parameters, entries: [.init(number: 0, values: each), .init(number: 90, values: each)], patient: nil)
        let record = FilterRecord.encode(made)
        #expect(try FilterRecord.decode(record, parameters: values.parameters) == made.entries)
        #expect(record.count < 20_600 * 2, "equal values of two parameters are written once")
    }

    @Test("An Observation takes less than 200 bytes")
    func size() throws {
        #expect(FilterRecord.encode(try Sample.extract(Self.observation)).count < 200)
    }

    @Test("Records of another version or of other parameters are stale")
    func stale() throws {
        let values = try Sample.extract(Self.observation)
        let query = try Sample.query("Observation", ("code", "x"))
        for place in 0..<3 {
            var bytes = FilterRecord.encode(values)
            bytes[place] ^= 1
            #expect(throws: FilterRecordError(.stale)) {
                try QueryMatcher(query).matches(filter: bytes, id: "1", updatedAt: 0)
            }
        }
        #expect(throws: FilterRecordError(.malformed)) {
            try QueryMatcher(query).matches(filter: [], id: "1", updatedAt: 0)
        }
    }

    @Test("Broken records are refused or misread, but never read past their end")
    func broken() throws {
        let values = try Sample.extract(Self.observation)
        let whole = FilterRecord.encode(values)
        let query = try Sample.query(
            "Observation", ("value-string", "x"), ("code:not", "x"), ("date", "ne2000"), ("subject", "x"), ("_profile", "x"))
        let matcher = QueryMatcher(query)
        var random = SeededRandom(seed: 3)
        for _ in 0..<20_000 {
            var bytes = Array(whole.prefix(Int.random(in: 3...whole.count, using: &random)))
            for _ in 0..<Int.random(in: 0...3, using: &random) where bytes.count > 3 {
                bytes[Int.random(in: 3..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = try? matcher.matches(filter: bytes, id: "1", updatedAt: 0)
            _ = try? FilterRecord.decode(bytes, parameters: values.parameters)
        }
    }

    @Test("Descriptions show nothing of a person")
    func redacted() throws {
        let values = try Sample.extract(Self.observation)
        var shown = "\(values) \(String(reflecting: values)) \(values["code"]) \(values["subject"])"
        dump(values, to: &shown)
        let query = try Sample.query("Observation", ("code", "8302-2"))
        shown += "\(query) \(query.clauses) \(String(reflecting: query.clauses))"
        dump(query, to: &shown)
        #expect(!shown.contains("8302-2") && !shown.contains("0b4d5f3e") && !shown.contains("laboratory"))
    }
}
