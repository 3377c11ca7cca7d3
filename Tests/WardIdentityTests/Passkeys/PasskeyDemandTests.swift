import Testing
import WardDatabase
import WardTesting
import WardVault

@testable import WardIdentity

@Suite("Passkeys that are demanded, and factors shown anew")
struct PasskeyDemandTests {
    @Test("who owes a passkey may register the first one, and nothing else", arguments: [true, false])
    func owed(byRole: Bool) async throws {
        let house = try await PasskeyTests.house(roles: byRole ? [.clinician] : [])
        if !byRole {
            let live = try await house.signIn()
            let summary = try await house.identity.users.requirePasskey(
                name: "ada", isRequired: true, by: House.operatorCaller)
            #expect(summary.requiresPasskey)
            #expect(await !house.isLive(live), "what was open without it ends")
        }
        let poor = try await house.caller(house.signIn())
        #expect(poor.hasTwoFactors && poor.owesPasskey && !poor.isProven)
        var authenticator = SoftAuthenticator()
        let offer = try #require(try await house.identity.passkeys.offer(poor))
        _ = try await house.identity.passkeys.register(authenticator.make(offer), by: poor)
        await #expect(throws: PasskeyError(.proofNeeded), "the second one only with the first") {
            try await house.identity.passkeys.offer(poor)
        }
        let rich = try await house.caller(
            PasskeyTests.signIn(authenticator.show(PasskeyTests.question(house), handle: offer.handle), house))
        #expect(rich.isProven && !rich.owesPasskey)
        let own = try await house.identity.passkeys.list(rich)
        await #expect(throws: PasskeyError(.lastOne)) { try await house.identity.passkeys.remove(own[0].id.text, by: rich) }
        _ = try await house.identity.passkeys.register(
            SoftAuthenticator().make(#require(try await house.identity.passkeys.offer(rich))), by: rich)
        try await house.identity.passkeys.remove(own[0].id.text, by: rich)
    }

    @Test("who owes one is proven from the moment that it is shown")
    func shown() async throws {
        let house = try await PasskeyTests.house(roles: [.clinician])
        var authenticator = SoftAuthenticator()
        let handle = try await PasskeyTests.register(authenticator, house)
        let poor = try await house.caller(house.signIn())
        #expect(!poor.isProven)
        let proof = try authenticator.show(#require(house.identity.passkeys.stepUpQuestion(poor)), handle: handle)
        let rich = try await house.caller(house.identity.ownAccount.stepUp(poor, passkey: proof, channel: .bearer))
        #expect(rich.isProven && rich.factors.isSuperset(of: [.password, .oneTimeCode, .passkey]))
    }

    @Test("a factor shown anew makes the session fresh, under another token")
    func stepUp() async throws {
        let house = try await PasskeyTests.house()
        let old = try await house.signIn()
        #expect(try await house.caller(old).isFresh)
        house.clock.advance(by: .seconds(300))
        let stale = try await house.caller(old)
        #expect(!stale.isFresh)
        await #expect(throws: PasskeyError(.proofNeeded)) { try await house.identity.passkeys.offer(stale) }
        await #expect(throws: OwnAccountError(.proofRefused)) {
            try await house.identity.ownAccount.stepUp(stale, code: "000000", channel: .bearer)
        }
        #expect(await house.isLive(old))
        let code = try await house.code()
        let new = try await house.identity.ownAccount.stepUp(stale, code: code, channel: .bearer)
        #expect(await !house.isLive(old))
        let fresh = try await house.caller(new)
        #expect(fresh.isFresh && fresh.session != stale.session && new.expiresAt == old.expiresAt)
        #expect(house.facts.contains(.steppedUp(session: fresh.session!)))
        await #expect(throws: OwnAccountError(.proofRefused), "a code works once") {
            try await house.identity.ownAccount.stepUp(fresh, code: code, channel: .bearer)
        }
        await #expect(throws: OwnAccountError(.notFound), "the old session is over") {
            try await house.identity.ownAccount.stepUp(stale, code: house.code(steps: 1), channel: .bearer)
        }
    }

    @Test("a session that is ended while its person shows a factor anew is over: nothing takes its place")
    func endedMeanwhile() async throws {
        for _ in 0..<100 {
            let house = House()
            try await house.add()
            let session = try await house.signIn()
            let caller = try await house.caller(session)
            house.clock.advance(by: .seconds(30))
            let code = try await house.code()
            let id = try #require(caller.session)
            async let stepped = try? house.identity.ownAccount.stepUp(caller, code: code, channel: .bearer)
            async let ended: Bool = {
                (try? await house.identity.users.endSessions(name: "ada", session: id, by: House.operatorCaller)) != nil
            }()
            let (fresh, wasEnded) = await (stepped, ended)
            #expect(await !house.isLive(session))
            #expect(!wasEnded || fresh == nil, "one of the two ended it")
        }
    }

    @Test("a stolen session that learns the password is not fresh by changing it, and the clock makes nothing fresh")
    func notFresh() async throws {
        let house = try await PasskeyTests.house()
        let caller = try await house.caller(house.signIn())
        let changed = try await house.identity.ownAccount.changePassword(
            caller, current: House.password, new: "Another-Horse-8")
        #expect(try await !house.caller(changed).isFresh)
        #expect(Session(
            user: "", tokenHash: [], epoch: 0, factors: [], source: "", createdAt: 0, lastUsedAt: 0, expiresAt: .max,
            provenAt: 3_600_000_000).isFresh(at: 0) == false)
    }

    @Test("another's passkey makes nobody's session fresh")
    func foreign() async throws {
        let house = try await PasskeyTests.house()
        try await house.add("bob")
        var authenticator = SoftAuthenticator()
        let handle = try await PasskeyTests.register(authenticator, house, "bob")
        let ada = try await house.caller(house.signIn())
        let proof = try authenticator.show(#require(house.identity.passkeys.stepUpQuestion(ada)), handle: handle)
        await #expect(throws: OwnAccountError(.proofRefused)) {
            try await house.identity.ownAccount.stepUp(ada, passkey: proof, channel: .bearer)
        }
    }
}
