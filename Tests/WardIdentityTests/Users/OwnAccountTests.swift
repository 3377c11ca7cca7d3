import Testing
import WardDatabase
import WardTesting
import WardVault

@testable import WardIdentity

@Suite("What people change of their own account")
struct OwnAccountTests {
    private static let other = "Another-Horse-8"

    @Test("who knows the current password gets a new one; other sessions end, a new one begins")
    func changesPassword() async throws {
        let house = House()
        let id = try await house.add().id
        let first = try await house.signIn()
        let second = try await house.signIn()
        let caller = try await house.caller(first)
        let fresh = try await house.identity.ownAccount.changePassword(
            caller, current: House.password, new: Self.other)
        #expect(await !house.isLive(first))
        #expect(await !house.isLive(second))
        let again = try await house.caller(fresh)
        #expect(again.user == id && again.factors == caller.factors && again.session != caller.session)
        #expect(house.facts.contains(.passwordChanged(user: id)))
        house.clock.advance(by: .seconds(30))
        let code = try await house.code()
        await #expect(throws: SignInError(.refused)) { try await house.signIn(code: code) }
        _ = try await house.signIn(password: Self.other, code: code)
    }

    @Test("without the current password nothing changes, and tries are counted as sign-ins are")
    func refusesWithoutProof() async throws {
        let house = House()
        let id = try await house.add().id
        let session = try await house.signIn()
        let caller = try await house.caller(session)
        for _ in 0..<Lockout.freeFailures {
            await #expect(throws: OwnAccountError(.proofRefused)) {
                try await house.identity.ownAccount.changePassword(caller, current: "wrong", new: Self.other)
            }
        }
        #expect(try await house.user().value.failures == Lockout.freeFailures)
        // Held back now: right or wrong, it is refused.
        await #expect(throws: OwnAccountError(.proofRefused)) {
            try await house.identity.ownAccount.changePassword(caller, current: House.password, new: Self.other)
        }
        #expect(house.facts.contains(.proofRefused(user: id, .wrongPassword)))
        #expect(house.facts.contains(.proofRefused(user: id, .locked)))
        #expect(await house.isLive(session))
    }

    @Test("a weak password is refused with its reason, and the last five do not come back")
    func refusesWeakAndFormer() async throws {
        let house = House()
        try await house.add()
        var caller = try await house.caller(try await house.signIn())
        func change(_ from: String, _ to: String) async throws {
            let session = try await house.identity.ownAccount.changePassword(caller, current: from, new: to)
            caller = try await house.caller(session)
        }
        await #expect(throws: OwnAccountError(.passwordRefused(.tooShort))) { try await change(House.password, "short") }
        await #expect(throws: OwnAccountError(.passwordRefused(.common))) {
            try await change(House.password, "Password1234!")
        }
        await #expect(throws: OwnAccountError(.passwordRefused(.usedBefore))) {
            try await change(House.password, House.password)
        }
        let passwords = [House.password] + (1...5).map { "Another-Horse-\($0)x" }
        for (old, new) in zip(passwords, passwords.dropFirst()) { try await change(old, new) }
        for former in passwords.dropFirst() {
            await #expect(throws: OwnAccountError(.passwordRefused(.usedBefore)), "\(former)") {
                try await change(passwords[5], former)
            }
        }
        try await change(passwords[5], passwords[0])
        #expect(try await house.user().value.formerPasswordHashes.count == User.rememberedPasswords - 1)
    }

    @Test("recovery codes ask for a fresh code, work once each, and new ones end the old")
    func recoveryCodes() async throws {
        let house = House()
        let id = try await house.add().id
        let session = try await house.signIn()
        let caller = try await house.caller(session)
        let own = house.identity.ownAccount
        let used = try await house.code()
        await #expect(throws: OwnAccountError(.proofRefused)) { try await own.makeRecoveryCodes(caller, code: used) }
        house.clock.advance(by: .seconds(30))
        let codes = try await own.makeRecoveryCodes(caller, code: house.code())
        #expect(codes.count == RecoveryCodes.count && Set(codes).count == codes.count)
        #expect(codes.allSatisfy { $0.wholeMatch(of: /([a-z1-9]{4}-){3}[a-z1-9]{4}/) != nil })
        let kept = try await house.user().value.recoveryCodes
        #expect(kept.count == codes.count && kept.allSatisfy { $0.count == 32 })

        let typed = codes[0].uppercased().filter { $0 != "-" }
        let byCode = try await house.caller(try await house.signIn(code: typed))
        #expect(byCode.factors == [.password, .recoveryCode] && byCode.hasTwoFactors)
        #expect(house.facts.contains(.recoveryCodeUsed(user: id, left: 9)))
        await #expect(throws: SignInError(.refused)) { try await house.signIn(code: codes[0]) }
        _ = try await house.signIn(code: codes[1])

        house.clock.advance(by: .seconds(30))
        _ = try await own.makeRecoveryCodes(byCode, code: house.code())
        await #expect(throws: SignInError(.refused)) { try await house.signIn(code: codes[2]) }
    }

    @Test("a code of one account opens no other")
    func codesAreBound() async throws {
        let house = House()
        try await house.add()
        try await house.add("bob")
        let caller = try await house.caller(try await house.signIn())
        house.clock.advance(by: .seconds(30))
        let codes = try await house.identity.ownAccount.makeRecoveryCodes(caller, code: house.code())
        await #expect(throws: SignInError(.refused)) { try await house.signIn("bob", code: codes[0]) }
        await #expect(throws: SignInError(.refused)) {
            try await house.signIn(password: "wrong-Password-1", code: codes[0])
        }
        // A wrong password uses no code up.
        _ = try await house.signIn(code: codes[0])
    }

    @Test("sessions are listed and ended by their owner, and by nobody else's account")
    func sessions() async throws {
        let house = House()
        try await house.add()
        try await house.add("bob")
        let first = try await house.signIn()
        let second = try await house.signIn()
        let caller = try await house.caller(second)
        let own = house.identity.ownAccount
        let listed = try await own.sessions(caller)
        #expect(listed.map(\.isCurrent) == [true, false])
        #expect(listed[0].id == caller.session && listed[0].factors == [.password, .oneTimeCode])
        let bob = try await house.caller(try await house.signIn("bob"))
        await #expect(throws: OwnAccountError(.notFound)) { try await own.endSession(listed[1].name, bob) }
        await #expect(throws: OwnAccountError(.notFound)) { try await own.endSession("no id at all", caller) }
        try await own.endSession(listed[1].name, caller)
        #expect(await !house.isLive(first))
        #expect(await house.isLive(second))
        #expect(try await own.sessions(caller).count == 1)
    }
}
