import Testing
@testable import WardSearch

@Suite("References, https://hl7.org/fhir/R4/search.html#reference")
struct ReferenceTestTests {
    static let uuid = "0b4d5f3e-8f0a-4c2e-9b1d-1234567890ab"

    @Test("Local, absolute, versioned, by identifier", arguments: [
        ("subject", "Patient/p1", true), ("subject", "p1", true), ("subject", "Patient/p2", false), ("subject", "Group/p1", false),
        ("subject:Patient", "p1", true), ("subject:Group", "p1", false), ("patient", "p1", true), ("patient", "Patient/p1", true),
        ("subject", "https://ward.test/fhir/Patient/p1", true), ("subject", "https://other.test/fhir/Patient/p1", false),
        ("encounter", uuid, true), ("encounter", "Encounter/\(uuid)", true), ("encounter", "Encounter/\(uuid)/_history/2", true),
        ("performer", "https://other.test/fhir/Practitioner/9", true), ("performer", "Practitioner/9", false),
        ("performer:identifier", "urn:npi|77", true), ("performer:identifier", "77", true), ("performer", "77", false),
        ("device:missing", "false", true), ("device", "Device/1", false), ("focus", "f1", true), ("focus", uuid, false),
        ("based-on:missing", "true", true), ("subject", "x,p1", true),
    ])
    func references(name: String, value: String, holds: Bool) throws {
        let values = try Sample.extract(
            #"""
            {"resourceType":"Observation","subject":{"reference":"Patient/p1/_history/4"},
            "encounter":{"reference":"https://ward.test/fhir/Encounter/\#(Self.uuid)"},"device":{"display":"a device"},
            "performer":[{"reference":"https://other.test/fhir/Practitioner/9/_history/1"},{"identifier":{"system":"urn:npi","value":"77"}}],
            "focus":[{"reference":"Condition/f1"},{"reference":"#contained"}]}
            """#)
        #expect(try Sample.matches(values, name, value) == holds)
    }

    @Test("Canonicals with and without their version", arguments: [
        ("http://x.org/q", true), ("http://x.org/q|2", true), ("http://x.org/q|1", false), ("http://x.org", false),
    ])
    func canonicals(value: String, holds: Bool) throws {
        let values = try Sample.extract(
            #"{"resourceType":"QuestionnaireResponse","questionnaire":"http://x.org/q|2"}"#)
        #expect(try Sample.matches(values, "questionnaire", value) == holds)
    }

    @Test("The compartment: one patient, none, or several")
    func compartment() throws {
        let one = try Sample.extract(
            #"""
            {"resourceType":"Observation","subject":{"reference":"Patient/a"},"performer":[{"reference":"Patient/a"}],
            "focus":[{"reference":"Patient/b"}]}
            """#)
        #expect(one.patient == "a" && one.sharedPatients.isEmpty)
        let several = try Sample.extract(
            #"{"resourceType":"Observation","subject":{"reference":"Patient/b"},"performer":[{"reference":"Patient/a"}]}"#)
        #expect(several.patient == nil && several.sharedPatients == ["a", "b"])
        let elsewhere = try Sample.extract(
            #"{"resourceType":"Observation","subject":{"reference":"https://other.test/fhir/Patient/a"}}"#)
        #expect(elsewhere.patient == nil && elsewhere.sharedPatients.isEmpty)
        let patient = try Sample.extract(
            #"{"resourceType":"Patient","link":[{"other":{"reference":"Patient/b"}}]}"#, id: "me")
        #expect(patient.patient == "me")
        #expect(try Sample.extract(#"{"resourceType":"Organization"}"#).patient == nil)
    }
}
