import Foundation
import Synchronization
import Testing
import WardDatabase
import WardTesting
import WardVault

@testable import WardIdentity

@Suite("Sign-in by the organisation's provider")
struct ExternalSignInTests {
    private let house: House
    private let soft = SoftProvider()
    private static let binding = String(repeating: "b", count: 64)

    init() async throws {
        house = Self.house(soft)
        try await house.add()
        house.clock.advance(by: .seconds(3_600))
        try await Self.link("ada", "subject-1", house)
    }

    private static func house(
        _ soft: SoftProvider, makesAccounts: Bool = false, secret: String? = "s3cret:/ü", refusals: Int = 1_000_000
    ) -> House {
        var settings = House.settings(refusals: refusals)
        settings.provider = ExternalProvider(
            issuer: SoftProvider.issuer, clientID: "ward", clientSecret: secret, label: "St. Elsewhere",
            secondFactorClasses: ["urn:hospital:two"],
            roles: [(value: "ward-admins", role: .administrator), (value: "ward-clinicians", role: .clinician)],
            makesAccounts: makesAccounts)
        return House(settings: settings, provider: soft)
    }

    private static func link(_ name: String, _ subject: String?, _ house: House) async throws {
        _ = try await house.identity.users.setExternal(
            name: name, subject: subject, issuer: SoftProvider.issuer, by: House.operatorCaller)
    }

    /// Goes there and comes back with what the provider answers, changed.
    private func signIn(
        _ house: House? = nil, changing: [String: String?] = [:], binding: String = Self.binding
    ) async throws -> (session: IssuedSession, isProven: Bool) {
        let house = house ?? self.house
        let external = house.identity.external
        let asked = try soft.visit(
            try await external.begin(boundTo: Self.binding, isAnew: false, source: House.source))
        var answer: [String: String?] = ["code": "c0de", "state": asked["state"]]
        answer.merge(changing) { $1 }
        return try await external.complete(
            TokenForm(answer.compactMapValues { $0 }), boundTo: binding, source: House.source)
    }

    private func refusal(
        _ house: House? = nil, changing: [String: String?] = [:], binding: String = Self.binding
    ) async -> ExternalSignInError.Code? {
        do {
            _ = try await signIn(house, changing: changing, binding: binding)
            return nil
        } catch {
            return (error as? ExternalSignInError)?.code
        }
    }

    @Test("with a second factor that the provider proves, a linked person is in")
    func works() async throws {
        let (session, isProven) = try await signIn()
        let caller = try await house.caller(session)
        #expect(isProven && caller.isProven && caller.isFresh && caller.name == "ada")
        #expect(caller.factors == [.provider, .providerSecondFactor])
        let form = try #require(soft.state.withLock { $0.forms.last })
        #expect(form["redirect_uri"] == "https://localhost/auth/external/return" && form["client_secret"] == nil)
        let sent = soft.state.withLock { $0.fields }
        #expect(sent.map(\.0) == ["Authorization"])
        #expect(sent.first?.1 == "Basic " + Data("ward:s3cret%3A%2F%C3%BC".utf8).base64EncodedString())
        let asked = soft.state.withLock { $0.asked }
        #expect(asked["scope"] == "openid profile" && asked["code_challenge_method"] == "S256" && asked["prompt"] == nil)
        #expect(house.facts.last == .signedIn(session: try #require(caller.session)))
    }

