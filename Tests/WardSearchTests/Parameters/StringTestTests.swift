import Testing
@testable import WardSearch

@Suite("Strings, https://hl7.org/fhir/R4/search.html#string")
struct StringTestTests {
    @Test("Names and addresses by their parts", arguments: [
        ("family", "müll", true), ("family", "MULL", true), ("family", "uller", false), ("family:contains", "ULL", true),
        ("family:exact", "Müller", true), ("family:exact", "Muller", false), ("family:exact", "M", false),
        ("given", "anna", true), ("given", "Ann,Zoe", true), ("given", "Zoe", false), ("name", "müller", true), ("name", "anna", true),
        ("name", "dr", true), ("name", "jr", true), ("name", "Anna M", false), ("name:contains", "lia", true),
        ("address", "main", false), ("address", "12 main", true), ("address", "springfield", true), ("address", "02139", true),
        ("address-city", "spring", true), ("address-city:exact", "Springfield", true), ("address-city", "boston", false),
        ("family:missing", "false", true), ("address-country:missing", "true", true), ("phonetic", "mull", true),
        ("given", #"smith\, j"#, true),
    ])
    func parts(name: String, value: String, holds: Bool) throws {
        let values = try Sample.extract(
            #"""
            {"resourceType":"Patient","name":[{"family":"Müller","given":["Anna","Julia","Smith, John"],"prefix":["Dr."],
            "suffix":["Jr"]}],"address":[{"line":["12 Main St"],"city":"Springfield","postalCode":"02139"}]}
            """#)
        #expect(try Sample.matches(values, name, value) == holds)
    }
}
