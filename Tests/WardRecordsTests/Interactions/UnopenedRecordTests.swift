import Testing
import WardDatabase
import WardFHIR
import WardRecords
@testable import WardAudit
@testable import WardIdentity

/// Who asks for a record and does not get it, or fails to change it, may learn that it is there: its patients are told.
@Suite struct UnopenedRecordTests {
    /// An observation of one patient, one of two, and what is nobody's.
    private struct House {
        let ward: Ward
        let patients: [String]
        let own: String, shared: String, nobodys: String

        init() async throws {
            ward = try await Ward()
            let one = try await ward.create(Text.patient), other = try await ward.create(Text.patient)
            patients = [one, other].map { String($0.dropFirst(8)) }
            own = try await ward.create(Text.observation(of: one))
            shared = try await ward.create(String(Text.observation(of: one).dropLast()) + #","performer":[{"reference":"\#(other)"}]}"#)
            nobodys = try await ward.create(#"{"resourceType":"Basic","code":{"text":"x"}}"#)
        }

        /// What the log gains by a request.
        func told(
            _ method: String, _ url: String, _ body: String = "", status: Int, as caller: Caller = Ward.clinician,
            _ change: (inout FHIRRequest) -> Void = { _ in }
        ) async throws -> [AuditEvent] {
            try await ward.relay()
            let before = try await ward.entries().count
            #expect(try await ward.send(method, url, body, as: caller, change).status == status, "\(method) \(url)")
            try await ward.relay()
            return Array(try await ward.entries().dropFirst(before))
        }
    }

    @Test func requestsThatFail() async throws {
        let house = try await House()
        let body = String(Text.observation(of: "Patient/" + house.patients[0]).dropLast()) + #","id":"\#(house.own.dropFirst(12))"}"#
        let auditor = Caller(
            subject: Ward.clinician.subject, role: .auditor, session: Ward.clinician.session, factors: Ward.clinician.factors,
            tenant: .first, source: Ward.clinician.source)
        let made: [[AuditEvent]] = [
            try await house.told("PUT", house.own, body, status: 412) { $0.ifMatch = #"W/"9""# },
            try await house.told("PUT", house.own, body, status: 412) { $0.ifNoneMatch = "*" },
            try await house.told("DELETE", house.own, status: 412) { $0.ifMatch = #"W/"9""# },
            try await house.told("PUT", house.own, "{", status: 400),
            try await house.told("PUT", house.own, body, status: 415) { $0.contentType = "text/plain" },
            try await house.told("PUT", house.own, body, status: 400) { $0.ifNoneExist = "code=x" },
            try await house.told("GET", house.own + "?unknown=1", status: 400),
            try await house.told("GET", house.own + "/_history/9", status: 404),
            try await house.told("GET", house.own + "/_history?_before=x", status: 400),
            try await house.told("PATCH", house.own, status: 405),
            try await house.told("GET", house.own, status: 403, as: auditor),
        ]
        for events in made {
            #expect(events.count == 1 && events[0].outcome == .minorFailure)
            #expect(events.first?.patient?.text == house.patients[0], "\(events.first?.status ?? 0)")
            #expect(events.first?.record.map { "\($0.type)/\($0.id?.text ?? "")" } == house.own)
        }
        let both = try await house.told("GET", house.shared + "/_history/9", status: 404)
        #expect(Set(both.compactMap(\.patient?.text)) == Set(house.patients) && both.count == 2)
        let alone = try await house.told("GET", house.nobodys + "/_history/9", status: 404)
        #expect(alone.count == 1 && alone[0].patient == nil && alone[0].record?.id != nil)
    }

    /// An application that acts for one patient is told that there is nothing; the log is told whose it was.
    @Test func recordsOutsideAFilter() async throws {
        let house = try await House()
        let app = Ward.app("patient/*.cruds", patient: house.patients[1])
        for events in [
            try await house.told("GET", house.own, status: 404, as: app),
            try await house.told("GET", house.own + "/_history", status: 404, as: app),
            try await house.told("DELETE", house.own, status: 404, as: app),
        ] { #expect(events.map(\.patient?.text) == [house.patients[0]]) }
    }

    @Test func whatWasDeleted() async throws {
        let house = try await House()
        for (record, patients) in [(house.own, [house.patients[0]]), (house.shared, house.patients)] {
            _ = try await house.told("DELETE", record, status: 204)
            let again = try await house.told("DELETE", record, status: 204)
            #expect(Set(again.compactMap(\.patient?.text)) == Set(patients) && again.count == patients.count)
            #expect(again.allSatisfy { $0.reason == "absent" && $0.record?.id != nil })
            let gone = try await house.told("GET", record, status: 410)
            #expect(Set(gone.compactMap(\.patient?.text)) == Set(patients))
        }
    }

    @Test func emptyPagesOfAHistory() async throws {
        let house = try await House()
        let events = try await house.told("GET", house.shared + "/_history?_before=1", status: 200)
        #expect(Set(events.compactMap(\.patient?.text)) == Set(house.patients) && events.allSatisfy { $0.outcome == .success })
    }

    /// Of a transaction that fails the entry that failed is told by its record, and what fell with it too.
    @Test func entriesOfATransaction() async throws {
        let house = try await House()
        let stale = Text.entry("DELETE", house.own, nil, #","ifMatch":"W/\"9\"""#)
        let (_, before) = (try await house.ward.relay(), try await house.ward.entries().count)
        #expect(try await house.ward.bundle("transaction", [
            Text.entry("DELETE", "Patient/" + house.patients[1]), Text.entry("GET", house.shared), stale,
        ]).status == 412)
        let events = try await house.ward.entries().dropFirst(before)
        let failed = events.filter { $0.kind == .delete }
        #expect(failed.first { $0.reason == "transaction" }?.patient?.text == house.patients[1])
        #expect(failed.first { $0.status == 412 }?.patient?.text == house.patients[0])
        #expect(events.last?.kind == .batch && events.last?.status == 412)
        #expect(events.allSatisfy { $0.outcome == .minorFailure })
        // Its form is looked at first, and tells whose it is all the same.
        let entry = Text.entry("PUT", house.own, #"{"resourceType":"Observation"}"#)
        let malformed = try await house.told(
            "POST", "", #"{"resourceType":"Bundle","type":"transaction","entry":[\#(entry)]}"#, status: 400)
        #expect(malformed.map(\.kind) == [.update, .batch] && malformed[0].patient?.text == house.patients[0])
    }

    /// An entry of a batch tells of what it names as the same request alone does, and what is no interaction is a refusal.
    @Test func entriesOfABatch() async throws {
        let house = try await House()
        let patient = "Patient/" + house.patients[0]
        for (method, url) in [("GET", patient + "/$everything"), ("HEAD", patient), ("GET", patient + "?_format=xml"), ("GET", "metadata")] {
            let body = #"{"resourceType":"Bundle","type":"batch","entry":[\#(Text.entry(method, url))]}"#
            let events = try await house.told("POST", "", body, status: 200)
            #expect(events.map(\.kind) == [.refusal, .batch], "\(method) \(url)")
            #expect(events.first?.patient?.text == (url == "metadata" ? nil : house.patients[0]), "\(method) \(url)")
        }
    }
}