    @Test("amr or acr prove the second factor; else it is shown here, and nothing is open before")
    func secondFactor() async throws {
        soft.say("amr", ["pwd"])
        let (session, isProven) = try await signIn()
        let poor = try await house.caller(session)
        #expect(!isProven && !poor.isProven && !poor.isFresh && poor.factors == [.provider])
        await #expect(throws: PasskeyError.self) { try await house.identity.passkeys.offer(poor) }
        await #expect(throws: OwnAccountError(.proofRefused)) {
            try await house.identity.ownAccount.stepUp(poor, code: "000000", channel: .browser)
        }
        #expect(try await house.user().value.failures == 1, "wrong codes count here too")
        let code = try await house.code()
        let rich = try await house.caller(
            house.identity.ownAccount.stepUp(poor, code: code, channel: .browser))
        #expect(rich.isProven && rich.factors == [.provider, .oneTimeCode])
        soft.say("acr", "urn:hospital:two")
        #expect(try await signIn().isProven)
        soft.say("acr", "urn:hospital:one")
        #expect(try await !signIn().isProven)
    }

    @Test("a second factor that was shown long ago opens health data, and changes nothing that matters")
    func notFresh() async throws {
        soft.say("auth_time", house.clock.now() / 1_000_000 - 3_600)
        let caller = try await house.caller(signIn().session)
        #expect(caller.isProven && !caller.isFresh)
        let anew = try await house.identity.external.begin(boundTo: Self.binding, isAnew: true, source: House.source)
        #expect(try soft.visit(anew)["prompt"] == "login")
    }

    @Test("an answer that does not hold is refused, and told to the log", arguments: [
        "signature", "kid", "alg none", "type", "issuer", "audience", "two audiences", "azp", "expired", "no iat", "future",
        "nonce", "no nonce", "subject",
    ])
    func tokens(what: String) async throws {
        let now = house.clock.now() / 1_000_000
        switch what {
        case "signature": soft.set { $0.published = $0.key.keySet; $0.key = ClientKey("provider-1") }
        case "kid": soft.set { $0.header["kid"] = "another" }
        case "alg none": soft.set { $0.header["alg"] = "none" }
        case "type": soft.set { $0.header["typ"] = "at+jwt" }
        case "issuer": soft.say("iss", SoftProvider.issuer + "/")
        case "audience": soft.say("aud", "another")
        case "two audiences": soft.say("aud", ["ward", "another"])
        case "azp": soft.say("azp", "another")
        case "expired": soft.say("exp", now - 31)
        case "no iat": soft.say("iat", nil)
        case "future": soft.say("nbf", now + 60)
        case "nonce": soft.say("nonce", "another")
        case "no nonce": soft.say("nonce", nil)
        default: soft.say("sub", String(repeating: "s", count: 256))
        }
        #expect(await refusal() == .refused)
        #expect(house.facts.last == .signInRefused(user: nil, .wrongProviderAnswer))
    }

    @Test("the way back is of this browser, once, within five minutes, from this provider")
    func states() async throws {
        #expect(await refusal(binding: String(repeating: "c", count: 64)) == .refused)
        #expect(await refusal(changing: ["state": "made-up"]) == .refused)
        #expect(await refusal(changing: ["state": nil]) == .refused)
        #expect(await refusal(changing: ["code": nil]) == .refused)
        #expect(await refusal(changing: ["error": "access_denied"]) == .refused)
        #expect(await refusal(changing: ["iss": "https://other.example"]) == .refused, "RFC 9207")
        #expect(await refusal(changing: ["iss": SoftProvider.issuer]) == nil)
        let external = house.identity.external
        let asked = try soft.visit(try await external.begin(boundTo: Self.binding, isAnew: false, source: House.source))
        let answer = TokenForm(["code": "c", "state": asked["state"] ?? ""])
        _ = try await external.complete(answer, boundTo: Self.binding, source: House.source)
        await #expect(throws: ExternalSignInError(.refused), "once") {
            try await external.complete(answer, boundTo: Self.binding, source: House.source)
        }
        let late = try soft.visit(try await external.begin(boundTo: Self.binding, isAnew: false, source: House.source))
        house.clock.advance(by: .seconds(301))
        await #expect(throws: ExternalSignInError(.refused)) {
            try await external.complete(
                TokenForm(["code": "c", "state": late["state"] ?? ""]), boundTo: Self.binding, source: House.source)
        }
        let strict = Self.house(soft)
        soft.set { $0.document["authorization_response_iss_parameter_supported"] = true }
        #expect(await refusal(strict) == .refused, "it says that it names itself, and does not")
    }

    @Test("a key without a name is taken where it is the only one; a new key is fetched")
    func keys() async throws {
        soft.set { $0.header["kid"] = NSNull() }
        #expect(await refusal() == nil)
        soft.set { state in
            state.header = [:]
            state.key = ClientKey("provider-2")
        }
        #expect(await refusal() == .refused, "nobody makes this server fetch at will")
        house.clock.advance(by: .seconds(31))
        #expect(await refusal() == nil)
    }

    @Test("a provider that is down is left alone for longer and longer")
    func backOff() async throws {
        soft.set { $0.isDown = true }
        for _ in 0..<5 { await #expect(throws: ExternalSignInError(.unavailable)) { try await begin() } }
        #expect(soft.state.withLock { $0.fetches.count } == 1)
        for seconds in [1, 2, 4, 8] {
            house.clock.advance(by: .seconds(seconds))
            await #expect(throws: ExternalSignInError(.unavailable)) { try await begin() }
            await #expect(throws: ExternalSignInError(.unavailable)) { try await begin() }
        }
        #expect(soft.state.withLock { $0.fetches.count } == 5)
        soft.set { $0.isDown = false }
        house.clock.advance(by: .seconds(16))
        _ = try await begin()
        for bad in ["issuer": "https://other.example", "token_endpoint": "http://login.hospital.example/token"] {
            let other = Self.house(soft)
            soft.set { $0.document = [bad.key: bad.value] }
            #expect(await refusal(other) == .unavailable)
        }
    }

    private func begin() async throws -> String {
        try await house.identity.external.begin(boundTo: Self.binding, isAnew: false, source: House.source)
    }

    @Test("issuer and subject link, and nothing else: no name, no e-mail address")
    func linking() async throws {
        soft.say("sub", "subject-2")
        soft.say("preferred_username", "ada")
        soft.say("email", "ada")
        #expect(await refusal() == .noAccount)
        #expect(house.facts.last == .signInRefused(user: nil, .unlinked))
        let maker = Self.house(soft, makesAccounts: true)
        try await maker.add()
        #expect(await refusal(maker) == .noAccount, "the name is another's")
        #expect(try await maker.user().value.external == nil)
        try await house.add("bob")
        await #expect(throws: UserDirectoryError(.subjectTaken)) { try await Self.link("bob", "subject-1", house) }
        await #expect(throws: UserDirectoryError(.subjectInvalid)) { try await Self.link("bob", "", house) }
        soft.say("sub", "subject-1")
        let session = try await signIn().session
        try await Self.link("ada", nil, house)
        #expect(await !house.isLive(session), "sessions end")
        #expect(await refusal() == .noAccount)
        try await Self.link("ada", "subject-1", house)
        _ = try await house.identity.users.disable(name: "ada", by: House.operatorCaller)
        #expect(await refusal() == .noAccount)
        #expect(house.facts.last == .signInRefused(user: try await house.user().id, .disabled))
    }

    @Test("the provider makes an account for who has a role, and its claims say the role from then on")
    func provisioning() async throws {
        let house = Self.house(soft, makesAccounts: true)
        soft.say("amr", ["pwd"])
        #expect(await refusal(house) == .secondFactorMissing)
        soft.say("amr", ["mfa"])
        soft.say("groups", ["others"])
        #expect(await refusal(house) == .noRole)
        soft.say("groups", ["others", "ward-clinicians"])
        let first = try await signIn(house).session
        let caller = try await house.caller(first)
        #expect(caller.name == "pat" && caller.role == .clinician)
        let made = try await house.user("pat")
        #expect(house.facts.contains(.userProvisioned(user: made.id, .clinician)))
        await #expect(throws: SignInError(.refused), "there is no password") {
            try await house.signIn("pat", password: "", code: house.code("pat"))
        }
        soft.say("groups", ["ward-clinicians", "ward-admins"])
        soft.say("preferred_username", "renamed")
        let second = try await house.caller(signIn(house).session)
        #expect(second.name == "pat" && second.role == .administrator, "the first of the list that somebody has")
        #expect(await !house.isLive(first), "nothing of the old role is left")
        soft.say("groups", [String]())
        #expect(await refusal(house) == .noRole)
        soft.say("groups", ["ward-clinicians"])
        soft.say("amr", ["pwd"])
        #expect(await refusal(house) == .secondFactorMissing)
    }

    @Test("a linked account keeps the role that it has here")
    func ownRole() async throws {
        soft.say("groups", ["ward-admins"])
        #expect(try await house.caller(signIn().session).role == .clinician)
    }

    @Test("without a secret this server signs who it is")
    func ownKey() async throws {
        let house = Self.house(soft, secret: nil)
        try await house.add()
        try await Self.link("ada", "subject-1", house)
        _ = try await signIn(house)
        let form = try #require(soft.state.withLock { $0.forms.last })
        let assertion = try SignedToken(try #require(form["client_assertion"]))
        let keys = try JSONWebKeySet(json: house.identity.authorizationServer.publicKeys)
        let claims = try TokenClaims(assertion.verified(by: keys, allowing: [.es256], kind: .general))
        #expect(try claims.text("iss") == "ward" && claims.audiences == [SoftProvider.issuer + "/token"])
    }

    @Test("an address that brings wrong answers is held back; without a provider there is no door")
    func limits() async throws {
        let house = Self.house(soft, refusals: 3)
        for _ in 0..<3 { #expect(await refusal(house, changing: ["state": "x"]) == .refused) }
        #expect(await refusal(house) == .throttled(retryAfterSeconds: 2))
        #expect(house.facts.last == .signInRefused(user: nil, .throttled))
        let closed = House()
        #expect(closed.identity.external.label == nil)
        await #expect(throws: ExternalSignInError(.off)) {
            try await closed.identity.external.begin(boundTo: Self.binding, isAnew: false, source: House.source)
        }
    }

    @Test("the log comes first: where it cannot be written, nobody is in")
    func failsClosed() async throws {
        house.breakAuditLog()
        #expect(await refusal() == .unavailable)
        #expect(await refusal(changing: ["state": "x"]) == .unavailable)
    }
}
