import Testing
@testable import WardSearch

/// Whose a resource is where the compartment of R4 does not look: the patients whom it names.
@Suite struct NamedPatientsTests {
    @Test(arguments: [
        #"{"resourceType":"Device","patient":{"reference":"Patient/a"}}"#,
        #"{"resourceType":"Task","status":"draft","intent":"order","for":{"reference":"Patient/a"}}"#,
        #"""
            {"resourceType":"Task","status":"draft","intent":"order","input":[{"type":{"text":"x"},
            "valueReference":{"reference":"Patient/a/_history/2"}}]}
            """#,
        #"""
            {"resourceType":"Binary","contentType":"text/plain",
            "securityContext":{"reference":"https://ward.test/fhir/Patient/a"}}
            """#,
        #"""
            {"resourceType":"GuidanceResponse","status":"success","moduleUri":"urn:x",
            "subject":{"reference":"Patient/a"}}
            """#,
        #"{"resourceType":"Observation","status":"final","code":{"text":"x"},"focus":[{"reference":"Patient/a"}]}"#,
        #"{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"a"}}]}"#,
        #"""
            {"resourceType":"Bundle","type":"document","entry":[{"fullUrl":"https://ward.test/fhir/Patient/a",
            "resource":{"resourceType":"Patient"}}]}
            """#,
        #"""
            {"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Device",
            "patient":{"reference":"Patient/a"}}}]}
            """#,
    ]) func oneIsNamed(json: String) throws {
        let values = try Sample.extract(json)
        #expect(values.patient == "a" && values.sharedPatients.isEmpty && values.isNamedOnly)
    }

    /// A URL below the own base counts under that base alone, so the filter record keeps it.
    @Test func aURLOfThisServerIsReadAgain() throws {
        let values = try Sample.extract(
            #"""
                {"resourceType":"Binary","contentType":"text/plain",
                "securityContext":{"reference":"https://ward.test/fhir/Patient/a"}}
                """#)
        #expect(FilterRecord.base(of: FilterRecord.encode(values)) == "https://ward.test/fhir")
    }

    @Test(arguments: [
        // Another server's, whose relative references are below its own URLs.
        #"""
            {"resourceType":"Bundle","type":"document","entry":[{"fullUrl":"https://else.where/Patient/a",
            "resource":{"resourceType":"Patient","id":"a","link":[{"other":{"reference":"Patient/b"},
            "type":"seealso"}]}}]}
            """#,
        #"""
            {"resourceType":"Bundle","type":"document",
            "entry":[{"fullUrl":"urn:uuid:018f3c1e-7a10-7abc-8def-0123456789ad","resource":{"resourceType":"Patient",
            "id":"a"}}]}
            """#,
        #"{"resourceType":"Device","patient":{"reference":"https://else.where/Patient/a"}}"#,
        #"{"resourceType":"Device","patient":{"identifier":{"system":"urn:x","value":"1"}}}"#,
        // What describes the house is nobody's, whatever it refers to.
        #"{"resourceType":"Organization","extension":[{"url":"urn:x","valueReference":{"reference":"Patient/a"}}]}"#,
    ]) func nobodyIsNamed(json: String) throws {
        let values = try Sample.extract(json)
        #expect(values.patient == nil && values.sharedPatients.isEmpty)
    }

    /// Where the compartment says whose it is, nothing else does.
    @Test func theCompartmentDecides() throws {
        let values = try Sample.extract(#"""
            {"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/a"},
             "focus":[{"reference":"Patient/b"}]}
            """#)
        #expect(values.patient == "a" && !values.isNamedOnly)
    }

    /// What names several is all of theirs, and its filter record says so: the terms made of it are the same.
    @Test(arguments: [
        #"""
            {"resourceType":"Linkage","item":[{"type":"source","resource":{"reference":"Patient/b"}},
            {"type":"alternate","resource":{"reference":"Patient/a"}}]}
            """#,
        #"""
            {"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"b"}},
            {"resource":{"resourceType":"Patient","id":"a"}}]}
            """#,
        #"""
            {"resourceType":"Appointment","status":"booked","participant":[{"actor":{"reference":"Patient/b"},
            "status":"accepted"},{"actor":{"reference":"Patient/a"},"status":"accepted"}]}
            """#,
    ]) func severalShareIt(json: String) throws {
        let values = try Sample.extract(json)
        #expect(values.patient == nil && values.sharedPatients == ["a", "b"])
        let read = try FilterRecord.values(FilterRecord.encode(values), parameters: values.parameters, patient: nil)
        #expect(read.sharedPatients == ["a", "b"] && read.entries == values.entries)
        let terms = try IndexTerms.terms(values)
        #expect(try Set(IndexTerms.terms(read)) == Set(terms))
        for patient in ["a", "b"] { #expect(terms.contains(IndexTerms.shared(with: patient, type: values.parameters.type))) }
    }

    /// As many as a parameter may have values.
    @Test func theirNumberIsBounded() throws {
        let items = (0...20_000).map { #"{"type":"source","resource":{"reference":"Patient/p\#($0)"}}"# }
        #expect(throws: (any Error).self) {
            try Sample.extract(#"{"resourceType":"Linkage","item":[\#(items.joined(separator: ","))]}"#)
        }
    }
}
