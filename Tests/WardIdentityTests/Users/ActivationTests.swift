import Testing
import WardDatabase
import WardTesting
import WardVault

@testable import WardIdentity

@Suite("Invitations")
struct ActivationTests {
    private let source = House.source

    private func invite(_ house: House, _ name: String = "ada") async throws -> NewInvitation {
        try await house.identity.users.invite(name: name, role: .clinician, by: House.operatorCaller)
    }

    @Test("the person chooses password and second factor; the link works once")
    func activates() async throws {
        let house = House()
        let invitation = try await invite(house)
        await #expect(throws: SignInError(.refused)) { try await house.signIn(code: try await house.code()) }
        await #expect(throws: SignInError(.refused)) { try await house.signIn(password: "", code: try await house.code()) }
        let activation = house.identity.activation
        let offer = try await activation.offer(token: invitation.token, source: source)
        let uri = try #require(offer.totpURI)
        #expect(offer.name == "ada" && !offer.isReset && uri.contains("secret="))
        let code = House.code(of: uri, at: house.clock.now())
        let codes = try await activation.activate(
            token: invitation.token, view: offer.view, password: House.password, code: code, source: source)
        #expect(codes.count == RecoveryCodes.count)
        #expect(house.facts.suffix(1) == [.userActivated(user: invitation.id)])
        await #expect(throws: OwnAccountError(.invitationRefused)) {
            try await activation.activate(
                token: invitation.token, view: offer.view, password: "Another-Horse-8", code: code, source: source)
        }
        // The code that proved the second factor is used up.
        await #expect(throws: SignInError(.refused)) { try await house.signIn(code: code) }
        _ = try await house.signIn()
        #expect(house.facts.contains(.activationRefused))
    }

    @Test("a weak password or a wrong code leaves the link as it was")
    func refuses() async throws {
        let house = House()
        let token = try await invite(house).token
        let activation = house.identity.activation
        let offer = try await activation.offer(token: token, source: source)
        let code = House.code(of: try #require(offer.totpURI), at: house.clock.now())
        func open(_ password: String, _ code: String) async throws {
            _ = try await activation.activate(token: token, view: offer.view, password: password, code: code, source: source)
        }
        await #expect(throws: OwnAccountError(.passwordRefused(.common))) { try await open("Password1234!", code) }
        let runs = house.identity.hasher.runs
        await #expect(throws: OwnAccountError(.proofRefused)) { try await open(House.password, "000000") }
        #expect(house.identity.hasher.runs == runs, "without the code there is no hash")
        try await open(House.password, code)
    }

    @Test("each view of a link shows a secret of its own, and only that of the form that comes back becomes the account's")
    func views() async throws {
        let house = House()
        let token = try await invite(house).token
        let activation = house.identity.activation
        // Somebody who saw the link on its way opens it first, and keeps what the page showed.
        let spied = try await activation.offer(token: token, source: "198.51.100.1")
        let own = try await activation.offer(token: token, source: source)
        let (theirs, mine) = (try #require(spied.totpURI), try #require(own.totpURI))
        #expect(theirs != mine && spied.view != own.view)
        #expect(try await activation.offer(token: token, view: own.view, source: source).totpURI == mine, "a form with a fault comes again as it was")
        await #expect(throws: OwnAccountError(.proofRefused)) {
            try await activation.activate(
                token: token, view: own.view, password: House.password, code: House.code(of: theirs, at: house.clock.now()), source: source)
        }
        for view in ["", "x", String(own.view.dropLast()) + "!"] {
            await #expect(throws: OwnAccountError(.proofRefused)) {
                try await activation.activate(
                    token: token, view: view, password: House.password, code: House.code(of: mine, at: house.clock.now()), source: source)
            }
        }
        _ = try await activation.activate(
            token: token, view: own.view, password: House.password, code: House.code(of: mine, at: house.clock.now()), source: source)
        house.clock.advance(by: .seconds(60))
        await #expect(throws: SignInError(.refused)) { try await house.signIn(code: House.code(of: theirs, at: house.clock.now())) }
        _ = try await house.signIn(code: House.code(of: mine, at: house.clock.now()))
        // Nor does a view of one link say anything of another.
        let other = try await invite(house, "bob").token
        #expect(try await activation.offer(token: other, view: own.view, source: source).totpURI?.contains(mine.suffix(60)) == false)
    }

    @Test("links that open nothing: old, forged, of another account, renewed, of a disabled account")
    func dead() async throws {
        let house = House()
        let activation = house.identity.activation
        let old = try await invite(house)
        let new = try await invite(house)
        let other = try await invite(house, "bob")
        #expect(new.id == old.id)
        let mixed = String(new.token.prefix(22)) + other.token.dropFirst(22)
        let changed = String(new.token.dropLast()) + (new.token.hasSuffix("A") ? "B" : "A")
        for token in ["", "x", old.token, mixed, changed, new.token + "A"] {
            await #expect(throws: OwnAccountError(.invitationRefused)) {
                try await activation.offer(token: token, source: source)
            }
        }
        _ = try await house.identity.users.disable(name: "bob", by: House.operatorCaller)
        await #expect(throws: OwnAccountError(.invitationRefused)) {
            try await activation.offer(token: other.token, source: source)
        }
        house.clock.advance(by: .seconds(72 * 3_600))
        await #expect(throws: OwnAccountError(.invitationRefused)) {
            try await activation.offer(token: new.token, source: source)
        }
    }

    @Test("an account that is open, or of another role, is not invited again; one that waits is not reset")
    func taken() async throws {
        let house = House()
        try await house.add()
        await #expect(throws: UserDirectoryError(.nameTaken)) { try await invite(house) }
        _ = try await invite(house, "bob")
        await #expect(throws: UserDirectoryError(.nameTaken)) {
            try await house.identity.users.invite(name: "bob", role: .auditor, by: House.operatorCaller)
        }
        await #expect(throws: UserDirectoryError(.isInvited)) {
            try await house.identity.users.reset(name: "bob", by: House.operatorCaller)
        }
        #expect(try await house.identity.users.list(by: House.operatorCaller).map(\.isInvited) == [false, true])
    }

    @Test("an address that tries links is held back")
    func heldBack() async throws {
        let house = House(settings: House.settings(refusals: 3))
        let token = try await invite(house).token
        for _ in 0..<3 {
            await #expect(throws: OwnAccountError(.invitationRefused)) {
                try await house.identity.activation.offer(token: "x", source: source)
            }
        }
        await #expect(throws: OwnAccountError(.busy)) {
            try await house.identity.activation.offer(token: token, source: source)
        }
        _ = try await house.identity.activation.offer(token: token, source: "192.0.2.9")
    }
}
