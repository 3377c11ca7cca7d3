import Testing
import WardDatabase
import WardTesting
import WardVault

@testable import WardIdentity

@Suite("How an app wants a person to be asked, OpenID Connect Core 3.1.2")
struct AuthorizationPromptTests {
    private let house = House()
    private var server: AuthorizationServer { house.identity.authorizationServer }
    private static let verifier = String(repeating: "v", count: 64)

    private func client() async throws -> String {
        let made = try await server.clients.add(
            ClientRegistration(name: "app", kind: .app, redirectURIs: ["https://app.example/cb"], scopes: "user/Patient.rs openid"),
            by: House.operatorCaller)
        return try await server.clients.approve(made.id.text, by: House.operatorCaller).id.text
    }

    private func form(_ client: String, _ more: [String: String] = [:]) -> TokenForm {
        TokenForm([
            "response_type": "code", "client_id": client, "redirect_uri": "https://app.example/cb", "scope": "user/Patient.rs openid",
            "state": "s", "aud": server.issuer + "/fhir", "code_challenge": PKCE.challenge(of: Self.verifier),
            "code_challenge_method": "S256",
        ].merging(more) { $1 })
    }

    @Test("what is not supported is answered by its own error, what is not known is left alone")
    func unsupported() async throws {
        let client = try await client()
        let wrong: [(String, String, String)] = [
            ("request", "eyJ", "request_not_supported"), ("request_uri", "https://app.example/r", "request_uri_not_supported"),
            ("registration", "{}", "registration_not_supported"), ("response_mode", "fragment", "invalid_request"),
            ("prompt", "none login", "invalid_request"), ("prompt", "nonsense", "invalid_request"),
            ("max_age", "-1", "invalid_request"), ("max_age", "+5", "invalid_request"), ("max_age", "x", "invalid_request"),
        ]
        for (name, value, error) in wrong {
            do {
                _ = try await server.request(form(client, [name: value]))
                Issue.record("\(name)=\(value) was taken")
            } catch AuthorizationRefusal.redirect(let location) {
                #expect(location.hasPrefix("https://app.example/cb?error=\(error)&"), "\(name): \(location)")
                #expect(location.contains("&state=s&iss="))
            }
        }
        for (name, value) in [("claims", "{}"), ("display", "popup"), ("ui_locales", "de"), ("login_hint", "ada"), ("response_mode", "query")] {
            _ = try await server.request(form(client, [name: value]))
        }
    }

    @Test("prompt and max_age: who is not there, who must sign in anew, and what is never done unseen")
    func steps() async throws {
        let client = try await client()
        try await house.add()
        let caller = try await house.caller(house.signIn())
        func step(_ more: [String: String], _ caller: Caller?) async throws -> AuthorizationStep {
            server.next(try await server.request(form(client, more)), caller)
        }
        #expect(try await step([:], nil) == .signIn)
        #expect(try await step([:], caller) == .ask)
        #expect(try await step(["prompt": "consent"], caller) == .ask)
        #expect(try await step(["prompt": "none"], nil) == .answer(.loginRequired))
        #expect(try await step(["prompt": "none"], caller) == .answer(.consentRequired))
        for prompt in ["login", "select_account", "login consent"] {
            #expect(try await step(["prompt": prompt], caller) == .signIn)
        }
        #expect(try await step(["max_age": "0"], caller) == .signIn)
        #expect(try await step(["max_age": "600"], caller) == .ask)
        house.clock.advance(by: .seconds(601))
        #expect(try await step(["max_age": "600"], caller) == .signIn)
        #expect(AuthorizationRequest.afterSignIn("a=1&prompt=login&b=2&max_age=0&prompted=3") == "a=1&b=2&prompted=3")
        #expect(AuthorizationRequest.afterSignIn("a=1&%70rompt=login&max%5Fage=0&b=%zz") == "a=1&b=%zz")
    }

    @Test("auth_time is when the person signed in, not when they allowed the app")
    func authenticationTime() async throws {
        let client = try await client()
        try await house.add()
        let session = try await house.signIn()
        let signedIn = house.clock.now() / 1_000_000
        house.clock.advance(by: .seconds(400))
        let location = try await server.allow(
            server.request(form(client)), patient: nil, handle: nil, by: house.caller(session))
        let code = try #require(location.split(separator: "code=").last?.split(separator: "&").first.map(String.init))
        let answer = try await server.token(
            TokenForm([
                "grant_type": "authorization_code", "code": code, "client_id": client, "redirect_uri": "https://app.example/cb",
                "code_verifier": Self.verifier,
            ]), source: House.source)
        let token = try SignedToken(#require(answer.idToken))
        let claims = try TokenClaims(token.verified(by: server.tokens.signer.keySet, allowing: [.es256], kind: .general))
        #expect(try claims.seconds("auth_time") == signedIn)
        #expect(try claims.seconds("iat") == signedIn + 400)
    }
}
