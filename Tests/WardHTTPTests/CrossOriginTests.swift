import Testing
import WardDatabase

@testable import WardIdentity

/// Pages of registered apps, and of all others.
@Suite struct CrossOriginTests {
    private static let app = "https://app.example"

    private func register(_ house: House) async throws -> ClientSummary {
        let caller = LocalOperator.caller(osUser: "root")
        return try await house.identity.authorizationServer.clients.add(
            ClientRegistration(
                name: "app", kind: .app, redirectURIs: [Self.app + "/cb", "com.example.app:/cb"], scopes: "user/Patient.rs"),
            by: caller)
    }

    @Test func onlyApprovedAppsAndOnlyWhatIsMadeForApps() async throws {
        let house = House()
        let clients = house.identity.authorizationServer.clients
        let caller = LocalOperator.caller(osUser: "root")
        try await LiveServer.run(house.services) { live async throws in
            func asked(_ path: String, _ origin: String, _ method: String = "OPTIONS") async throws -> Answer {
                try await live.send(
                    method, path, token: nil, headers: [("Origin", origin), ("Access-Control-Request-Method", "GET")])
            }
            let client = try await register(house)
            #expect(try await asked("/fhir/Patient", Self.app).status == 401, "it waits for its approval")
            _ = try await clients.approve(client.id.text, by: caller)
            for path in ["/fhir", "/fhir/Patient/1", "/auth/token", "/auth/register"] {
                let answer = try await asked(path, Self.app)
                #expect(answer.status == 204 && answer["access-control-allow-origin"] == Self.app, "\(path)")
                #expect(answer["access-control-allow-credentials"] == nil && answer["vary"] == "Origin")
                #expect(answer["access-control-allow-headers"]?.contains("Authorization") == true)
            }
            for origin in ["https://evil.example", "https://app.example.evil.example", "http://app.example", "null", "com.example.app:"] {
                let answer = try await asked("/fhir/Patient", origin)
                #expect(answer.status == 401 && answer["access-control-allow-origin"] == nil, "\(origin)")
            }
            for path in ["/auth/sign-in", "/auth/account", "/auth/authorize", "/auth/sessions", "/api/audit/denied", "/metrics"] {
                let answer = try await asked(path, Self.app)
                #expect(answer.status != 204 && answer["access-control-allow-origin"] == nil, "\(path)")
            }
            let read = try await live.send("GET", "/fhir/Patient/1", headers: [("Origin", Self.app)])
            #expect(read.status == 200 && read["access-control-allow-origin"] == Self.app)
            #expect(read["access-control-expose-headers"]?.contains("ETag") == true)
            let refused = try await live.send("GET", "/fhir/Patient/1", token: nil, headers: [("Origin", Self.app)])
            #expect(refused.status == 401 && refused["access-control-allow-origin"] == Self.app, "the app sees why")
            _ = try await clients.disable(client.id.text, by: caller)
            #expect(try await asked("/fhir/Patient", Self.app).status == 401)
        }
    }

    @Test func whatDescribesTheServerIsOpenToEverybodysPage() async throws {
        try await LiveServer.run(House().services) { live async throws in
            for path in [
                "/fhir/metadata", "/fhir/.well-known/smart-configuration", "/.well-known/oauth-authorization-server", "/auth/jwks",
            ] {
                for origin in ["https://anybody.example", "null"] {
                    let asked = try await live.send(
                        "OPTIONS", path, token: nil, headers: [("Origin", origin), ("Access-Control-Request-Method", "GET")])
                    let answer = try await live.send("GET", path + "?", token: nil, headers: [("Origin", origin)])
                    #expect(asked.status == 204 && asked["access-control-allow-origin"] == "*", "\(path)")
                    #expect(answer.status == 200 && answer["access-control-allow-origin"] == "*", "\(path)")
                    #expect(answer["access-control-allow-credentials"] == nil)
                }
                #expect(try await live.send("GET", path, token: nil)["access-control-allow-origin"] == nil)
            }
        }
    }

    @Test func anAppMayAskByPost() async throws {
        let house = House()
        try await LiveServer.run(house.services) { live async throws in
            func post(_ body: String) async throws -> Answer {
                try await live.send(
                    "POST", "/auth/authorize", token: nil,
                    headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Origin", Self.app)], body: Array(body.utf8))
            }
            let sent = try await post("response_type=code&client_id=a&state=%0D%0A")
            #expect(sent.status == 303 && sent["location"] == "/auth/authorize?response_type=code&client_id=a&state=%0D%0A")
            #expect(try await post("response_type=code&state=a\r\nSet-Cookie: x").status == 400)
            #expect(try await post("response_type=code&state=" + String(repeating: "a", count: 9_000)).status == 400)
            #expect(try await post("request=response_type%3Dcode&decision=allow&response_type=code").status == 403)
        }
    }
}
