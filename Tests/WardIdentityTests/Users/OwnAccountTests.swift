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
        for number in 0..<Lockout.freeFailures {
            // Of tries there are so many at once (``PasswordTries``); this is about failures.
            if number == Lockout.freeFailures - 1 { house.clock.advance(by: PasswordTries.refill) }
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
            house.clock.advance(by: PasswordTries.refill)
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

    @Test("what costs nothing is asked before what costs a hash: rules, the same password in another form, the session's factors")
    func rulesBeforeHashes() async throws {
        let house = House()
        try await house.add()
        let session = try await house.signIn()
        let caller = try await house.caller(session)
        let runs = house.identity.hasher.runs
        func change(_ current: String, _ new: String, _ caller: Caller) async throws {
            _ = try await house.identity.ownAccount.changePassword(caller, current: current, new: new)
        }
        for number in 0..<40 {
            await #expect(throws: OwnAccountError(.passwordRefused(.tooShort))) { try await change(House.password, "short", caller) }
            await #expect(throws: OwnAccountError(.passwordRefused(.common))) { try await change("x\(number)", "Password1234!", caller) }
            await #expect(throws: OwnAccountError(.passwordRefused(.usedBefore))) {
                try await change("Caf\u{E9}-Horse-77", "Cafe\u{301}-Horse-77", caller)
            }
        }
        let poor = Caller(
            subject: caller.subject, role: caller.role, session: caller.session, factors: [.provider], tenant: .first,
            source: House.source)
        await #expect(throws: OwnAccountError(.proofRefused)) { try await change(House.password, Self.other, poor) }
        #expect(house.identity.hasher.runs == runs, "not one hash")
        #expect(await house.isLive(session))
        // Nor does it take one of the tries.
        try await change(House.password, Self.other, caller)
    }

    @Test("an account gets so many hashes and no more, right password or not; the log has one entry of it")
    func boundsHashes() async throws {
        let house = House()
        let id = try await house.add().id
        var caller = try await house.caller(try await house.signIn())
        let own = house.identity.ownAccount
        for number in 1..<5 {
            house.clock.advance(by: PasswordTries.refill)
            let fresh = try await own.changePassword(
                caller, current: number == 1 ? House.password : "Another-Horse-\(number - 1)x", new: "Another-Horse-\(number)x")
            caller = try await house.caller(fresh)
        }
        house.clock.advance(by: PasswordTries.refill)
        let (runs, entries) = (house.identity.hasher.runs, house.facts.count)
        var held: [Int] = []
        for _ in 0..<200 {
            // The right password, with a former one: nothing fails, and it costs most.
            do throws(OwnAccountError) {
                _ = try await own.changePassword(caller, current: "Another-Horse-4x", new: House.password)
            } catch {
                if case .throttled(let seconds) = error.code { held.append(seconds) }
            }
        }
        #expect(held.count >= 195 && held.allSatisfy { (1...300).contains($0) })
        #expect(house.identity.hasher.runs - runs <= PasswordTries.burst * (User.rememberedPasswords + 1))
        #expect(house.facts[entries...] == [.proofRefused(user: id, .throttled)])
        try await house.identity.tellUntold()
        #expect(house.facts.last == .notTold(.passwords, count: held.count - 1))
        // Nobody else is held back, and neither is this account for ever.
        try await house.add("bob")
        let bob = try await house.caller(try await house.signIn("bob"))
        _ = try await own.changePassword(bob, current: House.password, new: Self.other)
        house.clock.advance(by: PasswordTries.refill)
        _ = try await own.changePassword(caller, current: "Another-Horse-4x", new: "Another-Horse-9x")
    }

    @Test("an account has one change under way at a time, whatever number is asked for at once")
    func oneAtATime() async throws {
        let slow = try #require(ScryptSettings(logarithmOfRounds: 12, blockSize: 8, parallelism: 1))
        let house = House(settings: House.settings(scrypt: slow, hashing: .init(concurrentHashes: 1, waitingHashes: 1_000, patience: .seconds(600))))
        try await house.add()
        let caller = try await house.caller(try await house.signIn())
        let held = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    do throws(OwnAccountError) {
                        _ = try await house.identity.ownAccount.changePassword(caller, current: House.password + "x", new: Self.other)
                        return false
                    } catch {
                        if case .throttled = error.code { return true }
                        return false
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(held >= 20 - PasswordTries.burst)
    }

    @Test("who is held back and asks on without end fills no log")
    func lockedFlood() async throws {
        let house = House()
        try await house.add()
        let caller = try await house.caller(try await house.signIn())
        for _ in 0..<Lockout.freeFailures {
            _ = try? await house.identity.ownAccount.makeRecoveryCodes(caller, code: "000000")
        }
        let before = house.facts.count
        for _ in 0..<500 { _ = try? await house.identity.ownAccount.makeRecoveryCodes(caller, code: "000000") }
        #expect((1...(RefusedRequests.burst + 1)).contains(house.facts.count - before))
    }

    @Test("a session of one factor ends no other, and changes nothing")
    func oneFactor() async throws {
        let house = House()
        try await house.add()
        let whole = try await house.signIn()
        let caller = try await house.caller(whole)
        let poor = Caller(
            subject: caller.subject, role: caller.role, session: nil, factors: [.provider], tenant: .first, source: House.source)
        let own = house.identity.ownAccount
        let name = try #require(caller.session).text
        await #expect(throws: OwnAccountError(.proofRefused)) { try await own.endSession(name, poor) }
        let code = try await house.code(steps: 1)
        await #expect(throws: OwnAccountError(.proofRefused)) { try await own.makeRecoveryCodes(poor, code: code) }
        #expect(await house.isLive(whole))
        try await own.endSession(name, caller)
    }

    @Test("who owes a passkey changes neither password nor recovery codes by what a phisher has")
    func owing() async throws {
        let house = House()
        try await house.add()
        let caller = try await house.caller(try await house.signIn())
        let owing = Caller(
            subject: caller.subject, role: caller.role, session: caller.session, factors: caller.factors, tenant: .first,
            source: House.source, owesPasskey: true)
        let own = house.identity.ownAccount
        let code = try await house.code(steps: 1)
        await #expect(throws: OwnAccountError(.passkeyOwed)) { try await own.makeRecoveryCodes(owing, code: code) }
        await #expect(throws: OwnAccountError(.passkeyOwed)) {
            try await own.changePassword(owing, current: House.password, new: "Another-Horse-8-Battery")
        }
        #expect(try await own.makeRecoveryCodes(caller, code: code).isEmpty == false)
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
