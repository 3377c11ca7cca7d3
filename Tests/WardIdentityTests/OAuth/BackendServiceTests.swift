import Foundation
import Synchronization
import Testing
import WardDatabase
import WardTesting
import WardVault

@testable import WardIdentity

@Suite("Backend services: client_credentials with private_key_jwt")
struct BackendServiceTests {
    private let house = House()
    private let key = ClientKey()
    private var server: AuthorizationServer { house.identity.authorizationServer }

    private func register(
        scopes: String = "system/Patient.rs system/Observation.cruds", keySetURL: String? = nil, approved: Bool = true
    ) async throws -> String {
        let made = try await server.clients.add(
            ClientRegistration(
                name: "loader", kind: .backend, scopes: scopes, keySet: keySetURL == nil ? key.keySet : nil,
                keySetURL: keySetURL),
            by: House.operatorCaller)
        if approved { _ = try await server.clients.approve(made.id.text, by: House.operatorCaller) }
        return made.id.text
    }

    private func form(_ assertion: String, scope: String = "system/Patient.rs") -> TokenForm {
        TokenForm([
            "grant_type": "client_credentials", "scope": scope, "client_assertion": assertion,
            "client_assertion_type": ClientAuthentication.assertionType,
        ])
    }

    private func token(_ client: String, scope: String = "system/Patient.rs") async throws -> TokenAnswer {
        try await server.token(form(key.assertion(client, house), scope: scope), source: House.source)
    }

    @Test("a service gets a token for what it was approved for, and calls with it")
    func works() async throws {
        let client = try await register()
        let answer = try await token(client, scope: "system/Patient.rs system/Observation.read system/Condition.rs openid")
        #expect(answer.scope == "system/Patient.rs system/Observation.read" && answer.refreshToken == nil)
        #expect(answer.expiresInSeconds == 300)
        let caller = try await server.authenticate(token: answer.accessToken, source: "192.0.2.7")
        #expect(caller.isProven && caller.role == .service && caller.client?.text == client)
        #expect(caller.source == "192.0.2.7" && caller.actorID == client && caller.user == nil)
        #expect(caller.authorization?.scopes.resources.map(\.description) == ["system/Patient.rs", "system/Observation.rs"])
        guard case .client(.tokenIssued(_, let told, .clientCredentials))? = house.facts.last else {
            Issue.record("no entry in the audit log")
            return
        }
        #expect(told.text == client)
    }

