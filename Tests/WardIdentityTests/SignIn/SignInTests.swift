import Testing
import WardDatabase
import WardTesting
import WardVault

@testable import WardIdentity

@Suite("Sign-in")
struct SignInTests {
    @Test("password and code open a session; its caller has two factors")
    func good() async throws {
        let house = House()
        let credentials = try await house.add()
        let session = try await house.signIn(code: house.code())
        #expect(session.token.hasPrefix("ward_") && session.token.utf8.count == 48)
        #expect(session.idleSeconds == 900)
        #expect(session.expiresAt == house.clock.now() + 12 * 3_600_000_000)
        let caller = try await house.identity.authenticator.authenticate(token: session.token, source: "198.51.100.2")
        #expect(caller.user == credentials.id)
        #expect(caller.name == "ada")
        #expect(caller.role == .clinician)
        #expect(caller.hasTwoFactors)
        #expect(caller.source == "198.51.100.2")
        #expect(caller.session != nil && caller.client == nil && caller.tenant == .first)
        #expect(try await house.user().value.lastSignInAt == house.clock.now())
    }

    @Test("the name's case does not matter, the password's does")
    func names() async throws {
        let house = House()
        try await house.add("Ada")
        _ = try await house.signIn("aDA", code: house.code("ada"))
        house.clock.advance(by: .seconds(30))
        let code = try await house.code("ada")
        await #expect(throws: SignInError(.refused)) {
            try await house.signIn("Ada", password: House.password.lowercased(), code: code)
        }
    }

    @Test("one answer, one run of scrypt and one durable entry, whatever is wrong")
    func equal() async throws {
        let house = House()
        try await house.add("ada")
        try await house.add("shut")
        try await house.add("held")
        _ = try await house.identity.users.disable(name: "shut", by: House.operatorCaller)
        for _ in 0..<5 { _ = try? await house.signIn("held", password: "wrong", code: "000000") }
        let ada = try await house.code("ada")
        let attempts: [(String, String, String, SignInFault)] = [
            ("nobody", House.password, ada, .unknownName), ("", House.password, ada, .unknownName),
            ("no name at all\n", "", "", .unknownName), ("ada", "wrong", ada, .wrongPassword),
            ("ada", "", ada, .wrongPassword), ("ada", String(repeating: "x", count: 5_000), ada, .wrongPassword),
            ("ada", House.password, "000000", .wrongCode), ("ada", House.password, "", .wrongCode),
            ("shut", House.password, try await house.code("shut"), .disabled), ("shut", "wrong", "", .disabled),
            ("held", House.password, try await house.code("held"), .locked), ("held", "wrong", "", .locked),
        ]
        var told = Set<String>()
        for (name, password, code, fault) in attempts {
            // Failures of ada must not hold her back here.
            _ = try await house.identity.users.enable(name: "ada", by: House.operatorCaller)
            let runs = house.identity.hasher.runs
            let entries = house.journalEntries.count
            do {
                _ = try await house.signIn(name, password: password, code: code)
                Issue.record("signed in: \(name)")
            } catch {
                #expect(error.code == .refused)
                told.insert("\(error)")
            }
            #expect(house.identity.hasher.runs == runs + 1, "\(name) \(fault)")
            // Who had the password right is told so besides, with the same commit (``AccountSign/passwordKnown``).
            let written = house.journalEntries[entries...].filter { if case .accountSign = $0.fact { false } else { true } }
            #expect(written.count == 1)
            guard case .signInRefused(_, fault)? = written.first?.fact else {
                Issue.record("\(fault) is not in the log")
                continue
            }
        }
        #expect(told.count == 1)
    }

    @Test("a code works once, and no older one after it")
    func replay() async throws {
        let house = House()
        try await house.add()
        house.clock.advance(by: .seconds(300))
        let now = try await house.code()
        let before = try await house.code(steps: -1)
        let next = try await house.code(steps: 1)
        _ = try await house.signIn(code: now)
        for code in [now, before] {
            await #expect(throws: SignInError(.refused)) { try await house.signIn(code: code) }
        }
        #expect(house.facts.count { if case .signInRefused(_, .usedCode) = $0 { true } else { false } } == 2)
        _ = try await house.signIn(code: next)
        await #expect(throws: SignInError(.refused)) { try await house.signIn(code: next) }
    }

    @Test("a code is judged by the time at which it came", arguments: [-3, -2, -1, 0, 1, 2, 3])
    func slowHash(steps: Int64) async throws {
        let house = House()
        try await house.add()
        house.clock.advance(by: .seconds(300))
        let code = try await house.code(steps: steps)
        // Hashing waited so long that steps passed meanwhile.
        house.users.whileFinding { [clock = house.clock] in clock.advance(by: .seconds(60)) }
        guard (-1...1).contains(steps) else {
            await #expect(throws: SignInError(.refused)) { try await house.signIn(code: code) }
            return
        }
        _ = try await house.signIn(code: code)
        await #expect(throws: SignInError(.refused)) { try await house.signIn(code: code) }
    }

    @Test("a code works once also after a restart, and after the clock is set back")
    func replayLater() async throws {
        let house = House()
        try await house.add()
        let code = try await house.code()
        _ = try await house.signIn(code: code)
        await #expect(throws: SignInError(.refused)) { try await house.restarted().signIn(code: code) }
        house.clock.advance(by: .seconds(-3_600))
        let older = try await house.code()
        await #expect(throws: SignInError(.refused)) { try await house.signIn(code: older) }
    }

    @Test("of many sign-ins at one moment with one code, one succeeds")
    func race() async throws {
        let house = House()
        try await house.add()
        for _ in 0..<5 {
            house.clock.advance(by: .seconds(1_800))
            _ = try await house.identity.users.enable(name: "ada", by: House.operatorCaller)
            let code = try await house.code()
            let sessions = await withTaskGroup(of: IssuedSession?.self) { group in
                for _ in 0..<24 { group.addTask { try? await house.signIn(code: code) } }
                return await group.reduce(into: [IssuedSession]()) { if let session = $1 { $0.append(session) } }
            }
            #expect(sessions.count == 1)
            #expect(await house.isLive(sessions[0]))
        }
    }

    @Test("nothing is signed in while the audit log cannot be written, and no code is used up")
    func failsClosed() async throws {
        let house = House()
        try await house.add()
        let code = try await house.code()
        house.breakAuditLog()
        await #expect(throws: SignInError(.unavailable)) { try await house.signIn(code: code) }
        await #expect(throws: SignInError(.unavailable)) { try await house.signIn(password: "wrong", code: code) }
        await #expect(throws: SignInError(.unavailable)) { try await house.signIn("nobody", code: code) }
        #expect(try await house.user().value.failures == 0)
        #expect(try await house.sessions.all(limit: 10).isEmpty)
        house.breakAuditLog(false)
        _ = try await house.signIn(code: code)
    }

    @Test("a store that fails is no wrong password")
    func storeFails() async throws {
        let house = House()
        try await house.add()
        let code = try await house.code()
        house.users.fail(with: DatabaseError(.unavailable, "test"))
        await #expect(throws: SignInError(.unavailable)) { try await house.signIn(code: code) }
        house.users.fail(with: nil)
        house.sessions.fail(with: DatabaseError(.full, "test"))
        await #expect(throws: SignInError(.unavailable)) { try await house.signIn(code: code) }
        #expect(
            !house.facts.contains { if case .signedIn = $0 { true } else { false } } || house.sessions.events.isEmpty)
    }

    @Test("the entry of a good sign-in commits with the session")
    func entry() async throws {
        let house = House()
        let credentials = try await house.add()
        _ = try await house.signIn(code: house.code())
        let entry = try #require(house.journalEntries.last)
        let item = try #require(try await house.sessions.all(limit: 2).first)
        #expect(entry.fact == .signedIn(session: item.id))
        #expect(entry.isCommittedWithData)
        #expect(entry.actor.subject == .user(credentials.id, name: "ada"))
        #expect(entry.actor.source == House.source)
        #expect(house.sessions.events.count == 1)
    }

    @Test("hashes are made anew when settings rise")
    func rehash() async throws {
        let house = House()
        try await house.add()
        let before = try await house.user().value.passwordHash
        let stronger = try #require(ScryptSettings(logarithmOfRounds: 6, blockSize: 2, parallelism: 1))
        let risen = house.restarted(settings: House.settings(scrypt: stronger))
        _ = try? await risen.signIn(password: "wrong", code: "000000")
        #expect(try await house.user().value.passwordHash == before)
        _ = try await risen.signIn()
        let after = try await house.user().value.passwordHash
        #expect(after.hasPrefix("$scrypt$ln=6,r=2,p=1,k=1$"))
        let runs = risen.identity.hasher.runs
        _ = try await risen.signIn()
        #expect(risen.identity.hasher.runs == runs + 1)
        #expect(try await house.user().value.passwordHash == after)
    }

    @Test("past the bound of waiting hashes sign-in is busy, and no account is blamed")
    func busy() async throws {
        let slow = try #require(ScryptSettings(logarithmOfRounds: 12, blockSize: 8, parallelism: 1))
        let house = House(
            settings: House.settings(scrypt: slow, hashing: .init(concurrentHashes: 1, waitingHashes: 1, patience: .seconds(600))))
        try await house.add()
        let outcomes = await withTaskGroup(of: SignInError.Code?.self) { group in
            for _ in 0..<30 {
                group.addTask {
                    do throws(SignInError) {
                        _ = try await house.signIn("nobody", code: "000000")
                        return nil
                    } catch {
                        return error.code
                    }
                }
            }
            return await group.reduce(into: [SignInError.Code?]()) { $0.append($1) }
        }
        let busy = outcomes.count { $0 == .busy(retryAfterSeconds: 3) }
        #expect(busy > 0)
        #expect(busy + outcomes.count { $0 == .refused } == 30)
        let told = house.facts.count { $0 == .signInRefused(user: nil, .busy) }
        #expect(told == 1, "once a minute, and the clock stands still")
        // However long it goes on, the log has an entry a minute, and the number of the rest.
        let before = house.facts.count
        for _ in 0..<30 {
            house.clock.advance(by: .seconds(10))
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<12 { group.addTask { _ = try? await house.signIn("nobody", code: "000000") } }
            }
        }
        let entries = house.facts[before...].count { $0 == .signInRefused(user: nil, .busy) }
        #expect((1...6).contains(entries), "300 seconds")
        _ = try await house.signIn(code: house.code())
    }
}
