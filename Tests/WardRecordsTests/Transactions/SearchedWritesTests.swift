import Testing
import WardDatabase
import WardFHIR
import WardRecords
import WardTesting
@testable import WardAudit

/// A search inside a write is told like any other, whatever became of the write: by its parameters, how many match, and whose they are.
@Suite struct SearchedWritesTests {
    private static let criteria = "identifier=urn:t|"

    /// The searches that the log gained by a request of which this is the status.
    private func searches(_ ward: Ward, _ status: Int, _ request: () async throws -> Int) async throws -> [AuditEvent] {
        try await ward.relay()
        let before = try await ward.entries().count
        let answered = try await request()
        #expect(answered == status)
        try await ward.relay()
        let found = try await ward.entries().dropFirst(before).filter { $0.kind == .search }
        #expect(found.allSatisfy { $0.query.map(\.name) == ["identifier"] && $0.query.allSatisfy { $0.digest != nil } })
        return found
    }

    @Test func conditionalCreates() async throws {
        let ward = try await Ward()
        func create(_ value: String, _ body: String = Text.patient("one")) async throws -> Int {
            try await ward.send("POST", "Patient", body) { $0.ifNoneExist = Self.criteria + value }.status
        }
        let none = try await searches(ward, 201) { try await create("one") }
        #expect(none.map(\.count) == [0] && none[0].patient == nil && none[0].interaction == "conditional-create")
        let one = try await searches(ward, 200) { try await create("one") }
        #expect(one.map(\.count) == [1] && one[0].patient != nil && one[0].outcome == .success)
        _ = try await ward.create(Text.patient("one"))
        let many = try await searches(ward, 412) { try await create("one") }
        #expect(many.map(\.count) == [2, 2] && Set(many.map(\.patient)).count == 2)
        // The write fails for another reason, after the search.
        let misshapen = #"{"resourceType":"Patient","link":[{"other":{"reference":"patient/x"},"type":"refer"}]}"#
        let failed = try await searches(ward, 400) { try await create("two", misshapen) }
        #expect(failed.map(\.count) == [0])
        // Criteria that no index answers are a search that was refused.
        try await ward.relay()
        let before = try await ward.entries().count
        #expect(try await ward.send("POST", "Patient", Text.patient) { $0.ifNoneExist = "_lastUpdated=gt2020&JohnSmith=x" }.status == 400)
        let refused = try await ward.entries().dropFirst(before)
        #expect(refused.map(\.kind) == [.search, .create] && refused.first?.outcome == .minorFailure)
        #expect(refused.first?.query.map(\.name) == ["_lastUpdated", "unknown"])
    }

    private static func observation(of value: String, _ more: [String] = []) -> [String] {
        [Text.entry("POST", "Observation", Text.observation(of: "Patient?\(criteria)\(value)"))] + more
    }

    @Test func conditionalReferences() async throws {
        let ward = try await Ward()
        let patient = try await ward.create(Text.patient("one"))
        _ = (try await ward.create(Text.patient("two")), try await ward.create(Text.patient("two")))
        let unknown = Text.entry("GET", "Patient/018f3c1e-7a10-7abc-8def-0123456789ab")
        for (value, more, status, count) in [
            ("one", [], 200, 1), ("one", [unknown], 404, 1), ("none", [], 412, 0), ("two", [], 412, 2),
            ("one", [Text.entry("DELETE", patient, nil, #","ifMatch":"W/\"9\"""#)], 412, 1),
        ] as [(String, [String], Int, Int)] {
            let found = try await searches(ward, status) {
                try await ward.bundle("transaction", Self.observation(of: value, more)).status
            }
            #expect(found.map(\.count) == Array(repeating: count, count: max(1, count)), "\(value) \(status)")
            #expect(found.allSatisfy { $0.interaction == "conditional-reference" && $0.outcome == .success })
            if value == "one" { #expect(found.map { $0.patient.map { "Patient/\($0)" } } == [patient]) }
        }
    }

    /// One entry finds its match, and a later one fails: what was found is told.
    @Test func conditionalCreatesOfATransaction() async throws {
        let ward = try await Ward()
        let patient = try await ward.create(Text.patient("one"))
        let entry = Text.entry("POST", "Patient", Text.patient("one"), #","ifNoneExist":"identifier=urn:t|one""#)
        let found = try await searches(ward, 404) {
            try await ward.bundle("transaction", [entry, Text.entry("GET", "Patient/gone")]).status
        }
        #expect(found.map(\.count) == [1] && found.map { $0.patient.map { "Patient/\($0)" } } == [patient])
        let read = try await ward.entries().last { $0.interaction == "conditional-create" && $0.kind == .read }
        #expect(read?.outcome == .minorFailure && read?.reason == "transaction" && read?.status == nil)
    }

    /// Where the log cannot be written nothing of a search leaves.
    @Test func nothingLeavesUntold() async throws {
        let ward = try await Ward()
        _ = try await ward.create(Text.patient("one"))
        try await ward.relay()
        ward.log.set { _ in .before }
        await #expect(throws: AuditError.self) { _ = try await ward.bundle("transaction", Self.observation(of: "none")) }
    }
}
