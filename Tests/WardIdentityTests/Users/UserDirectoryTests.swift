import Testing
import WardDatabase
import WardTesting
import WardVault

@testable import WardIdentity

@Suite("Accounts")
struct UserDirectoryTests {
    @Test("a made password and the second factor sign in")
    func made() async throws {
        let house = House()
        let credentials = try await house.identity.users.add(
            name: "Ada", role: .auditor, password: nil, by: House.operatorCaller)
        let password = try #require(credentials.password)
        #expect(credentials.totpURI?.hasPrefix("otpauth://totp/Ward:Ada?secret=") == true)
        let session = try await house.signIn("ada", password: password, code: house.code("ada"))
        #expect(try await house.caller(session).role == .auditor)
        #expect(try await house.add("bob").password == nil, "a given password is not told back")
    }

    @Test("names are unique whatever their case, also for two at one moment")
    func unique() async throws {
        let house = House()
        try await house.add("Ada")
        await #expect(throws: UserDirectoryError(.nameTaken)) { try await house.add("ADA") }
        let made = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 { group.addTask { (try? await house.add("bob")) != nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(made == 1)
        #expect(try await house.users.all(limit: 10).count == 2)
    }

    @Test("ids say nothing of names and are UUIDs")
    func ids() async throws {
        let house = House()
        let ada = try await house.add("ada").id
        let adb = try await house.add("adb").id
        #expect(ada.uuidBytes != nil && adb.uuidBytes != nil)
        #expect(zip(ada.text, adb.text).count { $0 != $1 } > 12)
    }

    @Test("what is refused")
    func refused() async throws {
        let house = House()
        await #expect(throws: UserDirectoryError(.nameInvalid)) { try await house.add("a b") }
        await #expect(throws: UserDirectoryError(.roleNotAssignable)) { try await house.add("ada", .localOperator) }
        await #expect(throws: UserDirectoryError(.passwordRefused(.tooShort))) {
            try await house.identity.users.add(
                name: "ada", role: .clinician, password: "short", by: House.operatorCaller)
        }
        for name in ["ada", "a b"] {
            await #expect(throws: UserDirectoryError(.notFound)) {
                try await house.identity.users.disable(name: name, by: House.operatorCaller)
            }
        }
        #expect(house.users.writes == 0)
    }

