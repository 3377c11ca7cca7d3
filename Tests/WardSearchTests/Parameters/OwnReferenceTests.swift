import Testing
import WardFHIR
@testable import WardSearch

@Suite("References to this server by its own URL")
struct OwnReferenceTests {
    static let resource = #"""
        {"resourceType":"Observation","subject":{"reference":"https://one.test/fhir/Patient/p1/_history/2"},
        "performer":[{"reference":"https://two.test/fhir/Practitioner/9"}]}
        """#

    private func extract(under base: String?, _ json: String = resource) throws -> ExtractedValues {
        let node = try JSONDocument(parsing: Array(json.utf8)).root
        return try SearchCatalog.r4.extract(
            node, type: "Observation", id: "1", context: SearchContext(baseURL: base, now: 0))
    }

    private func matches(_ values: ExtractedValues, _ name: String, _ value: String, at base: String) throws -> Bool {
        let query = try SearchQuery.parse(
            type: "Observation", parameters: [(name, value)], handling: .strict, catalog: .r4,
            context: SearchContext(baseURL: base, now: 0))
        return try QueryMatcher(query).matches(filter: FilterRecord.encode(values), id: "1", updatedAt: 0)
    }

    @Test("They are found by Type/id and by URL, whatever the server is called then", arguments: [
        ("https://one.test/fhir", "Patient/p1", true),
        ("https://one.test/fhir", "https://one.test/fhir/Patient/p1", true),
        ("https://two.test/fhir", "Patient/p1", true),
        ("https://two.test/fhir", "https://one.test/fhir/Patient/p1", true),
        ("https://two.test/fhir", "https://two.test/fhir/Patient/p1", true),
        ("https://one.test/fhir", "https://one.test/fhir/Patient/p2", false),
        ("https://two.test/fhir", "https://three.test/fhir/Patient/p1", false),
    ])
    func found(base: String, value: String, holds: Bool) throws {
        let values = try extract(under: "https://one.test/fhir")
        #expect(try matches(values, "subject", value, at: base) == holds)
        #expect(values.patient == "p1")
    }

    @Test("What was elsewhere stays to be found by its URL when the server takes that name")
    func renamed() throws {
        let values = try extract(under: "https://one.test/fhir")
        let url = "https://two.test/fhir/Practitioner/9"
        #expect(try matches(values, "performer", url, at: "https://one.test/fhir"))
        #expect(try matches(values, "performer", url, at: "https://two.test/fhir"))
    }

    @Test("Terms of every search that matches are there")
    func terms() throws {
        let terms = Set(try IndexTerms.terms(try extract(under: "https://one.test/fhir")))
        let own = "https://one.test/fhir/Patient/p1"
        for (value, base) in [("Patient/p1", own), (own, "https://one.test/fhir"), (own, "https://two.test/fhir")] {
            let query = try SearchQuery.parse(
                type: "Observation", parameters: [("subject", value)], handling: .strict, catalog: .r4,
                context: SearchContext(baseURL: base, now: 0))
            let plan = TokenPlan.make(query, patientResolvable: true)
            for group in plan.groups { #expect(!terms.isDisjoint(with: group), "\(plan.groups.count) groups") }
        }
    }

    @Test("The filter record tells the base, and the values can be made again from it")
    func base() throws {
        let values = try extract(under: "https://one.test/fhir")
        let record = FilterRecord.encode(values)
        #expect(FilterRecord.base(of: record) == "https://one.test/fhir")
        #expect(FilterRecord.isFresh(record, parameters: values.parameters))
        #expect(FilterRecord.encode(try extract(under: FilterRecord.base(of: record))) == record)
        #expect(try FilterRecord.decode(record, parameters: values.parameters) == values.entries)
        for count in 0..<record.count {
            _ = try? FilterRecord.decode(Array(record.prefix(count)), parameters: values.parameters)
        }
    }

    @Test("Without a reference by URL nothing depends on the base")
    func none() throws {
        let json = #"{"resourceType":"Observation","subject":{"reference":"Patient/p1"}}"#
        let record = FilterRecord.encode(try extract(under: "https://one.test/fhir", json))
        #expect(FilterRecord.base(of: record) == nil)
        #expect(record == FilterRecord.encode(try extract(under: nil, json)))
    }
}
