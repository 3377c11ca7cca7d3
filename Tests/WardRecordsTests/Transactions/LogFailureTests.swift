import Testing
import WardAudit
import WardDatabase
import WardFHIR
import WardTesting

/// Nothing leaves without its entry in the log, and nothing that was done is denied.
@Suite struct LogFailureTests {
    @Test func aTransactionOfManyEventsIsAnswered() async throws {
        let ward = try await Ward()
        let deletes = (0..<4_200).map { Text.entry("DELETE", "Patient/never\($0)") }
        let reply = try await ward.bundle("transaction", [Text.entry("POST", "Patient", Text.patient("t"))] + deletes)
        #expect(reply.status == 200 && reply.statuses.first == "201" && reply.statuses.count == 4_201)
        #expect(try await ward.count("t") == 1)
        #expect(try await ward.outbox() == 4_202, "the events of a transaction are committed with it")
    }

    @Test func aBatchOfManyEventsIsAnswered() async throws {
        let ward = try await Ward()
        let reads = [String](repeating: Text.entry("GET", "Patient/never"), count: 4_200)
        let reply = try await ward.bundle("batch", [Text.entry("POST", "Patient", Text.patient("b"))] + reads)
        #expect(reply.status == 200 && reply.statuses.first == "201" && reply.statuses.count(where: { $0 == "404" }) == 4_200)
        #expect(try await ward.count("b") == 1)
        #expect(reply.events == 4_202)
    }

    @Test func aBatchTellsWhatWasDoneBeforeTheLogFailed() async throws {
        let ward = try await Ward()
        let known = try await ward.create(Text.patient)
        ward.log.set { _ in .before }
        let write = Text.entry("POST", "Patient", Text.patient("w"))
        let reads = [String](repeating: Text.entry("GET", known), count: 1_100)
        let reply = try await ward.bundle("batch", [write] + reads + [write])
        #expect(reply.status == 200)
        #expect(reply.statuses.first == "201", "the event of a write is durable with its data")
        #expect(reply.statuses.dropFirst().allSatisfy { $0 == "503" } && reply.statuses.count == 1_102)
        #expect(reply.json["entry"]?.elements.dropFirst().allSatisfy { $0["resource"] == nil } == true)
        #expect(reply.text.contains("this entry was not done"))
        ward.log.set { _ in nil }
        try await ward.audit.probe()
        #expect(try await ward.count("w") == 1)
    }

    @Test func aBatchThatOnlyReadsIsNotAnswered() async throws {
        let ward = try await Ward()
        let known = try await ward.create(Text.patient)
        ward.log.set { _ in .before }
        await #expect(throws: AuditError.self) { try await ward.bundle("batch", [Text.entry("GET", known)]) }
    }

    @Test func aTransactionTellsItsWritesWhereTheLogFailed() async throws {
        let ward = try await Ward()
        ward.log.set { _ in .before }
        let reply = try await ward.bundle(
            "transaction", [Text.entry("POST", "Patient", Text.patient("w")), Text.entry("GET", "Patient?identifier=urn:t|w")])
        #expect(reply.status == 200 && reply.statuses == ["201", "503"])
        #expect(!reply.text.contains("searchset"))
        ward.log.set { _ in nil }
        try await ward.audit.probe()
        #expect(try await ward.count("w") == 1)
    }
}
