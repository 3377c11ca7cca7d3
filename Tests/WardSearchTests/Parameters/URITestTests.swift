import Testing
@testable import WardSearch

@Suite("URIs, https://hl7.org/fhir/R4/search.html#uri")
struct URITestTests {
    @Test("Exact, below, above", arguments: [
        ("url", "http://acme.org/fhir/ValueSet/123", true), ("url", "http://acme.org/fhir/ValueSet/12", false),
        ("url", "HTTP://acme.org/fhir/ValueSet/123", false), ("url:below", "http://acme.org/fhir", true),
        ("url:below", "http://acme.org/fhir/", true), ("url:below", "http://acme.org/fh", false),
        ("url:above", "http://acme.org/fhir/ValueSet/123/_history/5", true), ("url:above", "http://acme.org/fhir", false),
        ("_profile", "http://p.org/a", true), ("_profile", "http://p.org/a|1.0", true), ("_profile", "http://p.org/a|2", false),
        ("url:missing", "false", true),
    ])
    func uris(name: String, value: String, holds: Bool) throws {
        let values = try Sample.extract(
            #"""
            {"resourceType":"ValueSet","url":"http://acme.org/fhir/ValueSet/123","meta":{"profile":["http://p.org/a|1.0"]}}
            """#)
        #expect(try Sample.matches(values, name, value) == holds)
    }
}
