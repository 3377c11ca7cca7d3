import Testing
import WardDatabase
import WardTesting
import WardVault

@testable import WardIdentity

@Suite("What people let applications do, and an end to everything at once")
struct AccountAccessTests {
    private let house = House()
    private var server: AuthorizationServer { house.identity.authorizationServer }
    private static let verifier = String(repeating: "v", count: 64)

    private func app(_ name: String = "growth") async throws -> String {
        let made = try await server.clients.add(
            ClientRegistration(
                name: name, kind: .app, redirectURIs: ["https://app.example/cb"], scopes: "user/Patient.rs offline_access"),
            by: House.operatorCaller)
        return try await server.clients.approve(made.id.text, by: House.operatorCaller).id.text
    }

    /// An app that a person allows, and its tokens.
    private func allow(_ client: String, _ caller: Caller) async throws -> TokenAnswer {
        let asked = try await server.request(TokenForm([
            "response_type": "code", "client_id": client, "redirect_uri": "https://app.example/cb",
            "scope": "user/Patient.rs offline_access", "state": "s", "aud": server.issuer + "/fhir",
            "code_challenge": PKCE.challenge(of: Self.verifier), "code_challenge_method": "S256",
        ]))
        let location = try await server.allow(asked, patient: nil, handle: nil, by: caller)
        let code = try #require(location.split(separator: "code=").last?.split(separator: "&").first.map(String.init))
        return try await server.token(
            TokenForm([
                "grant_type": "authorization_code", "code": code, "client_id": client, "redirect_uri": "https://app.example/cb",
                "code_verifier": Self.verifier,
            ]), source: House.source)
    }

    private func isGood(_ answer: TokenAnswer) async -> Bool {
        (try? await server.authenticate(token: answer.accessToken, source: House.source)) != nil
    }

    private func canRefresh(_ answer: TokenAnswer, _ client: String) async -> Bool {
        (try? await server.token(
            TokenForm(["grant_type": "refresh_token", "refresh_token": answer.refreshToken ?? "", "client_id": client]),
            source: House.source)) != nil
    }

    @Test("the person sees what they allowed and takes it back, and nobody else's; its tokens are over at once")
    func own() async throws {
        try await house.add()
        try await house.add("bob")
        let client = try await app()
        let session = try await house.signIn()
        let caller = try await house.caller(session)
        let bob = try await house.caller(house.signIn("bob"))
        let (first, second) = (try await allow(client, caller), try await allow(client, caller))
        #expect(await isGood(first))
        let own = house.identity.ownAccount
        let listed = try await own.grants(caller)
        #expect(listed.count == 2 && listed.allSatisfy { $0.clientName == "growth" && $0.clientID == client && $0.source == House.source })
        #expect(try await own.grants(bob).isEmpty)
        await #expect(throws: OwnAccountError(.notFound)) { try await own.endGrant(listed[0].name, bob) }
        await #expect(throws: OwnAccountError(.notFound)) { try await own.endGrant("no id at all", caller) }
        let poor = Caller(
            subject: caller.subject, role: caller.role, session: nil, factors: [.provider], tenant: .first, source: House.source)
        await #expect(throws: OwnAccountError(.proofRefused)) { try await own.endGrant(listed[0].name, poor) }
        let grant = try #require(try await server.authenticate(token: first.accessToken, source: House.source).session)
        try await own.endGrant(grant.text, caller)
        #expect(house.facts.last == .client(.grantEnded(grant: grant, client: client, .byPerson)))
        #expect(await !isGood(first))
        #expect(await isGood(second))
        #expect(await house.isLive(session))
        #expect(await !canRefresh(first, client))
        #expect(try await own.grants(caller).count == 1)
        await #expect(throws: OwnAccountError(.notFound)) { try await own.endGrant(grant.text, caller) }
        // An app cannot see or end what its person allowed.
        let other = try await server.authenticate(token: second.accessToken, source: House.source)
        await #expect(throws: OwnAccountError(.notFound)) { try await own.grants(other) }
    }

