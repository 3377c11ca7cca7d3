import Testing
import WardRecords

/// Source: RFC 9110 §13.1, https://hl7.org/fhir/R4/http.html#concurrency
@Suite struct ConditionTests {
    private func put(_ ward: Ward, _ id: String, _ change: (inout FHIRRequest) -> Void = { _ in }) async throws -> Int {
        try await ward.send("PUT", "Patient/\(id)", #"{"resourceType":"Patient","id":"\#(id)"}"#, change).status
    }

    @Test func ifNoneMatchKeepsWhatIsThere() async throws {
        let ward = try await Ward()
        #expect(try await put(ward, "a") { $0.ifNoneMatch = "*" } == 201)
        #expect(try await put(ward, "a") { $0.ifNoneMatch = "*" } == 412)
        #expect(try await put(ward, "a") { $0.ifNoneMatch = "W/\"7\", W/\"1\"" } == 412)
        #expect(try await put(ward, "a") { $0.ifNoneMatch = "W/\"7\"" } == 200)
        #expect(try await ward.send("DELETE", "Patient/a").status == 204)
        #expect(try await put(ward, "a") { $0.ifNoneMatch = "*" } == 200, "what is deleted is not there")
    }

    @Test func whatIsNotUnderstoodIsRefused() async throws {
        let ward = try await Ward()
        _ = try await put(ward, "a")
        for header in ["7", "W/7", "W/\"1\", x", "\"1", "*, *"] {
            #expect(try await put(ward, "a") { $0.ifNoneMatch = header } == 400, "\(header)")
        }
        for header in ["7", "W/\"+1\"", "W/\"01\"", "W/\"1\", W/\"2\"", "*"] {
            #expect(try await put(ward, "a") { $0.ifMatch = header } == 400, "\(header)")
        }
        #expect(try await put(ward, "a") { $0.ifUnmodifiedSince = "Sun, 06 Nov 1994 08:49:37 GMT" } == 400)
        #expect(try await put(ward, "a") { $0.ifNoneExist = "identifier=x" } == 400)
        #expect(try await ward.send("GET", "Patient/a") { $0.ifMatch = "W/\"1\"" }.status == 400)
        #expect(try await ward.send("POST", "Patient", Text.patient) { $0.ifNoneMatch = "*" }.status == 400)
        #expect(try await ward.send("DELETE", "Patient/a") { $0.ifNoneMatch = "*" }.status == 400)
        #expect(try await ward.send("GET", "Patient/a/_history/1") { $0.ifNoneMatch = "W/\"1\"" }.status == 304)
        #expect(try await ward.send("GET", "Patient/a").response.version == 1)
    }

    @Test func aDeleteThatCountsOnAVersionIsHeldToIt() async throws {
        let ward = try await Ward()
        _ = try await put(ward, "a")
        #expect(try await ward.send("DELETE", "Patient/a").status == 204)
        #expect(try await ward.send("DELETE", "Patient/a") { $0.ifMatch = "W/\"1\"" }.status == 412)
        #expect(try await ward.send("DELETE", "Patient/never") { $0.ifMatch = "W/\"1\"" }.status == 412)
        #expect(try await ward.send("DELETE", "Patient/a").status == 204)
        let reply = try await ward.bundle(
            "transaction", [Text.entry("DELETE", "Patient/a", nil, #","ifMatch":"W/\"1\"""#)])
        #expect(reply.status == 412)
    }

    @Test func unconditionalUpdatesAllGetTheirTurn() async throws {
        let ward = try await Ward()
        _ = try await put(ward, "a")
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<64 { group.addTask { try await put(ward, "a") } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.allSatisfy { $0 == 200 } && statuses.count == 64, "\(statuses)")
        #expect(try await ward.send("GET", "Patient/a").response.version == 65)
    }

    @Test func oneOfManyUpdatesOfAVersionWins() async throws {
        let ward = try await Ward()
        _ = try await put(ward, "a")
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<16 { group.addTask { try await put(ward, "a") { $0.ifMatch = "W/\"1\"" } } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.count(where: { $0 == 200 }) == 1 && statuses.count(where: { $0 == 412 }) == 15)
    }
}
