import Testing
import WardDatabase
import WardTesting
import WardVault

@testable import WardIdentity

@Suite("Passkeys")
struct PasskeyTests {
    static let visitor = "visitor"

    /// A house that is reached by name, with an account.
    static func house(roles: Set<Role> = []) async throws -> House {
        var settings = House.settings()
        settings.passkeyRoles = roles
        let house = House(settings: settings)
        house.identity.passkeys.bound(to: "ward.example.org")
        try await house.add()
        return house
    }

    /// Registers a passkey in a session that has just begun with password and code.
    static func register(_ authenticator: SoftAuthenticator, _ house: House, _ name: String = "ada") async throws -> String {
        let caller = try await house.caller(house.signIn(name))
        let offer = try #require(try await house.identity.passkeys.offer(caller))
        _ = try await house.identity.passkeys.register(authenticator.make(offer, label: "key"), by: caller)
        return offer.handle
    }

    static func question(_ house: House, _ visitor: String = visitor) throws -> PasskeyQuestion {
        try #require(house.identity.passkeys.signInQuestion(boundTo: visitor))
    }

    static func signIn(_ proof: PasskeyProof, _ house: House, boundTo visitor: String = visitor) async throws -> IssuedSession {
        try await house.identity.signIn.signIn(passkey: proof, boundTo: visitor, source: House.source, channel: .bearer)
    }

    @Test("a registered passkey signs in by itself: both factors where its device asked who it is")
    func alone() async throws {
        let house = try await Self.house()
        var authenticator = SoftAuthenticator()
        let handle = try await Self.register(authenticator, house)
        let caller = try await house.caller(Self.signIn(authenticator.show(Self.question(house), handle: handle), house))
        #expect(caller.factors == [.passkey, .userVerification] && caller.isProven && caller.isFresh && caller.name == "ada")
        let own = try await house.identity.passkeys.list(caller)
        #expect(own.map(\.label) == ["key"] && own[0].lastUsedAt == house.clock.now())
        #expect(house.facts.contains(.passkey(.added(user: try await house.user().id))))
    }

    @Test("without a PIN, a finger or a face, or without the account's name, it is none by itself")
    func unverified() async throws {
        let house = try await Self.house()
        var authenticator = SoftAuthenticator()
        let handle = try await Self.register(authenticator, house)
        let nameless = try authenticator.show(Self.question(house), handle: "")
        await #expect(throws: SignInError(.refused)) { try await Self.signIn(nameless, house) }
        let foreign = try authenticator.show(Self.question(house), handle: Base64URL.encode([UInt8](repeating: 1, count: 16)))
        await #expect(throws: SignInError(.refused)) { try await Self.signIn(foreign, house) }
        authenticator.isVerifying = false
        let proof = try authenticator.show(Self.question(house), handle: handle)
        await #expect(throws: SignInError(.refused)) { try await Self.signIn(proof, house) }
        #expect(house.facts.count { $0 == .signInRefused(user: nil, .wrongPasskey) } == 3)
    }

    @Test("beside a password it is the second factor, of its own account alone")
    func second() async throws {
        let house = try await Self.house()
        try await house.add("bob")
        var authenticator = SoftAuthenticator()
        let handle = try await Self.register(authenticator, house)
        authenticator.isVerifying = false
        func signIn(_ name: String, _ password: String = House.password) async throws -> IssuedSession {
            try await house.identity.signIn.signIn(
                name: name, password: password, passkey: authenticator.show(Self.question(house), handle: handle),
                boundTo: Self.visitor, source: House.source, channel: .bearer)
        }
        let caller = try await house.caller(signIn("ada"))
        #expect(caller.factors == [.password, .passkey] && caller.isProven)
        await #expect(throws: SignInError(.refused)) { try await signIn("bob") }
        await #expect(throws: SignInError(.refused)) { try await signIn("ada", "wrong") }
        await #expect(throws: SignInError(.refused)) { try await signIn("nobody") }
        #expect(try await house.user().value.failures == 1)
        #expect(try await house.user("bob").value.failures == 1, "a wrong second factor counts")
    }