    @Test("an administrator sees and ends one; end-all ends every session, every token and every code that waits")
    func administrators() async throws {
        let id = try await house.add().id
        let users = house.identity.users
        let (one, two) = (try await app("one"), try await app("two"))
        let session = try await house.signIn()
        let caller = try await house.caller(session)
        let (first, second) = (try await allow(one, caller), try await allow(two, caller))
        let listed = try await users.grants(name: "ada", by: House.operatorCaller)
        #expect(Set(listed.map(\.clientName)) == ["one", "two"])
        let grant = try #require(listed.first { $0.clientName == "one" })
        try await users.endGrant(name: "ada", grant: grant.id, by: House.operatorCaller)
        #expect(await !isGood(first))
        #expect(await isGood(second))
        await #expect(throws: UserDirectoryError(.noSuchGrant)) {
            try await users.endGrant(name: "ada", grant: grant.id, by: House.operatorCaller)
        }
        let before = house.facts.count
        try await users.endSessions(name: "ada", session: nil, by: House.operatorCaller)
        #expect(await !house.isLive(session))
        #expect(await !isGood(second))
        #expect(await !canRefresh(second, two))
        let facts = house.facts[before...]
        #expect(facts.first == .everythingEnded(user: id, count: 2))
        #expect(facts.contains(.sessionRevoked(session: caller.session!, user: id)))
        #expect(facts.contains { if case .client(.grantEnded(_, two, .byAdministrator)) = $0 { true } else { false } })
        #expect(try await users.grants(name: "ada", by: House.operatorCaller).isEmpty)
        #expect(await !house.restarted().isLive(session))
        _ = try await house.signIn()
    }

    @Test("the person ends everything, here too; where a kill leaves records behind nothing of them is good")
    func everything() async throws {
        try await house.add()
        let client = try await app()
        let (here, there) = (try await house.signIn(), try await house.signIn())
        let caller = try await house.caller(here)
        let answer = try await allow(client, caller)
        house.sessions.fail(with: DatabaseError(.unavailable, "test"))
        _ = try? await house.identity.ownAccount.endEverything(caller)
        house.sessions.fail(with: nil)
        #expect(await house.isLive(here), "nothing was done where nothing could be read")
        try await house.identity.ownAccount.endEverything(caller)
        for session in [here, there] { #expect(await !house.isLive(session)) }
        #expect(await !isGood(answer))
        #expect(try await house.user().value.notices.last?.kind == .everythingEnded)
    }

    @Test("a session without a fresh factor changes no factor; with one the app is replaced, and each view has a secret of its own")
    func factors() async throws {
        try await house.add()
        let session = try await house.signIn()
        let fresh = try await house.caller(session)
        let own = house.identity.ownAccount
        let (first, second) = (try await own.offerApp(fresh), try await own.offerApp(fresh))
        #expect(first.totpURI != second.totpURI)
        #expect(try await own.offerApp(fresh, view: first.view).totpURI == first.totpURI)
        let wrong = House.code(of: second.totpURI, at: house.clock.now())
        await #expect(throws: OwnAccountError(.proofRefused)) { try await own.setApp(fresh, view: first.view, code: wrong) }
        let old = try await house.code(steps: 2)
        try await own.setApp(fresh, view: first.view, code: House.code(of: first.totpURI, at: house.clock.now()))
        #expect(house.facts.last == .appReplaced(user: fresh.user!))
        #expect(try await own.makeRecoveryCodes(fresh).count == RecoveryCodes.count)
        #expect(try await own.notices(fresh).prefix(2).map(\.kind) == [.recoveryCodesMade, .appReplaced])
        house.clock.advance(by: .seconds(60))
        await #expect(throws: SignInError(.refused)) { try await house.signIn(code: old) }
        _ = try await house.signIn(code: House.code(of: first.totpURI, at: house.clock.now()))
        house.clock.advance(by: .seconds(300))
        let stale = try await house.caller(session)
        #expect(!stale.isFresh)
        await #expect(throws: OwnAccountError(.proofRefused)) { try await own.offerApp(stale) }
        await #expect(throws: OwnAccountError(.proofRefused)) { try await own.makeRecoveryCodes(stale) }
        await #expect(throws: OwnAccountError(.proofRefused)) {
            try await own.setApp(stale, view: first.view, code: House.code(of: first.totpURI, at: house.clock.now(), steps: 1))
        }
    }
}
