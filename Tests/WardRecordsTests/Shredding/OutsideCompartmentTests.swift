import Testing
import WardAudit
import WardDatabase
import WardFHIR
import WardRecords
import WardTesting
import WardVault

/// What names a patient where the compartment of R4 does not look: sealed, told to the log and shredded with the patient.
@Suite struct OutsideCompartmentTests {
    /// What is the patient's alone; the second file hangs on a record of the patient.
    private static let owned = [
        "Device/d": #"{"resourceType":"Device","id":"d","patient":{"reference":"Patient/gone"}}"#,
        "Task/t": #"""
            {"resourceType":"Task","id":"t","status":"draft","intent":"order","for":{"reference":"Patient/gone"}}
            """#,
        "Binary/b": #"""
            {"resourceType":"Binary","id":"b","contentType":"text/plain",
            "securityContext":{"reference":"Patient/gone"}}
            """#,
        "Binary/c": #"""
            {"resourceType":"Binary","id":"c","contentType":"text/plain",
            "securityContext":{"reference":"Observation/o-gone"}}
            """#,
        "Bundle/u": #"""
            {"resourceType":"Bundle","id":"u","type":"collection","entry":[{"resource":{"resourceType":"Patient",
            "id":"gone","gender":"other"}}]}
            """#,
    ]
    private static let appointment = #"""
        {"resourceType":"Appointment","id":"both","status":"booked","participant":[
          {"actor":{"reference":"Patient/gone"},"status":"accepted"},{"actor":{"reference":"Patient/kept"},"status":"accepted"}]}
        """#

    private func filled() async throws -> (ShreddingHome, ShreddingHome.Opened) {
        let home = try await ShreddingHome()
        let opened = try await home.open()
        try await home.fill("gone", "Shredded", opened)
        try await home.fill("kept", "Kept", opened)
        for (path, body) in Self.owned.sorted(by: { $0.key < $1.key }) {
            #expect(try await home.send("PUT", path, opened, body).status == 201)
        }
        #expect(try await home.send("PUT", "Appointment/both", opened, Self.appointment).status == 201)
        return (home, opened)
    }

    @Test func itIsShreddedWithThePatient() async throws {
        let (home, opened) = try await filled()
        for path in Self.owned.keys { #expect(try await home.send("GET", path, opened).status == 200, "\(path)") }
        let asked = try await opened.desk.ask("Patient/gone", reason: "r", by: ShreddingHome.caller(1))
        #expect(asked.request.sharedRecords == 1, "the appointment is another patient's too")
        home.clock.advance(by: .seconds(1))
        _ = try await opened.desk.confirm(asked.id, by: ShreddingHome.caller(2))
        try await opened.desk.resume()
        for path in Self.owned.keys {
            for way in [path, path + "/_history", path + "/_history/1"] {
                #expect(try await home.send("GET", way, opened).status == 410, "\(way)")
                let told = try await home.newestEntry(opened)
                #expect(told.patient?.text == "gone" && told.outcome == .minorFailure, "\(way): whose it was is told")
            }
        }
        #expect(try await home.send("GET", "Appointment/both", opened).status == 200)
        #expect(try await home.send("GET", "Patient/kept", opened).status == 200)
        #expect(try await home.verify(opened).faults == [])
        await home.close(opened)
    }

    /// A file and the record that it hangs on, written together.
    @Test func aFileIsSealedWithWhatIsWrittenBesideIt() async throws {
        let (home, opened) = try await filled()
        let url = "urn:uuid:018f3c1e-7a10-7abc-8def-0123456789ad"
        let bundle = #"""
            {"resourceType":"Bundle","type":"transaction","entry":[
              {"resource":{"resourceType":"Binary","contentType":"text/plain","securityContext":{"reference":"\#(url)"}},
               "request":{"method":"POST","url":"Binary"}},
              {"fullUrl":"\#(url)","resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},
                "subject":{"reference":"Patient/kept"}},
               "request":{"method":"POST","url":"Observation"}}]}
            """#
        #expect(try await home.send("POST", "", opened, bundle).status == 200)
        let rows = try await opened.records.scan(after: 0, limit: 1_000).rows.filter { $0.key.type == "Binary" }
        #expect(rows.count == 3 && rows.last?.patient?.text == "kept")
        #expect(try await home.verify(opened).faults == [])
        await home.close(opened)
    }

    /// Who reads what several share saw each of them; so does who writes it.
    @Test func theLogTellsOfEachPatient() async throws {
        let ward = try await Ward()
        let patients = [try await ward.create(Text.patient), try await ward.create(Text.patient)]
        let body = Self.appointment.replacing(#""id":"both","#, with: "")
            .replacing("Patient/gone", with: patients[0]).replacing("Patient/kept", with: patients[1])
        let device = #"{"resourceType":"Device","patient":{"reference":"\#(patients[0])"}}"#
        let written = try await ward.send("POST", "Appointment", body)
        #expect(written.status == 201 && written.events == 2)
        let path = written.location.split(separator: "/").prefix(2).joined(separator: "/")
        for way in [path, path + "/_history", path + "/_history/1", "Appointment?status=booked", "Appointment?patient=\(patients[1])"] {
            #expect(try await ward.send("GET", way).events == 2, "\(way)")
        }
        #expect(try await ward.send("POST", "Device", device).events == 1)
        try await ward.relay()
        let told = try await ward.entries().filter { $0.record?.type == "Appointment" }
        #expect(told.count == 12 && Set(told.compactMap { $0.patient.map { "Patient/\($0)" } }) == Set(patients))
        #expect(try await ward.entries().last { $0.record?.type == "Device" }?.patient.map { "Patient/\($0)" } == patients[0])
        #expect(try await ward.verifier().verify().faults == [])
    }

    /// A record that goes from one patient to another is told of both; so is one that several shared, when it is deleted.
    @Test func theLogTellsWhoseARecordWas() async throws {
        let ward = try await Ward()
        let patients = [try await ward.create(Text.patient), try await ward.create(Text.patient)]
        let record = try await ward.create(Text.observation(of: patients[0]))
        let id = record.dropFirst("Observation/".count)
        let moved = Text.observation(of: patients[1]).replacing("{\"resourceType\"", with: "{\"id\":\"\(id)\",\"resourceType\"")
        #expect(try await ward.send("PUT", record, moved).events == 2)
        let shared = moved.replacing("\"status\"", with: "\"performer\":[{\"reference\":\"\(patients[0])\"}],\"status\"")
        let bundle = try await ward.bundle("transaction", [Text.entry("PUT", record, shared)])
        #expect(bundle.status == 200 && bundle.events == 3, "one for each patient, and the transaction")
        #expect(try await ward.send("DELETE", record).events == 2)
        try await ward.relay()
        let told = try await ward.entries().filter { $0.record?.type == "Observation" }.map { event in
            "\(event.kind) \(event.patient.map { patients.firstIndex(of: "Patient/\($0)") ?? 9 } ?? 9)"
        }
        #expect(told == ["create 0", "update 1", "update 0", "update 0", "update 1", "delete 0", "delete 1"])
        #expect(try await ward.verifier().verify().faults == [])
    }

    /// Nothing is made where the criteria match: who asked got to know of a record, and that is what the log tells.
    @Test func aConditionalCreateThatFindsReads() async throws {
        let ward = try await Ward()
        let patient = try await ward.create(Text.patient("one"))
        let again = try await ward.send("POST", "Patient", Text.patient("one")) { $0.ifNoneExist = "identifier=urn:t|one" }
        #expect(again.status == 200 && again.events == 2, "the search, and the read")
        try await ward.relay()
        let told = try await ward.entries()
        #expect(told.map(\.kind) == [.search, .read, .create] || told.map(\.kind) == [.create, .search, .read])
        #expect(told.contains {
            $0.kind == .read && $0.reason == "exists" && $0.patient.map { "Patient/\($0)" } == patient
        })
    }

    /// Who asks about a patient learns something also where nothing is found, or only counted.
    @Test func theLogTellsWhoWasAskedAbout() async throws {
        let ward = try await Ward()
        let patients = [try await ward.create(Text.patient("one")), try await ward.create(Text.patient("two"))]
        _ = try await ward.create(Text.observation(of: patients[0]))
        let id = patients[0].dropFirst("Patient/".count)
        let asked = [
            "Observation?subject=\(patients[0])&_summary=count", "Observation?patient=\(id)&_count=0", "Condition?subject=\(patients[0])",
            "Patient?_id=\(id)&_summary=count", "Appointment?actor=\(id)", "Patient?identifier=urn:t|one&_summary=count",
        ]
        for way in asked { #expect(try await ward.send("GET", way).events == 1, "\(way)") }
        let both = "Observation?subject=\(patients[0]),\(patients[1])"
        #expect(try await ward.send("GET", both).events == 2)
        #expect(try await ward.send("GET", "Observation?subject=Patient/nobody").events == 1)
        let told = try await ward.entries().filter { $0.kind == .search }.map { event in
            event.patient.map { patients.firstIndex(of: "Patient/\($0)") ?? 9 }
        }
        #expect(told == [0, 0, 0, 0, 0, 0, 0, 1, nil])
    }
}
