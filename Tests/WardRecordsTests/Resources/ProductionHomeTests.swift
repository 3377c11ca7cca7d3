import Testing
import WardRecords

/// A production home takes no test data, and no ids that may say something of a person.
@Suite struct ProductionHomeTests {
    private static let label = #"{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"HTEST"}]}"#
    private static let labelled = #"{"resourceType":"Patient","id":"p","meta":\#(label)}"#

    @Test(arguments: [
        (labelled, "Patient.meta.security"),
        (#"{"resourceType":"Patient","contained":[{"resourceType":"Patient","id":"q"},\#(labelled)]}"#, "Patient.contained[1].meta.security"),
        (
            #"{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:x:1","resource":\#(labelled)}]}"#,
            "Bundle.entry[0].resource.meta.security"
        ),
        (
            #"{"resourceType":"Parameters","parameter":[{"name":"x","resource":\#(labelled)}]}"#,
            "Parameters.parameter[0].resource.meta.security"
        ),
    ])
    func testDataIsRefusedWhereverItIs(body: String, place: String) async throws {
        let ward = try await Ward(isDevelopment: false)
        let type = Reply.type(of: body)
        let reply = try await ward.send("POST", type, body)
        #expect(reply.status == 422 && reply.place == place, "\(reply.text)")
        let entry = try await ward.bundle("transaction", [Text.entry("POST", type, body)])
        #expect(entry.status == 422 && entry.place.hasPrefix("Bundle.entry[0].resource"), "\(entry.place)")
    }

    @Test func patientsAreNamedByRandomIDsOnly() async throws {
        let ward = try await Ward(isDevelopment: false)
        let id = "01a1fd2e-e67b-74cf-b679-116f49e79928"
        for reference in ["Patient/John-Smith-19800203", "\(Ward.base)/Patient/John-Smith-19800203", "Patient/\(id.uppercased())"] {
            let body = Text.observation(of: reference)
            let named = body.replacing(#""status""#, with: #""id":"\#(id)","status""#)
            let replies = [
                try await ward.send("POST", "Observation", body), try await ward.send("PUT", "Observation/\(id)", named),
                try await ward.bundle("transaction", [Text.entry("POST", "Observation", body)]),
                try await ward.bundle("transaction", [Text.entry("PUT", "Observation/\(id)", named)]),
            ]
            for reply in replies {
                #expect(reply.status == 422 && reply.place.hasSuffix("Observation.subject.reference"), "\(reply.text)")
                #expect(!reply.text.contains("Smith"))
            }
            #expect(try await ward.bundle("batch", [Text.entry("POST", "Observation", body)]).statuses == ["422"])
        }
        let several = #"{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/\#(id)"},"#
            + #""performer":[{"reference":"Patient/John"}]}"#
        #expect(try await ward.send("POST", "Observation", several).place == "Observation.performer[0].reference")
        #expect(try await ward.send("POST", "Observation", Text.observation(of: "Patient/\(id)")).status == 201)
    }

    @Test func aDevelopmentHomeTakesAnyID() async throws {
        let ward = try await Ward()
        #expect(try await ward.send("POST", "Observation", Text.observation(of: "Patient/John")).status == 201)
    }
}