    @Test("a token lives five minutes, and dies at once with its client")
    func ends() async throws {
        let client = try await register()
        let first = try await token(client).accessToken
        _ = try await server.authenticate(token: first, source: House.source)
        house.clock.advance(by: .seconds(301))
        await #expect(throws: AuthenticationError(.notAuthenticated)) {
            try await server.authenticate(token: first, source: House.source)
        }
        let second = try await token(client).accessToken
        _ = try await server.authenticate(token: second, source: House.source)
        _ = try await server.clients.disable(client, by: House.operatorCaller)
        await #expect(throws: AuthenticationError(.notAuthenticated)) {
            try await server.authenticate(token: second, source: House.source)
        }
        await #expect(throws: OAuthError.self) { try await token(client) }
        // Opened again: what was given before stays dead.
        _ = try await server.clients.approve(client, by: House.operatorCaller)
        await #expect(throws: AuthenticationError(.notAuthenticated)) {
            try await server.authenticate(token: second, source: House.source)
        }
    }

    @Test("assertions: wrong key, issuer, audience, times, replay, type, algorithm")
    func assertions() async throws {
        let client = try await register()
        let now = house.clock.now() / 1_000_000
        let stranger = ClientKey()
        let good = try key.assertion(client, house)
        _ = try await server.token(form(good), source: House.source)
        let refused: [(String, String)] = [
            ("replayed", good),
            ("swapped key", try stranger.assertion(client, house)),
            ("unknown kid", try key.assertion(client, house, header: ["kid": "other"])),
            ("no kid", try key.assertion(client, house, header: ["kid": NSNull()])),
            ("alg none", try key.assertion(client, house, header: ["alg": "none"])),
            ("alg RS384", try key.assertion(client, house, header: ["alg": "RS384"])),
            ("access token type", try key.assertion(client, house, header: ["typ": "at+jwt"])),
            ("jku of another", try key.assertion(client, house, header: ["jku": "https://evil.example/keys"])),
            ("expired", try key.assertion(client, house, changing: ["exp": now - 31])),
            ("too long", try key.assertion(client, house, changing: ["exp": now + 3_600])),
            ("no exp", try key.assertion(client, house, changing: ["exp": NSNull()])),
            ("future", try key.assertion(client, house, changing: ["nbf": now + 60])),
            ("issued in the future", try key.assertion(client, house, changing: ["iat": now + 60])),
            ("no jti", try key.assertion(client, house, changing: ["jti": NSNull()])),
            ("aud", try key.assertion(client, house, changing: ["aud": "https://other.example/auth/token"])),
            ("sub", try key.assertion(client, house, changing: ["sub": "somebody"])),
            ("iss", try key.assertion(client, house, changing: ["iss": "somebody"])),
        ]
        for (name, assertion) in refused {
            do {
                _ = try await server.token(form(assertion), source: House.source)
                Issue.record("\(name) was taken")
            } catch {
                #expect(error.description == ClientAuthentication.refused.description && error.status == 401, "\(name)")
            }
        }
        #expect(house.facts.suffix(refused.count).allSatisfy { $0 == .client(.tokenRefused(client: nil, .invalidClient)) })
        // In the same words as a client that nobody knows.
        await #expect(throws: ClientAuthentication.refused) {
            try await server.token(form(key.assertion("0198f0a0-0000-7000-8000-000000000000", house)), source: House.source)
        }
        let array = try key.assertion(client, house, changing: ["aud": ["x", server.issuer]])
        _ = try await server.token(form(array), source: House.source)
    }

    @Test("whoever asks without end for tokens that nobody gives fills no log")
    func flood() async throws {
        let before = house.facts.count
        for _ in 0..<200 {
            await #expect(throws: OAuthError.self) {
                try await server.token(form("nonsense"), source: House.source)
            }
        }
        let facts = house.facts.dropFirst(before)
        #expect((1...62).contains(facts.count))
        #expect(facts.last == .requestsNotTold, "the log says that there were more")
    }

    @Test("an assertion is taken once also by requests at the same moment, and after a restart")
    func replay() async throws {
        let client = try await register()
        let assertion = try key.assertion(client, house)
        let taken = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<12 {
                group.addTask { (try? await server.token(form(assertion), source: House.source)) != nil }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(taken == 1)
        let again = house.restarted().identity.authorizationServer
        await #expect(throws: OAuthError.self) { try await again.token(form(assertion), source: House.source) }
    }

    @Test("who is not approved, not a backend service, or asks for nothing it may have, gets nothing")
    func refusals() async throws {
        let waiting = try await register(approved: false)
        await #expect(throws: OAuthError.self) { try await token(waiting) }
        let client = try await register(scopes: "system/Patient.r")
        for scope in ["system/Patient.rs", "system/*.r", "user/Patient.r", "system/Patient.r?name=x&", "nonsense"] {
            do {
                _ = try await token(client, scope: scope)
                Issue.record("\(scope) was given")
            } catch { #expect((error as? OAuthError)?.code == .invalidScope, "\(scope)") }
        }
        #expect(try await token(client, scope: "system/Patient.r?gender=female").scope == "system/Patient.r?gender=female")
        for (fields, code): ([String: String], OAuthError.Code) in [
            ([:], .invalidClient), (["client_id": client], .invalidClient),
            (["client_id": "nobody", "grant_type": "client_credentials"], .invalidClient),
        ] {
            do {
                _ = try await server.token(TokenForm(fields), source: House.source)
                Issue.record("taken")
            } catch { #expect(error.code == code) }
        }
    }

    @Test("keys by address are fetched, kept, and fetched again for a key that is new, not at will")
    func keySetByAddress() async throws {
        let url = "https://client.example/jwks.json"
        let client = try await register(keySetURL: url)
        await #expect(throws: OAuthError.self) { try await token(client) }
        house.clock.advance(by: .seconds(1))
        house.oauth.published.withLock { $0[url] = key.keySet }
        _ = try await token(client)
        _ = try await token(client)
        let fetches = house.oauth.fetches.withLock { $0 }
        let new = ClientKey("key-2")
        let assertion = try new.assertion(client, house)
        await #expect(throws: OAuthError.self) { try await server.token(form(assertion), source: House.source) }
        #expect(house.oauth.fetches.withLock { $0 } == fetches, "not before the pause is over")
        house.oauth.published.withLock { $0[url] = new.keySet }
        house.clock.advance(by: .seconds(31))
        _ = try await server.token(form(new.assertion(client, house)), source: House.source)
        #expect(house.oauth.fetches.withLock { $0 } == fetches + 1)
        // The old key is gone from there, and so from here.
        await #expect(throws: OAuthError.self) { try await token(client) }
    }

    @Test("access tokens that this server did not make, or made for another, are refused")
    func foreign() async throws {
        let client = try await register()
        let token = try await token(client).accessToken
        let parts = token.split(separator: ".").map(String.init)
        server.bound(to: "other.example")
        await #expect(throws: AuthenticationError(.notAuthenticated)) {
            try await server.authenticate(token: token, source: House.source)
        }
        server.bound(to: "localhost")
        let assertion = try key.assertion(client, house)
        for text in [
            assertion, parts[0] + "." + parts[1] + ".", parts[1] + "." + parts[0] + "." + parts[2],
            try key.sign(["iss": server.issuer], header: ["typ": "at+jwt"]), "eyJ", "",
        ] {
            await #expect(throws: AuthenticationError(.notAuthenticated)) {
                try await server.authenticate(token: text, source: House.source)
            }
        }
        _ = try await server.authenticate(token: token, source: House.source)
        #expect(AuthorizationServer.isAccessToken(token) && !AuthorizationServer.isAccessToken("ward_x"))
    }

    @Test("introspection and revocation are for the client that holds the token")
    func introspection() async throws {
        let client = try await register()
        let other = try await register()
        let token = try await token(client).accessToken
        func ask(_ who: String, _ token: String) throws -> TokenForm {
            TokenForm([
                "token": token, "client_assertion": try key.assertion(who, house),
                "client_assertion_type": ClientAuthentication.assertionType,
            ])
        }
        guard case .active(let told, let subject, let scope, _, nil, nil) = try await server.introspect(
            try ask(client, token), source: House.source)
        else {
            Issue.record("not active")
            return
        }
        #expect(told == client && subject == client && scope == "system/Patient.rs")
        #expect(try await server.introspect(try ask(other, token), source: House.source) == .inactive)
        #expect(try await server.introspect(try ask(client, "nonsense"), source: House.source) == .inactive)
        try await server.revoke(try ask(other, token), source: House.source)
        _ = try await server.authenticate(token: token, source: House.source)
        try await server.revoke(try ask(client, token), source: House.source)
        await #expect(throws: AuthenticationError(.notAuthenticated)) {
            try await server.authenticate(token: token, source: House.source)
        }
        #expect(try await server.introspect(try ask(client, token), source: House.source) == .inactive)
    }
}
