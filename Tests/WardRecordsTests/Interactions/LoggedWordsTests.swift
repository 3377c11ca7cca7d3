import Testing
import WardDatabase
import WardFHIR
@testable import WardAudit
@testable import WardRecords

/// What clients say, and names nothing, does not come into the log: it may be any word.
@Suite struct LoggedWordsTests {
    private static let word = "John-Smith-19800101"

    @Test func idsAndVersionsOfNothing() async throws {
        let ward = try await Ward()
        let uuid = "018f3c1e-7a10-7abc-8def-0123456789ab"
        for type in ["Patient", "Observation"] {
            #expect(try await ward.send("DELETE", "\(type)/\(Self.word)").status == 204)
            #expect(try await ward.send("DELETE", "\(type)/\(uuid)").status == 204)
            #expect(try await ward.send("GET", "\(type)/\(Self.word)/_history?_before=1").status == 200)
            #expect(try await ward.send("GET", "\(type)/\(uuid)/_history/19800101").status == 404)
            #expect(try await ward.send("PATCH", "\(type)/\(Self.word)").status == 405)
        }
        for kind in ["batch", "transaction"] {
            #expect(try await ward.bundle(kind, [Text.entry("DELETE", "Patient/\(Self.word)")]).statuses == ["204"])
        }
        try await ward.relay()
        let entries = try await ward.entries()
        #expect(!entries.contains { $0.record?.id?.text == Self.word || $0.patient?.text == Self.word })
        #expect(!entries.contains { $0.record?.version != nil })
        let absent = entries.filter { $0.kind == .delete }
        #expect(absent.count == 6 && absent.allSatisfy { $0.reason == "absent" && $0.outcome == .success })
        // A UUID says nothing, and is what the record is found by.
        #expect(absent.compactMap(\.record?.id?.text) == [uuid, uuid])
    }

    /// What is there is told by its id, whatever that is: who made it chose it.
    @Test func idsOfWhatIsThere() async throws {
        let ward = try await Ward()
        let chosen = "Observation/chosen"
        let body = #"{"resourceType":"Observation","id":"chosen","status":"final","code":{"text":"x"}}"#
        #expect(try await ward.send("PUT", chosen, body).status == 201)
        #expect(try await ward.send("GET", chosen + "/_history/1").status == 200)
        #expect(try await ward.send("GET", chosen + "/_history/2").status == 404)
        #expect(try await ward.send("PUT", chosen, "{").status == 400)
        #expect(try await ward.send("GET", chosen + "/_history?_before=1").status == 200)
        try await ward.relay()
        let entries = try await ward.entries()
        #expect(entries.count == 5 && entries.allSatisfy { $0.record?.id?.text == "chosen" })
        #expect(Set(entries.compactMap(\.record?.version)) == [1])
    }

    @Test(arguments: [
        ("name", true), ("name:exact", true), ("_id", true), ("_count", true), ("_include:iterate", true), ("_page", true),
        ("general-practitioner:Practitioner", true), ("general-practitioner:Practitioner.name", true), ("general-practitioner.name", true),
        ("general-practitioner:identifier", true), ("link:Patient.general-practitioner:Practitioner.name:exact", true),
        ("name:JohnSmith", false), ("JohnSmith", false), ("name:exact:JohnSmith", false), ("name.JohnSmith", false),
        ("general-practitioner:JohnSmith.name", false), ("general-practitioner:Practitioner.JohnSmith", false),
        ("general-practitioner.JohnSmith", false), ("general-practitioner:Practitioner.name:JohnSmith", false), ("_sort:JohnSmith", false),
        ("_has:Observation:subject:JohnSmith", false), ("_elements:JohnSmith", false), ("", false), (":", false), (".", false),
        ("name:", false), ("name.", false), ("general-practitioner.", false),
        (String(repeating: "link.", count: 9) + "name", false),
    ])
    func namesOfParameters(_ name: String, isKnown: Bool) async throws {
        let ward = try await Ward()
        #expect(ward.fhir.loggedName(name, "Patient") == (isKnown ? name : "unknown"))
    }

    @Test func namesOfASearch() async throws {
        let ward = try await Ward()
        let query = "name:JohnSmith=x&general-practitioner:Practitioner.JohnSmith=x&JohnSmith=x&family:exact=x"
        #expect(try await ward.send("GET", "Patient?\(query)") { $0.prefer = "handling=lenient" }.status == 200)
        let searched = try await ward.entries().filter { $0.kind == .search }
        #expect(searched.first?.query.map(\.name) == ["unknown", "unknown", "unknown", "family:exact"])
    }
}