    @Test("disabling ends every session at once, and nobody signs in")
    func disable() async throws {
        let house = House()
        try await house.add("ada")
        try await house.add("bob")
        let sessions = [try await house.signIn(), try await house.signIn()]
        let other = try await house.signIn("bob")
        for session in sessions { #expect(await house.isLive(session)) }
        #expect(await house.isLive(other))
        let summary = try await house.identity.users.disable(name: "Ada", by: House.operatorCaller)
        #expect(summary.isDisabled)
        for session in sessions { #expect(await !house.isLive(session)) }
        #expect(await house.isLive(other))
        for session in sessions { #expect(await !house.restarted().isLive(session)) }
        await #expect(throws: SignInError(.refused)) { try await house.signIn() }
        _ = try await house.identity.users.enable(name: "ada", by: House.operatorCaller)
        for session in sessions { #expect(await !house.isLive(session), "old sessions stay ended") }
        _ = try await house.signIn()
    }

    @Test("a disabled account's sessions are dead though their records could not be cleared away")
    func epoch() async throws {
        let house = House()
        try await house.add()
        let session = try await house.signIn()
        house.sessions.fail(with: DatabaseError(.unavailable, "test"))
        _ = try? await house.identity.users.disable(name: "ada", by: House.operatorCaller)
        house.sessions.fail(with: nil)
        #expect(await !house.isLive(session))
        _ = try await house.identity.users.enable(name: "ada", by: House.operatorCaller)
        #expect(await !house.restarted().isLive(session))
    }

    @Test("disabling beats requests and sign-ins of the same moment")
    func race() async throws {
        for _ in 0..<20 {
            let house = House()
            try await house.add()
            let session = try await house.signIn()
            let reopened = house.restarted()
            house.clock.advance(by: .seconds(30))
            let code = try await house.code()
            let late = await withTaskGroup(of: IssuedSession?.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        _ = await reopened.isLive(session)
                        return nil
                    }
                }
                group.addTask { try? await reopened.signIn(code: code) }
                group.addTask {
                    _ = try? await reopened.identity.users.disable(name: "ada", by: House.operatorCaller)
                    return nil
                }
                return await group.reduce(into: [IssuedSession]()) { if let session = $1 { $0.append(session) } }
            }
            for session in [session] + late { #expect(await !reopened.isLive(session)) }
        }
    }

    @Test("a reset takes the password back, keeps the second factor, ends sessions; the person chooses by a link, once")
    func resetKeepsFactor() async throws {
        let house = House()
        let first = try await house.add()
        let session = try await house.signIn()
        let link = try await house.identity.users.reset(name: "ada", by: House.operatorCaller)
        #expect(link.id == first.id)
        #expect(await !house.isLive(session))
        let listed = try await house.identity.users.list(by: House.operatorCaller)
        #expect(listed.map(\.isReset) == [true] && listed.map(\.isInvited) == [false])
        house.clock.advance(by: .seconds(60))
        await #expect(throws: SignInError(.refused), "nobody signs in meanwhile") { try await house.signIn(code: house.code()) }
        let activation = house.identity.activation
        let offer = try await activation.offer(token: link.token, source: House.source)
        #expect(offer.isReset && offer.totpURI == nil, "no secret is shown")
        func open(_ password: String, _ code: String) async throws -> [String] {
            try await activation.activate(token: link.token, view: offer.view, password: password, code: code, source: House.source)
        }
        await #expect(throws: OwnAccountError(.proofRefused), "whoever has the link needs the factor too") {
            try await open("Another-Horse-8", "000000")
        }
        #expect(house.facts.last == .proofRefused(user: first.id, .wrongCode))
        let code = try await house.code()
        await #expect(throws: OwnAccountError(.passwordRefused(.usedBefore))) { try await open(House.password, code) }
        #expect(try await open("Another-Horse-8", code).isEmpty)
        #expect(house.facts.last == .resetUsed(user: first.id))
        await #expect(throws: OwnAccountError(.invitationRefused)) { try await open("Another-Horse-9", code) }
        house.clock.advance(by: .seconds(60))
        _ = try await house.signIn(password: "Another-Horse-8", code: house.code())
        #expect(try await house.user().value.notices.suffix(2).map(\.kind) == [.passwordReset, .passwordChanged])
    }

    @Test("at the link of a reset nobody guesses codes, and the person may use a recovery code")
    func resetGuesses() async throws {
        let house = House()
        try await house.add()
        let caller = try await house.caller(house.signIn())
        house.clock.advance(by: .seconds(30))
        let codes = try await house.identity.ownAccount.makeRecoveryCodes(caller, code: house.code())
        let link = try await house.identity.users.reset(name: "ada", by: House.operatorCaller)
        let offer = try await house.identity.activation.offer(token: link.token, source: House.source)
        func open(_ code: String) async throws {
            _ = try await house.identity.activation.activate(
                token: link.token, view: offer.view, password: "Another-Horse-8", code: code, source: House.source)
        }
        for _ in 0..<Lockout.freeFailures { await #expect(throws: OwnAccountError(.proofRefused)) { try await open("000000") } }
        #expect(try await house.user().value.failures == Lockout.freeFailures)
        await #expect(throws: OwnAccountError(.proofRefused), "held back") { try await open(codes[0]) }
        house.clock.advance(by: .seconds(60))
        try await open(codes[0])
        await #expect(throws: SignInError(.refused), "a recovery code works once") {
            try await house.signIn(password: "Another-Horse-8", code: codes[0])
        }
        _ = try await house.signIn(password: "Another-Horse-8", code: codes[1])
    }

    @Test("a reset of a lost second factor has another one set up, and the recovery codes work no more")
    func reset() async throws {
        let house = House()
        let first = try await house.add()
        let session = try await house.signIn()
        house.clock.advance(by: .seconds(60))
        let oldCode = try await house.code()
        let link = try await house.identity.users.reset(name: "ada", renewsSecondFactor: true, by: House.operatorCaller)
        #expect(link.id == first.id)
        #expect(try await house.user().value.recoveryCodes.isEmpty)
        #expect(await !house.isLive(session))
        // A second reset that keeps the factor does not bring the lost one back, and the older link opens nothing.
        let newer = try await house.identity.users.reset(name: "ada", by: House.operatorCaller)
        await #expect(throws: OwnAccountError(.invitationRefused)) {
            try await house.identity.activation.offer(token: link.token, source: House.source)
        }
        let codes = try await house.activate(newer, password: "Another-Horse-8")
        #expect(codes.count == RecoveryCodes.count)
        await #expect(throws: SignInError(.refused)) { try await house.signIn(password: "Another-Horse-8", code: oldCode) }
        house.clock.advance(by: .seconds(60))
        _ = try await house.signIn(password: "Another-Horse-8", code: house.code())
        // Somebody who waits for another password is nobody to invite.
        _ = try await house.identity.users.reset(name: "ada", by: House.operatorCaller)
        await #expect(throws: UserDirectoryError(.nameTaken)) {
            try await house.identity.users.invite(name: "ada", role: .clinician, by: House.operatorCaller)
        }
    }

    @Test("each change stands in the audit log with who made it, committed with the account")
    func audited() async throws {
        let house = House()
        let id = try await house.add().id
        let caller = House.operatorCaller
        _ = try await house.identity.users.disable(name: "ada", by: caller)
        _ = try await house.identity.users.enable(name: "ada", by: caller)
        _ = try await house.identity.users.reset(name: "ada", by: caller)
        #expect(
            house.facts == [
                .userAdded(user: id, .clinician), .userDisabled(user: id), .userEnabled(user: id),
                .userReset(user: id, isSecondFactorKept: true),
            ])
        #expect(house.journalEntries.allSatisfy { $0.isCommittedWithData && $0.actor == TrailActor(caller) })
        #expect(house.users.events.count == 4)
        let list = try await house.identity.users.list(by: caller)
        #expect(list.map(\.name) == ["ada"])
        #expect(house.facts.last == .usersListed(count: 1))
        house.breakAuditLog()
        await #expect(throws: UserDirectoryError(.unavailable)) {
            try await house.identity.users.disable(name: "ada", by: caller)
        }
        await #expect(throws: UserDirectoryError(.unavailable)) { try await house.identity.users.list(by: caller) }
        #expect(try await house.user().value.isDisabled == false)
    }
}
