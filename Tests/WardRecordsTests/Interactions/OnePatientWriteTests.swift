import Testing
import WardFHIR
import WardIdentity

@testable import WardRecords

/// What an app writes by `patient/` scopes. Source: SMART App Launch 2.2, scopes for a patient.
@Suite("Writes by scopes of one patient")
struct OnePatientWriteTests {
    /// A house with two patients and an observation of each; the app is about the first.
    private struct Place {
        let ward: Ward
        let mine, other, ofMine, ofOther, ofBoth: String
        let app: Caller

        init() async throws {
            ward = try await Ward()
            mine = try await ward.create(Text.patient("mine"))
            other = try await ward.create(Text.patient("other"))
            ofMine = try await ward.create(Text.observation(of: mine))
            ofOther = try await ward.create(Text.observation(of: other))
            ofBoth = try await ward.create(Place.observation(of: mine, performer: other))
            app = Ward.app("patient/*.cruds", patient: String(mine.dropFirst("Patient/".count)))
        }

        static func observation(of subject: String, performer: String) -> String {
            let text = Text.observation(of: subject)
            return String(text.dropLast()) + #","performer":[{"reference":"\#(performer)"}]}"#
        }

        static func with(id reference: String, _ text: String) -> String {
            String(text.dropLast()) + #","id":"\#(reference.split(separator: "/")[1])"}"#
        }

        /// What a request of the app's is answered; where it is refused, nothing was written.
        func send(_ method: String, _ url: String, _ body: String = "") async throws -> Reply {
            try await ward.send(method, url, body, as: app)
        }

        /// The version of a record that is there now; 0 where it is not there, or is deleted.
        func version(_ reference: String) async throws -> UInt64 { try await ward.send("GET", reference).response.version ?? 0 }
    }

    @Test("records of that patient are made, changed and deleted, and come back where they may be read")
    func own() async throws {
        let place = try await Place()
        let made = try await place.send("POST", "Observation", Text.observation(of: place.mine))
        #expect(made.status == 201 && made.json["subject"]?["reference"]?.string == place.mine)
        let id = made.location.split(separator: "/").prefix(2).joined(separator: "/")
        #expect(try await place.send("PUT", id, Place.with(id: id, Text.observation(of: place.mine))).status == 200)
        #expect(try await place.send("PUT", place.mine, Place.with(id: place.mine, Text.patient("new"))).status == 200)
        #expect(try await place.send("DELETE", id).status == 204)
        #expect(try await place.send("DELETE", id).status == 204)
        let blind = Ward.app("patient/Observation.c", patient: String(place.mine.dropFirst("Patient/".count)))
        let unread = try await place.ward.send("POST", "Observation", Text.observation(of: place.mine), as: blind)
        #expect(unread.status == 201 && unread.response.body.isEmpty)
    }