    @Test("an answer works once, for the browser that asked, on this site, for five minutes")
    func challenges() async throws {
        let house = try await Self.house()
        var authenticator = SoftAuthenticator()
        let handle = try await Self.register(authenticator, house)
        let proof = try authenticator.show(Self.question(house), handle: handle)
        _ = try await Self.signIn(proof, house)
        await #expect(throws: SignInError(.refused)) { try await Self.signIn(proof, house) }
        let other = try authenticator.show(Self.question(house, "another"), handle: handle)
        await #expect(throws: SignInError(.refused)) { try await Self.signIn(other, house) }
        let caller = try await house.caller(house.signIn())
        let stepUp = try authenticator.show(#require(house.identity.passkeys.stepUpQuestion(caller)), handle: handle)
        await #expect(throws: SignInError(.refused)) { try await Self.signIn(stepUp, house) }
        let late = try authenticator.show(Self.question(house), handle: handle)
        house.clock.advance(by: .seconds(301))
        await #expect(throws: SignInError(.refused)) { try await Self.signIn(late, house) }
        authenticator.origin = "https://ward.example.org.evil.example"
        let lured = try authenticator.show(Self.question(house), handle: handle)
        await #expect(throws: SignInError(.refused)) { try await Self.signIn(lured, house) }
        let question = try Self.question(house)
        let made = PasskeyQuestion(site: question.site, challenge: Base64URL.encode(SecureRandom.bytes(72)))
        authenticator.origin = "https://ward.example.org"
        let invented = try authenticator.show(made, handle: handle)
        await #expect(throws: SignInError(.refused)) { try await Self.signIn(invented, house) }
        #expect(house.identity.passkeys.challenges.count == 2, "one that registered, one that signed in")
        house.clock.advance(by: .seconds(600))
        _ = try await Self.signIn(authenticator.show(Self.question(house), handle: handle), house)
        #expect(house.identity.passkeys.challenges.count == 1, "older ones are forgotten")
    }

    @Test("a passkey that was given up, reset away, or whose account is closed works no more")
    func ended() async throws {
        let house = try await Self.house()
        var authenticator = SoftAuthenticator()
        let handle = try await Self.register(authenticator, house)
        _ = try await house.identity.users.disable(name: "ada", by: House.operatorCaller)
        var proof = try authenticator.show(Self.question(house), handle: handle)
        await #expect(throws: SignInError(.refused)) { try await Self.signIn(proof, house) }
        _ = try await house.identity.users.enable(name: "ada", by: House.operatorCaller)
        let caller = try await house.caller(Self.signIn(authenticator.show(Self.question(house), handle: handle), house))
        let own = try await house.identity.passkeys.list(caller)
        try await house.identity.passkeys.remove(own[0].id.text, by: caller)
        proof = try authenticator.show(Self.question(house), handle: handle)
        await #expect(throws: SignInError(.refused)) { try await Self.signIn(proof, house) }
        var another = SoftAuthenticator()
        _ = try await Self.register(another, house)
        try await house.activate(
            try await house.identity.users.reset(name: "ada", renewsSecondFactor: true, by: House.operatorCaller),
            password: "Another-Horse-8")
        proof = try another.show(Self.question(house), handle: handle)
        await #expect(throws: SignInError(.refused)) { try await Self.signIn(proof, house) }
    }

    @Test("failures of passwords do not hold back who has a passkey")
    func flooded() async throws {
        let house = try await Self.house()
        var authenticator = SoftAuthenticator()
        let handle = try await Self.register(authenticator, house)
        for _ in 0..<20 { _ = try? await house.signIn(password: "wrong", code: "000000") }
        #expect(try await house.user().value.lockedUntil > house.clock.now())
        _ = try await Self.signIn(authenticator.show(Self.question(house), handle: handle), house)
        #expect(try await house.user().value.failures == 0)
    }

    @Test("a count that goes back is told, and holds nobody back; whether it can be backed up never changes")
    func copies() async throws {
        let house = try await Self.house()
        var authenticator = SoftAuthenticator()
        authenticator.counter = 9
        let handle = try await Self.register(authenticator, house)
        _ = try await Self.signIn(authenticator.show(Self.question(house), handle: handle), house)
        #expect(!house.facts.contains(.passkey(.countedBack(user: try await house.user().id))))
        authenticator.counter = 3
        _ = try await Self.signIn(authenticator.show(Self.question(house), handle: handle), house)
        #expect(house.facts.contains(.passkey(.countedBack(user: try await house.user().id))))
        authenticator.isSynced = true
        let proof = try authenticator.show(Self.question(house), handle: handle)
        await #expect(throws: SignInError(.refused)) { try await Self.signIn(proof, house) }
    }

    @Test("one passkey is one account's, and an answer registers it once")
    func unique() async throws {
        let house = try await Self.house()
        try await house.add("bob")
        let authenticator = SoftAuthenticator()
        let caller = try await house.caller(house.signIn())
        let offer = try #require(try await house.identity.passkeys.offer(caller))
        #expect(offer.registered.isEmpty && offer.name == "ada" && offer.algorithms == [-8, -7, -257])
        let made = try authenticator.make(offer)
        _ = try await house.identity.passkeys.register(made, by: caller)
        await #expect(throws: PasskeyError(.wrongChallenge)) { try await house.identity.passkeys.register(made, by: caller) }
        let bob = try await house.caller(house.signIn("bob"))
        let other = try authenticator.make(#require(try await house.identity.passkeys.offer(bob)))
        await #expect(throws: PasskeyError(.alreadyRegistered)) { try await house.identity.passkeys.register(other, by: bob) }
        let again = try #require(try await house.identity.passkeys.offer(caller))
        #expect(again.registered == [Base64URL.encode(authenticator.id)])
        await #expect(throws: PasskeyError(.wrongChallenge), "an offer is its session's") {
            try await house.identity.passkeys.register(SoftAuthenticator().make(again), by: bob)
        }
    }

    @Test("by an address alone there are no passkeys", arguments: ["127.0.0.1:8443", "[::1]:8443", "192.0.2.1"])
    func unnamed(_ authority: String) async throws {
        let house = try await Self.house()
        house.identity.passkeys.bound(to: authority)
        #expect(house.identity.passkeys.signInQuestion(boundTo: "x") == nil)
        #expect(try await house.identity.passkeys.offer(house.caller(house.signIn())) == nil)
    }

    @Test("where none is kept by the audit log, none is registered and none signs in")
    func unaudited() async throws {
        let house = try await Self.house()
        var authenticator = SoftAuthenticator()
        let caller = try await house.caller(house.signIn())
        let offer = try #require(try await house.identity.passkeys.offer(caller))
        house.breakAuditLog()
        await #expect(throws: PasskeyError(.unavailable)) {
            try await house.identity.passkeys.register(authenticator.make(offer), by: caller)
        }
        house.breakAuditLog(false)
        let handle = try await Self.register(authenticator, house)
        house.breakAuditLog()
        let proof = try authenticator.show(Self.question(house), handle: handle)
        await #expect(throws: SignInError(.unavailable)) { try await Self.signIn(proof, house) }
    }
}
