import Testing
import WardDatabase
import WardTesting

@testable import WardIdentity

@Suite("Tokens that are bound to a certificate, RFC 8705")
struct CertificateBoundTests {
    private let house = House()
    private let key = ClientKey()
    private var server: AuthorizationServer { house.identity.authorizationServer }
    private static let own = [UInt8](repeating: 1, count: 32)
    private static let other = [UInt8](repeating: 2, count: 32)

    private func register(bound: Bool = true) async throws -> String {
        let made = try await server.clients.add(
            ClientRegistration(
                name: "loader", kind: .backend, scopes: "system/Patient.rs", keySet: key.keySet, isCertificateBound: bound),
            by: House.operatorCaller)
        #expect(made.isCertificateBound == bound)
        _ = try await server.clients.approve(made.id.text, by: House.operatorCaller)
        return made.id.text
    }

    private func form(_ client: String, _ more: [String: String] = [:]) throws -> TokenForm {
        TokenForm(try [
            "grant_type": "client_credentials", "scope": "system/Patient.rs",
            "client_assertion": key.assertion(client, house), "client_assertion_type": ClientAuthentication.assertionType,
        ].merging(more) { $1 })
    }

    @Test("the token names the certificate and opens nothing without its key")
    func bound() async throws {
        let client = try await register()
        let token = try await server.token(form(client), source: House.source, certificate: Self.own).accessToken
        let payload = try SignedToken(token).verified(
            by: server.tokens.signer.keySet, allowing: [.es256], kind: .accessToken)
        let confirmation = #""cnf":{"x5t#S256":"\#(Base64URL.encode(Self.own))"}"#
        #expect(String(decoding: payload, as: UTF8.self).contains(confirmation))
        for _ in 0..<2 {
            // The second time it comes out of memory.
            let caller = try await server.authenticate(token: token, source: "192.0.2.9")
            #expect(!caller.isProven, "nobody has proved the key yet")
            #expect(caller.holding(certificate: nil) == nil && caller.holding(certificate: Self.other) == nil)
            let held = try #require(caller.holding(certificate: Self.own))
            #expect(held.isProven && held.source == "192.0.2.9" && held.authorization?.isHeld == true)
        }
    }

    @Test("a client that is registered so gets no token without a certificate; another needs none")
    func needed() async throws {
        let client = try await register()
        await #expect(throws: OAuthError.self) { try await server.token(form(client), source: House.source) }
        let free = try await register(bound: false)
        let token = try await server.token(form(free), source: House.source, certificate: Self.own).accessToken
        let caller = try await server.authenticate(token: token, source: House.source)
        #expect(caller.isProven && caller.authorization?.certificate == nil)
        #expect(caller.holding(certificate: nil) == caller)
    }

    @Test("introspection says what a token is bound to")
    func introspection() async throws {
        let client = try await register()
        let token = try await server.token(form(client), source: House.source, certificate: Self.own).accessToken
        guard case .active(_, _, _, _, _, let certificate) = try await server.introspect(
            form(client, ["token": token]), source: House.source)
        else {
            Issue.record("not active")
            return
        }
        #expect(certificate == Base64URL.encode(Self.own))
    }

    @Test("a refresh token of a bound app is worth nothing with another certificate")
    func refresh() async throws {
        try await house.add()
        let made = try await server.clients.add(
            ClientRegistration(
                name: "app", kind: .app, redirectURIs: ["https://app.example/cb"], scopes: "user/Patient.rs offline_access",
                isCertificateBound: true), by: House.operatorCaller)
        _ = try await server.clients.approve(made.id.text, by: House.operatorCaller)
        let verifier = String(repeating: "v", count: 64)
        let asked = try await server.request(TokenForm([
            "response_type": "code", "client_id": made.id.text, "redirect_uri": "https://app.example/cb",
            "scope": "user/Patient.rs offline_access", "state": "s", "aud": server.issuer + "/fhir",
            "code_challenge": PKCE.challenge(of: verifier), "code_challenge_method": "S256",
        ]))
        let caller = try await house.caller(house.signIn())
        let location = try await server.allow(asked, patient: nil, handle: nil, by: caller)
        let code = try #require(location.split(separator: "code=").last?.split(separator: "&").first.map(String.init))
        func ask(_ fields: [String: String], _ certificate: [UInt8]?) async throws -> TokenAnswer {
            try await server.token(
                TokenForm(fields.merging(["client_id": made.id.text]) { $1 }), source: House.source, certificate: certificate)
        }
        let exchange = [
            "grant_type": "authorization_code", "code": code, "redirect_uri": "https://app.example/cb",
            "code_verifier": verifier,
        ]
        await #expect(throws: OAuthError.self) { try await ask(exchange, nil) }
        let first = try await ask(exchange, Self.own)
        let refresh = ["grant_type": "refresh_token", "refresh_token": try #require(first.refreshToken)]
        await #expect(throws: OAuthError.self) { try await ask(refresh, Self.other) }
        await #expect(throws: OAuthError.self) { try await ask(refresh, nil) }
        let second = try await ask(refresh, Self.own)
        let held = try await server.authenticate(token: second.accessToken, source: House.source)
        #expect(held.authorization?.certificate == Self.own)
    }
}
