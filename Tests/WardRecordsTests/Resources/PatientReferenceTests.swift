import Testing
import WardFHIR
import WardIdentity

@testable import WardRecords

/// References to patients in other forms than `Patient/ID`. Source: https://hl7.org/fhir/R4/references.html#literal
@Suite struct PatientReferenceTests {
    private static let id = "0190cd7b-56a1-7111-9d4e-0a1b2c3d4e5f"
    private static let patient = #"{"resourceType":"Patient","id":"\#(id)"}"#

    @Test(arguments: [
        "Patient/ID#x", "Patient/ID/", "/Patient/ID", "//Patient/ID", "./Patient/ID", "../fhir/Patient/ID", "Patient//ID", "patient/ID",
        "PATIENT/ID", "HTTPS://ward.test/fhir/Patient/ID", "https://WARD.test/fhir/Patient/ID", "http://ward.test/fhir/Patient/ID",
        "https://ward.test:443/fhir/Patient/ID", "https://ward.test/fhir//Patient/ID", "https://ward.test/fhir/Patient/ID/",
        "https://ward.test//fhir/Patient/ID#x",
        "https://another-name.test/fhir/Patient/ID", "https://127.0.0.1:8443/fhir/Patient/ID/_history/1", "https://another-name.test/Patient/ID?x#y",
        "%50atient/ID", "Patient%2FID", "https://ward.test/fhir/%50atient/ID", "https://ward.test/fhir/Patient%2fID", " Patient/ID", "Patient/ID ",
        "Patient/\\tID", "Patient/\u{00A0}ID", "Patient/ID\u{200B}", "\u{FEFF}Patient/ID", "https://another-name.test/fhir/%50atient/ID",
    ])
    func formsThatNobodyWouldFindAreRefused(form: String) async throws {
        let ward = try await Ward()
        #expect(try await ward.send("PUT", "Patient/\(Self.id)", Self.patient).status == 201)
        let body = Text.observation(of: form.replacing("ID", with: Self.id))
        let named = String(body.dropLast()) + #","id":"o"}"#
        let nested = String(Text.observation(of: "Patient/\(Self.id)").dropLast())
            + #","performer":[{"display":"x"},{"reference":"\#(form.replacing("ID", with: Self.id))"}]}"#
        for reply in [try await ward.send("POST", "Observation", body), try await ward.send("PUT", "Observation/o", named)] {
            #expect(reply.status == 400 && reply.place == "Observation.subject.reference", "\(reply.text)")
            #expect(reply.text.contains("Patient/ID") && !reply.text.contains(Self.id))
        }
        #expect(try await ward.send("POST", "Observation", nested).place == "Observation.performer[1].reference")
        let reply = try await ward.bundle("transaction", [Text.entry("POST", "Observation", body)])
        #expect(reply.status == 400 && reply.place == "Bundle.entry[0].resource: Observation.subject.reference", "\(reply.text)")
        #expect(try await ward.send("GET", "Observation?_summary=count").json["total"]?.lexeme == "0")
    }

    @Test(arguments: [
        "Patient/ID", "Patient/ID/_history/1", "https://ward.test/fhir/Patient/ID", "https://ward.test/fhir/Patient/ID/_history/1",
    ])
    func formsThatAreFoundAreTaken(form: String) async throws {
        let ward = try await Ward()
        #expect(try await ward.send("PUT", "Patient/\(Self.id)", Self.patient).status == 201)
        #expect(try await ward.send("POST", "Observation", Text.observation(of: form.replacing("ID", with: Self.id))).status == 201)
        #expect(try await ward.send("GET", "Observation?subject=Patient/\(Self.id)&_summary=count").json["total"]?.lexeme == "1")
    }

    @Test(arguments: [
        "https://other.example/fhir/Patient/0190cd7b-56a1-7111-9d4e-ffffffffffff", "https://other.example/fhir/Patient/1", "#contained",
        "urn:uuid:0190cd7b-56a1-7111-9d4e-0a1b2c3d4e5f", "Patient/not_an_id", "https://other.example/Patient",
        "https://patient/fhir/Group/1", "Procedure/ID", "Organization/Patient", "https://other.example/100%25/x", "100%", "urn:x:%50",
    ])
    func whatIsOfAnotherServerOrNoReferenceToAPatientStays(form: String) async throws {
        let ward = try await Ward()
        #expect(try await ward.send("PUT", "Patient/\(Self.id)", Self.patient).status == 201)
        let body = String(Text.observation(of: form).dropLast())
            + #","contained":[{"resourceType":"Patient","id":"contained"}]}"#
        #expect(try await ward.send("POST", "Observation", body).status == 201)
    }

    @Test func aFullURLOfATransactionMayHaveAnyForm() async throws {
        let ward = try await Ward()
        let url = "https://another-name.test/fhir/Patient/\(Self.id)"
        let patient = Text.entry("PUT", "Patient/\(Self.id)", Self.patient, fullURL: url)
        let observation = Text.entry("POST", "Observation", Text.observation(of: url))
        for _ in 0..<2 { #expect(try await ward.bundle("transaction", [patient, observation]).status == 200) }
        #expect(try await ward.send("GET", "Observation?subject=Patient/\(Self.id)&_summary=count").json["total"]?.lexeme == "2")
    }
}
