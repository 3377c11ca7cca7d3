import Testing
import WardFHIR
import WardRecords

@Suite struct InteractionTests {
    @Test(arguments: [
        ("PATCH", "Patient/1", ["GET", "HEAD", "PUT", "DELETE"]), ("POST", "Patient/1", ["GET", "HEAD", "PUT", "DELETE"]),
        ("PUT", "Patient", ["GET", "HEAD", "POST"]), ("GET", "", ["POST"]), ("GET", "Patient/_search", ["POST"]),
        ("PUT", "Patient/1/_history", ["GET", "HEAD"]), ("DELETE", "Patient/1/_history/1", ["GET", "HEAD"]),
        ("POST", "metadata", ["GET", "HEAD"]),
    ])
    func refusedMethodsNameThoseThatAreTaken(method: String, path: String, allowed: [String]) async throws {
        let ward = try await Ward()
        let reply = try await ward.send(method, path, "{}")
        #expect(reply.status == 405 && reply.response.allow == allowed)
    }

    @Test func nobodyWritesAuditEvents() async throws {
        let ward = try await Ward()
        let event = #"{"resourceType":"AuditEvent","id":"a"}"#
        for (method, path) in [("POST", "AuditEvent"), ("PUT", "AuditEvent/a"), ("DELETE", "AuditEvent/a"), ("PATCH", "AuditEvent/a")] {
            let reply = try await ward.send(method, path, event)
            #expect(reply.status == 405 && reply.response.allow == ["GET", "HEAD"], "\(method)")
        }
        #expect(try await ward.bundle("transaction", [Text.entry("PUT", "AuditEvent/a", event)]).status == 400)
        #expect(try await ward.bundle("batch", [Text.entry("POST", "AuditEvent", event)]).statuses == ["405"])
        #expect(try await ward.send("GET", "AuditEvent/a").status != 405)
    }

    @Test func theCapabilityStatementSaysThatPagesOfAppsMayCall() throws {
        #expect(try CapabilityStatementText.document()["rest"]?.elements.first { _ in true }?["security"]?["cors"]?.bool == true)
    }

    @Test func theCapabilityStatementSaysWhatIsNotWritten() throws {
        for type in ["AuditEvent", "Patient"] {
            let statement = try CapabilityStatementText.resource(type)
            let codes = statement["interaction"]?.elements.compactMap { $0["code"]?.string } ?? []
            #expect(codes.contains("read") && codes.contains("create") == (type == "Patient"))
            #expect(codes.contains("delete") == (type == "Patient"))
            #expect((statement["updateCreate"]?.bool ?? false) == (type == "Patient"))
        }
    }
}
