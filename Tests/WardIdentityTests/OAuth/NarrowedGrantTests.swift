import Synchronization
import Testing
import WardDatabase
import WardTesting
import WardVault

@testable import WardIdentity

@Suite("An app is granted no more than what opens anything, RFC 6749 3.3")
struct NarrowedGrantTests {
    private let house = House()
    private var server: AuthorizationServer { house.identity.authorizationServer }
    private static let verifier = String(repeating: "v", count: 64)

    init() async throws {
        // A role that reads alone.
        house.oauth.opened.withLock { $0 = { scope, role in role == .clinician ? scope.rights.intersection([.read, .search]) : [] } }
        try await house.add()
    }

    private func client(_ scopes: String) async throws -> String {
        let made = try await server.clients.add(
            ClientRegistration(name: "app", kind: .app, redirectURIs: ["https://app.example/cb"], scopes: scopes), by: House.operatorCaller)
        return try await server.clients.approve(made.id.text, by: House.operatorCaller).id.text
    }

    private func asked(_ client: String, _ scopes: String) async throws -> AuthorizationRequest {
        try await server.request(TokenForm([
            "response_type": "code", "client_id": client, "redirect_uri": "https://app.example/cb", "scope": scopes, "state": "s",
            "aud": server.issuer + "/fhir", "code_challenge": PKCE.challenge(of: Self.verifier), "code_challenge_method": "S256",
        ]))
    }

    private func tokens(_ client: String, _ asked: AuthorizationRequest, patient: String? = nil) async throws -> TokenAnswer {
        let caller = try await house.caller(house.signIn())
        let location = try await server.allow(asked, patient: patient, handle: nil, by: caller)
        let code = try #require(location.split(separator: "code=").last?.split(separator: "&").first.map(String.init))
        return try await server.token(
            TokenForm([
                "grant_type": "authorization_code", "code": code, "client_id": client, "redirect_uri": "https://app.example/cb",
                "code_verifier": Self.verifier,
            ]), source: House.source)
    }

    @Test("what the role does not open is neither shown, granted nor refreshed, and the answer says so")
    func narrower() async throws {
        let scopes = "user/*.cruds user/Observation.write user/Condition.* offline_access"
        let client = try await client(scopes)
        let asked = try await asked(client, scopes)
        let expected = "user/*.rs user/Condition.read offline_access"
        #expect(server.narrowed(asked, to: .clinician).scopes.text == expected)
        let answer = try await tokens(client, asked)
        #expect(answer.scope == expected)
        let caller = try await server.authenticate(token: answer.accessToken, source: House.source)
        #expect(caller.authorization?.scopes.text == expected)
        let again = try await server.token(
            TokenForm(["grant_type": "refresh_token", "refresh_token": answer.refreshToken ?? "", "client_id": client]), source: House.source)
        #expect(again.scope == expected)
    }

    @Test("where nothing is left of what an app asked for, it is told so and nothing is granted")
    func nothing() async throws {
        let client = try await client("user/Patient.cud openid")
        let caller = try await house.caller(house.signIn())
        let writes = try await asked(client, "user/Patient.cud")
        #expect(server.next(writes, caller) == .answer(.invalidScope))
        #expect(try await server.allow(writes, patient: nil, handle: nil, by: caller).contains("error=invalid_scope"))
        let both = try await asked(client, "user/Patient.cud openid")
        #expect(server.next(both, caller) == .ask)
        #expect(try await tokens(client, both).scope == "openid")
    }

    @Test("a patient is kept where the app asked for one, and nowhere else")
    func patient() async throws {
        let client = try await client("user/*.rs patient/*.rs launch/patient")
        let without = try await tokens(client, try await asked(client, "user/*.rs"), patient: "p1")
        #expect(without.patient == nil)
        let caller = try await server.authenticate(token: without.accessToken, source: House.source)
        #expect(caller.authorization?.patient == nil)
        #expect(try await tokens(client, try await asked(client, "launch/patient user/*.rs"), patient: "p1").patient == "p1")
    }
}
