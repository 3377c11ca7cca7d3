import Testing
import WardFHIR
@testable import WardSearch

@Suite("Parsing of queries, https://hl7.org/fhir/R4/search.html")
struct SearchQueryTests {
    @Test("What is not understood is refused by name, and never by value", arguments: [
        ("colour", "secret"), ("code:in", "secret"), ("code:text", "secret"), ("gender:exact", "secret"), ("name:not", "secret"),
        ("birthdate", "xx2013secret"), ("birthdate", "secret"), ("birthdate:exact", "2013"), ("general-practitioner.name", "secret"),
        ("_has:Observation:patient:code", "secret"), ("_include", "secret"), ("_text", "secret"), ("_content", "secret"),
        ("_sort", "secret"), ("_count", "secret"), ("_count", "-1"), ("_total", "secret"), ("_format", "secret"),
        ("_summary", "secret"), ("name", ""), ("name", "a,,b"), ("gender", "|"), ("gender", "a|b|c"), ("name", #"a\b"#),
        ("name:missing", "secret"), ("_id", "not an id"), ("_id:not", "1"), ("general-practitioner:Patient", "1"),
        ("organization", "not a reference"), ("birthdate", "2013-02-30"), ("_lastUpdated:missing", "true"), ("_elements", "secret"),
        ("link", "#secret"),
    ])
    func refused(name: String, value: String) throws {
        let error = #expect(throws: FHIRError.self) { try Sample.query("Patient", (name, value)) }
        #expect(error?.status == 400)
        #expect(error?.issues.first?.expression == [name])
        #expect(error?.description.contains("secret") == false)
        let lenient = try Sample.query("Patient", (name, value), ("active", "true"), handling: .lenient)
        #expect(lenient.ignored == [name] && lenient.clauses.count == 1)
    }

    @Test("Parameters of types that are not compared yet are refused by name")
    func unsupportedTypes() {
        for (type, name) in [("Observation", "code-value-quantity"), ("Observation", "code-value-date"),
            ("Location", "near")] {
            let error = #expect(throws: FHIRError.self) { try Sample.query(type, (name, "1")) }
            #expect(error?.issues.first?.expression == [name])
        }
    }

    @Test("Names that are no names are not repeated")
    func oddNames() throws {
        let query = try Sample.query("Patient", ("Jane Doe<script>", "1"), handling: .lenient)
        #expect(query.ignored.count == 1 && !query.ignored[0].contains("Jane"))
    }

    @Test("Result parameters")
    func resultParameters() throws {
        let query = try Sample.query(
            "Patient", ("_count", "20"), ("_total", "accurate"), ("_sort", "_lastUpdated"), ("_format", "json"), ("_summary", "count"))
        #expect(query.count == 20 && query.total == .accurate && query.order == .oldestFirst && query.isCountOnly)
        #expect(query.clauses.isEmpty)
        #expect(try Sample.query("Patient", ("_count", "0")).isCountOnly)
        #expect(throws: FHIRError.self) { try Sample.query("Patient", ("_count", "1"), ("_count", "2")) }
    }

    @Test("Bounds hold in lenient handling too")
    func bounds() {
        let many = Array(repeating: ("active", "true"), count: 41)
        let long = [("name", String(repeating: "a", count: 16_385))]
        let wide = [("name", Array(repeating: "a", count: 301).joined(separator: ","))]
        for parameters in [many, long, wide] {
            #expect(throws: FHIRError.self) {
                try SearchQuery.parse(
                    type: "Patient", parameters: parameters, handling: .lenient, catalog: .r4, context: Sample.context)
            }
        }
    }

    @Test("Ids and times are checked without a filter record")
    func withoutRecord() throws {
        let query = try Sample.query("Patient", ("_id", "a,b"), ("_lastUpdated", "ge2024-06-01"))
        let matcher = QueryMatcher(query)
        #expect(!matcher.needsFilterRecord)
        #expect(try matcher.matches(filter: [], id: "a", updatedAt: Sample.now))
        #expect(try !matcher.matches(filter: [], id: "c", updatedAt: Sample.now))
        #expect(try !matcher.matches(filter: [], id: "a", updatedAt: Sample.now - 1))
    }

    @Test("The one patient of a query", arguments: [
        ("Observation", "patient", "p", "p"), ("Observation", "subject", "Patient/p", "p"), ("Observation", "subject", "p", nil),
        ("Observation", "subject:Patient", "p", "p"), ("Observation", "patient", "p,q", nil), ("Observation", "focus", "Patient/p", nil),
        ("Observation", "patient", "https://ward.test/fhir/Patient/p", "p"), ("Observation", "patient", "https://x.y/Patient/p", nil),
        ("Observation", "patient:missing", "true", nil), ("Patient", "link", "Patient/p", nil), ("Device", "patient", "p", nil),
        ("Condition", "patient", "p", "p"), ("Encounter", "subject", "Patient/p", "p"),
    ] as [(String, String, String, String?)])
    func patient(type: String, name: String, value: String, expected: String?) throws {
        #expect(try Sample.query(type, (name, value)).patient == expected)
    }
}
