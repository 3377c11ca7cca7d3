import Testing
import WardDatabase
import WardTesting
import WardVault

@testable import WardIdentity

@Suite("Codes and refresh tokens")
struct CodeAndRefreshTests {
    // RFC 7636 appendix B.
    private static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    private static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    private static let redirect = "https://app.example/cb"

    private let house = House()
    private var server: AuthorizationServer { house.identity.authorizationServer }

    /// A code as a consent would leave it.
    private func code(scopes: String = "patient/*.rs offline_access openid") async throws -> (text: String, client: String) {
        let user = try await house.add().id
        let made = try await server.clients.add(
            ClientRegistration(name: "app", kind: .app, redirectURIs: [Self.redirect], scopes: scopes),
            by: House.operatorCaller)
        _ = try await server.clients.approve(made.id.text, by: House.operatorCaller)
        let id = TimeOrderedIDs().nextLogicalID()
        let code = try #require(AuthorizationCode.make(for: id))
        let now = house.clock.now()
        var grant = Grant(
            client: made.id.text, clientEpoch: 0, user: user.text, userEpoch: 0, factors: [.password, .oneTimeCode],
            scopes: scopes, patient: "p1", source: House.source, createdAt: now, expiresAt: now + 60_000_000)
        grant.code = PendingCode(
            hash: code.hash, challenge: Self.challenge, redirectURI: Self.redirect, nonce: "n-1",
            expiresAt: now + AuthorizationCode.lifetime)
        try await house.oauth.grants.put(id, grant, expecting: nil, events: [])
        return (code.text, made.id.text)
    }

    private func exchange(
        _ code: String, _ client: String, verifier: String = verifier, redirect: String = redirect
    ) async throws(OAuthError) -> TokenAnswer {
        try await server.token(
            TokenForm([
                "grant_type": "authorization_code", "code": code, "client_id": client, "code_verifier": verifier,
                "redirect_uri": redirect,
            ]), source: House.source)
    }

    private func refresh(_ token: String?, _ client: String, scope: String = "") async throws(OAuthError) -> TokenAnswer {
        try await server.token(
            TokenForm([
                "grant_type": "refresh_token", "refresh_token": token ?? "", "client_id": client, "scope": scope,
            ]), source: House.source)
    }

    @Test("RFC 7636 appendix B")
    func pkce() {
        #expect(PKCE.matches(verifier: Self.verifier, challenge: Self.challenge))
        #expect(!PKCE.matches(verifier: Self.verifier + "x", challenge: Self.challenge))
        #expect(!PKCE.matches(verifier: "short", challenge: Self.challenge))
        #expect(PKCE.isChallenge(Self.challenge) && !PKCE.isChallenge(Self.verifier + "x") && !PKCE.isChallenge(""))
    }

