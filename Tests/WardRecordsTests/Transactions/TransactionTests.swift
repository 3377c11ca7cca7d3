import Testing
import WardFHIR

/// Source: https://hl7.org/fhir/R4/http.html#transaction and https://hl7.org/fhir/R4/bundle.html
@Suite struct TransactionTests {
    @Test func aReadThatFailsFailsTheWhole() async throws {
        let ward = try await Ward()
        for (url, status) in [("Patient/never", 404), ("Patient?nonsense=1", 400), ("Patient/never/_history", 404)] {
            let reply = try await ward.bundle(
                "transaction", [Text.entry("GET", url), Text.entry("POST", "Patient", Text.patient("x"))])
            #expect(reply.status == status, "\(url)")
            #expect(reply.place.hasPrefix("Bundle.entry[0].request"), "\(reply.place)")
        }
        #expect(try await ward.count("x") == 0)
    }

    @Test func readsSeeWhatWasWritten() async throws {
        let ward = try await Ward()
        let body = #"{"resourceType":"Patient","id":"new","identifier":[{"system":"urn:t","value":"seen"}]}"#
        let old = try await ward.create(Text.patient)
        let reply = try await ward.bundle("transaction", [
            Text.entry("GET", "Patient/new"), Text.entry("GET", "Patient?identifier=urn:t|seen"), Text.entry("GET", "Patient/new/_history"),
            Text.entry("GET", "Patient/new/_history/1"), Text.entry("GET", old), Text.entry("PUT", "Patient/new", body),
        ])
        #expect(reply.statuses == ["200", "200", "200", "200", "200", "201"], "\(reply.text)")
        let found = reply.json["entry"]?.elements.map { $0["resource"]?["total"]?.lexeme }
        #expect(found?[1] == "1" && found?[2] == "1")
        let gone = try await ward.bundle("transaction", [Text.entry("GET", "Patient/new"), Text.entry("DELETE", "Patient/new")])
        #expect(gone.status == 410)
        #expect(try await ward.send("GET", "Patient/new").status == 200, "nothing was deleted")
    }

    @Test(arguments: [
        #"{"resourceType":"Bundle","type":"transaction","bogus":{"a":1}}"#,
        #"{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Patient/1"},"zzz":1}]}"#,
        #"{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Patient/1","ifNoneExists":"a=b"}}]}"#,
        #"{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Patient/1","ifMatch":1}}]}"#,
        #"{"resourceType":"Bundle","type":"batch","entry":[]}"#,
    ])
    func theEnvelopeIsValidated(body: String) async throws {
        let ward = try await Ward()
        let reply = try await ward.send("POST", "", body)
        #expect(reply.status == 400 && reply.place.hasPrefix("Bundle"))
    }

    @Test func aFullURLStandsOnce() async throws {
        let ward = try await Ward()
        let url = "urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a"
        for type in ["batch", "transaction"] {
            let reply = try await ward.bundle(type, [
                Text.entry("POST", "Patient", Text.patient("double"), fullURL: url),
                Text.entry("POST", "Observation", Text.observation(of: url)),
                Text.entry("POST", "Patient", Text.patient("double"), fullURL: url),
            ])
            #expect(reply.status == 400 && reply.place == "Bundle.entry[2].fullUrl")
        }
        #expect(try await ward.count("double") == 0)
    }

    @Test func errorsNameTheEntry() async throws {
        let ward = try await Ward(isDevelopment: false)
        let known = try await ward.create(Text.patient)
        let id = known.split(separator: "/")[1]
        let label = #"{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"HTEST"}"#
        let labelled = #"{"resourceType":"Patient","meta":{"security":[\#(label)]}}"#
        let cases = [
            (Text.entry("PUT", known, #"{"resourceType":"Patient","id":"\#(id)"}"#, #","ifMatch":"W/\"9\"""#), 412),
            (Text.entry("DELETE", known, nil, #","ifMatch":"W/\"9\"""#), 412),
            (Text.entry("PUT", known, #"{"resourceType":"Patient","id":"\#(id)"}"#, #","ifNoneMatch":"*""#), 412),
            (Text.entry("POST", "Patient", Text.patient, #","ifMatch":"W/\"9\"""#), 400),
            (Text.entry("POST", "Patient", labelled), 422),
            (Text.entry("PUT", "Patient/john", #"{"resourceType":"Patient","id":"john"}"#), 422),
            (Text.entry("POST", "Observation", Text.observation(of: "Patient/john")), 422),
            (Text.entry("POST", "Patient?foo=bar", Text.patient), 400),
        ]
        for (entry, status) in cases {
            let reply = try await ward.bundle("transaction", [Text.entry("POST", "Patient", Text.patient("e")), entry])
            #expect(reply.status == status, "\(reply.text)")
            #expect(reply.place.hasPrefix("Bundle.entry[1]"), "\(reply.place)")
        }
        #expect(try await ward.count("e") == 0)
    }
}