    @Test("nothing is made of, moved to or taken from another patient, or written of two")
    func others() async throws {
        let place = try await Place()
        let both = Place.observation(of: place.mine, performer: place.other)
        let requests: [(String, String, String, Int)] = [
            ("POST", "Observation", Text.observation(of: place.other), 403), ("POST", "Observation", both, 403),
            ("POST", "Observation", #"{"resourceType":"Observation","status":"final","code":{"text":"x"}}"#, 403),
            ("POST", "Patient", Text.patient, 403),
            ("PUT", place.ofMine, Place.with(id: place.ofMine, Text.observation(of: place.other)), 403),
            ("PUT", place.ofMine, Place.with(id: place.ofMine, both), 403),
            ("PUT", place.ofOther, Place.with(id: place.ofOther, Text.observation(of: place.mine)), 404),
            ("PUT", place.ofBoth, Place.with(id: place.ofBoth, Text.observation(of: place.mine)), 403),
            ("PUT", place.other, Place.with(id: place.other, Text.patient), 404),
            ("PUT", "Observation/unknown", Place.with(id: "Observation/unknown", Text.observation(of: place.mine)), 404),
            ("DELETE", place.ofOther, "", 404), ("DELETE", place.ofBoth, "", 403), ("DELETE", "Observation/unknown", "", 404),
            ("POST", "Device", #"{"resourceType":"Device","patient":{"reference":"\#(place.mine)"}}"#, 403),
            ("POST", "Organization", #"{"resourceType":"Organization","name":"x"}"#, 403),
        ]
        for (method, url, body, status) in requests {
            #expect(try await place.send(method, url, body).status == status, "\(method) \(url)")
            if url.contains("/"), method != "POST", !url.hasSuffix("unknown") { #expect(try await place.version(url) == 1, "\(method) \(url)") }
            let entry = Text.entry(method, url, body.isEmpty ? nil : body)
            #expect(try await place.ward.bundle("transaction", [entry], as: place.app).status == status, "\(method) \(url)")
            #expect(try await place.ward.bundle("batch", [entry], as: place.app).statuses == ["\(status)"], "\(method) \(url)")
        }
        let told = try await place.send("POST", "Observation", Text.observation(of: place.other))
        #expect(told.text.contains("acts for one patient"))
    }

    @Test("no other patient is named by it, and whether there is such a patient is not told")
    func named() async throws {
        let place = try await Place()
        let here = "0190cd7b-56a1-7111-9d4e-0a1b2c3d4e5f", nowhere = "0190cd7b-56a1-7111-9d4e-ffffffffffff"
        #expect(try await place.ward.send("PUT", "Patient/\(here)", #"{"resourceType":"Patient","id":"\#(here)"}"#).status == 201)
        let mine = String(Text.observation(of: place.mine).dropLast())
        let other = #"{"reference":"\#(place.other)"}"#
        for more in [
            #""focus":[\#(other)]"#, #""extension":[{"url":"urn:x","valueReference":\#(other)}]"#,
            #""contained":[{"resourceType":"Specimen","id":"s","subject":\#(other)}]"#,
        ] {
            #expect(try await place.send("POST", "Observation", mine + "," + more + "}").status == 403, "\(more)")
        }
        for id in [here, nowhere] {
            let more = #","focus":[{"reference":"https://x.example/Patient/\#(id)"}]}"#
            #expect(try await place.send("POST", "Observation", mine + more).status == 403)
            let nobodys = #"{"resourceType":"Observation","status":"final","code":{"text":"x"}"# + more
            #expect(try await place.send("POST", "Observation", nobodys).status == 403)
        }
        let linked = #"{"resourceType":"Patient","id":"\#(place.mine.dropFirst(8))","link":[{"other":\#(other),"type":"replaces"}]}"#
        #expect(try await place.send("PUT", place.mine, linked).status == 403)
        let entry = Text.entry("PUT", place.mine, linked)
        #expect(try await place.ward.bundle("transaction", [entry], as: place.app).status == 403)
        #expect(try await place.version(place.mine) == 1)
    }

    @Test("what is deleted and was another's looks as if it had never been")
    func deleted() async throws {
        let place = try await Place()
        #expect(try await place.ward.send("DELETE", place.ofOther).status == 204)
        #expect(try await place.send("DELETE", place.ofOther).status == 404)
        #expect(try await place.send("PUT", place.ofOther, Place.with(id: place.ofOther, Text.observation(of: place.mine))).status == 404)
    }

    @Test("a transaction holds all of it or nothing, and conditions match the patient's own alone")
    func transactions() async throws {
        let place = try await Place()
        let own = Text.entry("POST", "Observation", Text.observation(of: place.mine), fullURL: "urn:uuid:0190cd7b-56a1-7111-9d4e-0a1b2c3d4e5f")
        let change = Text.entry("PUT", place.ofMine, Place.with(id: place.ofMine, Text.observation(of: place.mine)))
        #expect(try await place.ward.bundle("transaction", [own, change], as: place.app).status == 200)
        let foreign = Text.entry("POST", "Observation", Text.observation(of: place.other))
        #expect(try await place.ward.bundle("transaction", [own, change, foreign], as: place.app).status == 403)
        #expect(try await place.version(place.ofMine) == 2)
        // A conditional reference to somebody else finds nobody.
        let reference = Text.entry("POST", "Observation", Text.observation(of: "Patient?identifier=urn:t|other"))
        #expect(try await place.ward.bundle("transaction", [reference], as: place.app).status == 412)
        let mine = Text.entry("POST", "Observation", Text.observation(of: "Patient?identifier=urn:t|mine"))
        #expect(try await place.ward.bundle("transaction", [mine], as: place.app).status == 200)
        // If-None-Exist: what is there of another is not told of.
        for (criteria, status) in [("identifier=urn:t|mine", 200), ("identifier=urn:t|other", 403)] {
            let reply = try await place.ward.send("POST", "Patient", Text.patient("x"), as: place.app) { $0.ifNoneExist = criteria }
            #expect(reply.status == status, "\(criteria)")
            #expect(!reply.text.contains(place.other))
        }
    }
}