    @Test("a code is exchanged by the client that asked, with its verifier and address, once")
    func codes() async throws {
        let (code, client) = try await code()
        for (verifier, redirect) in [
            (String(Self.verifier.reversed()), Self.redirect), (Self.verifier, Self.redirect + "/"), (Self.challenge, Self.redirect),
        ] {
            await #expect(throws: AuthorizationServer.invalidGrant) {
                try await exchange(code, client, verifier: verifier, redirect: redirect)
            }
        }
        await #expect(throws: AuthorizationServer.invalidGrant) { try await exchange("x", client) }
        let answer = try await exchange(code, client)
        #expect(answer.patient == "p1" && answer.refreshToken?.hasPrefix("wref_") == true && answer.idToken != nil)
        let caller = try await server.authenticate(token: answer.accessToken, source: House.source)
        #expect(caller.name == "ada" && caller.role == .clinician && caller.isProven)
        #expect(caller.authorization?.patient?.text == "p1")
        // The code comes back: somebody stole it, and everything that it gave ends.
        await #expect(throws: AuthorizationServer.invalidGrant) { try await exchange(code, client) }
        await #expect(throws: AuthenticationError(.notAuthenticated)) {
            try await server.authenticate(token: answer.accessToken, source: House.source)
        }
        await #expect(throws: AuthorizationServer.invalidGrant) { try await refresh(answer.refreshToken, client) }
    }

    @Test("a code lives a minute")
    func late() async throws {
        let (code, client) = try await code()
        house.clock.advance(by: .seconds(60))
        await #expect(throws: AuthorizationServer.invalidGrant) { try await exchange(code, client) }
    }

    @Test("refresh tokens rotate; one that comes back ends the grant")
    func rotation() async throws {
        let (code, client) = try await code()
        let first = try await exchange(code, client)
        let second = try await refresh(first.refreshToken, client)
        #expect(second.refreshToken != first.refreshToken && second.idToken == nil)
        let narrow = try await refresh(second.refreshToken, client, scope: "patient/Patient.r")
        #expect(narrow.scope == "patient/Patient.r")
        let wide = try await refresh(narrow.refreshToken, client)
        #expect(wide.scope == first.scope)
        await #expect(throws: AuthorizationServer.invalidGrant) { try await refresh(first.refreshToken, client) }
        #expect(house.facts.contains { if case .client(.grantEnded(_, client, .reuse)) = $0 { true } else { false } })
        await #expect(throws: AuthorizationServer.invalidGrant) { try await refresh(wide.refreshToken, client) }
        await #expect(throws: AuthenticationError(.notAuthenticated)) {
            try await server.authenticate(token: wide.accessToken, source: House.source)
        }
    }

    @Test("a refresh asks for no more than was allowed: invalid_scope, and the token is not used up")
    func wider() async throws {
        let (code, client) = try await code()
        let first = try await exchange(code, client)
        for scope in ["patient/Patient.r user/*.rs", "patient/*.cruds", "patient/Patient.rs nonsense", "fhirUser", "nonsense"] {
            do {
                _ = try await refresh(first.refreshToken, client, scope: scope)
                Issue.record("\(scope) was given")
            } catch { #expect(error.code == .invalidScope && error.status == 400, "\(scope)") }
        }
        #expect(try await refresh(first.refreshToken, client, scope: "openid patient/Patient.r").scope == "openid patient/Patient.r")
    }

    @Test("whoever signs out with an app's token ends what the app was allowed")
    func signOut() async throws {
        let (code, client) = try await code()
        let answer = try await exchange(code, client)
        let caller = try await server.authenticate(token: answer.accessToken, source: House.source)
        try await house.identity.signIn.signOut(caller)
        #expect(house.facts.last == .client(.grantEnded(grant: caller.session!, client: client, .byClient)))
        await #expect(throws: AuthenticationError(.notAuthenticated)) {
            try await server.authenticate(token: answer.accessToken, source: House.source)
        }
        await #expect(throws: AuthorizationServer.invalidGrant) { try await refresh(answer.refreshToken, client) }
    }

    @Test("a made-up or another client's refresh token ends nothing")
    func forged() async throws {
        let (code, client) = try await code()
        let answer = try await exchange(code, client)
        let token = try #require(answer.refreshToken)
        let forged = String(token.dropLast(8)) + "AAAAAAAA"
        await #expect(throws: AuthorizationServer.invalidGrant) { try await refresh(forged, client) }
        await #expect(throws: OAuthError.self) { try await refresh(token, "nobody") }
        _ = try await refresh(token, client)
    }

    @Test("without offline_access there is no refresh token")
    func online() async throws {
        let (code, client) = try await code(scopes: "patient/*.rs")
        let answer = try await exchange(code, client)
        #expect(answer.refreshToken == nil && answer.idToken == nil)
    }

    @Test("when the account is disabled its apps are out at once")
    func disabled() async throws {
        let (code, client) = try await code()
        let answer = try await exchange(code, client)
        _ = try await server.authenticate(token: answer.accessToken, source: House.source)
        _ = try await house.identity.users.disable(name: "ada", by: House.operatorCaller)
        await #expect(throws: AuthenticationError(.notAuthenticated)) {
            try await server.authenticate(token: answer.accessToken, source: House.source)
        }
        await #expect(throws: AuthorizationServer.invalidGrant) { try await refresh(answer.refreshToken, client) }
    }

    @Test("an app changes nothing of the person's account")
    func account() async throws {
        let (code, client) = try await code()
        let answer = try await exchange(code, client)
        let caller = try await server.authenticate(token: answer.accessToken, source: House.source)
        await #expect(throws: OwnAccountError(.notFound)) {
            try await house.identity.ownAccount.changePassword(caller, current: House.password, new: "Another-Horse-8")
        }
        await #expect(throws: OwnAccountError(.notFound)) { try await house.identity.ownAccount.sessions(caller) }
    }
}
