import Testing
import WardDatabase
import WardTesting
import WardVault

@testable import WardIdentity

@Suite("Sessions")
struct SessionTests {
    @Test("idle sessions end after fifteen minutes, used ones live on")
    func idle() async throws {
        let house = House()
        try await house.add()
        let used = try await house.signIn()
        let unused = try await house.signIn()
        for _ in 0..<4 {
            house.clock.advance(by: .seconds(14 * 60))
            #expect(await house.isLive(used))
        }
        #expect(await !house.isLive(unused))
        house.clock.advance(by: .seconds(15 * 60 - 1))
        #expect(await house.isLive(used))
        house.clock.advance(by: .seconds(15 * 60))
        #expect(await !house.isLive(used))
        #expect(await !house.isLive(used), "once over, over")
        #expect(try await house.sessions.all(limit: 10).isEmpty, "what is over is cleared away")
        let ended = house.facts.count { if case .sessionEnded(_, _, .idle) = $0 { true } else { false } }
        #expect(ended == 2)
    }

    @Test("no session outlives twelve hours")
    func absolute() async throws {
        let house = House()
        try await house.add()
        let session = try await house.signIn()
        for _ in 0..<(12 * 6 - 1) {
            house.clock.advance(by: .seconds(600))
            #expect(await house.isLive(session))
        }
        house.clock.advance(by: .seconds(600))
        #expect(await !house.isLive(session))
        #expect(house.facts.contains { if case .sessionEnded(_, _, .absolute) = $0 { true } else { false } })
    }

    @Test("limits: fifteen to thirty minutes, at most twelve hours")
    func limits() throws {
        for minutes in [0, 14, 31, 1_000] { #expect(SessionPolicy(idleMinutes: minutes) == nil) }
        for hours in [0, 13] { #expect(SessionPolicy(absoluteHours: hours) == nil) }
        #expect(try #require(SessionPolicy(idleMinutes: 30)).idle == 1_800_000_000)
        #expect(SessionPolicy() == .standard)
    }

    @Test("a restart keeps sessions, and lengthens none")
    func restart() async throws {
        let house = House()
        try await house.add()
        let session = try await house.signIn()
        house.clock.advance(by: .seconds(10 * 60))
        #expect(await house.isLive(session))
        let lastUse = house.clock.now()
        let reopened = house.restarted()
        #expect(await reopened.isLive(session))
        let idle = try await house.signIn()
        house.clock.advance(by: .seconds(15 * 60))
        let again = house.restarted()
        #expect(house.clock.now() - lastUse >= 15 * 60_000_000)
        #expect(await !again.isLive(session))
        #expect(await !again.isLive(idle))
    }

    @Test("use is written down at most each fifth of the idle limit")
    func lazily() async throws {
        let house = House()
        try await house.add()
        let session = try await house.signIn()
        let writes = house.sessions.writes
        for _ in 0..<179 {
            house.clock.advance(by: .seconds(1))
            #expect(await house.isLive(session))
        }
        #expect(house.sessions.writes == writes)
        house.clock.advance(by: .seconds(1))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { #expect(await house.isLive(session)) } }
        }
        #expect(house.sessions.writes == writes + 1)
    }

    @Test("a clock that is set back lengthens no session")
    func clockSetBack() async throws {
        let house = House()
        try await house.add()
        let session = try await house.signIn()
        house.clock.advance(by: .seconds(-30))
        #expect(await house.isLive(session))
        house.clock.advance(by: .seconds(-60))
        #expect(await !house.isLive(session))
    }

    @Test("sign-out ends the session, here and after a restart")
    func signOut() async throws {
        let house = House()
        try await house.add()
        let session = try await house.signIn()
        let other = try await house.signIn()
        let caller = try await house.caller(session)
        try await house.identity.signIn.signOut(caller)
        #expect(await !house.isLive(session))
        #expect(await house.isLive(other))
        #expect(await !house.restarted().isLive(session))
        #expect(house.facts.last == .signedOut(session: try #require(caller.session)))
        #expect(house.journalEntries.last?.isCommittedWithData == true)
        try await house.identity.signIn.signOut(caller)
        try await house.identity.signIn.signOut(House.operatorCaller)
    }

    @Test("a user has at most so many sessions; the one not used for longest goes")
    func bounded() async throws {
        let policy = try #require(SessionPolicy(sessionsPerUser: 3))
        let house = House(settings: House.settings(sessions: policy))
        try await house.add()
        var sessions: [IssuedSession] = []
        for _ in 0..<3 { sessions.append(try await house.signIn()) }
        sessions.append(try await house.signIn())
        #expect(await !house.isLive(sessions[0]))
        for session in sessions[1...] { #expect(await house.isLive(session)) }
        #expect(try await house.sessions.all(limit: 10).count == 3)
    }

    @Test("the memory of sessions is bounded; those that fell out are found again")
    func cache() async throws {
        let policy = try #require(SessionPolicy(sessionsPerUser: 50, cachedSessions: 8))
        let house = House(settings: House.settings(sessions: policy))
        try await house.add()
        var sessions: [IssuedSession] = []
        for _ in 0..<25 { sessions.append(try await house.signIn()) }
        for session in sessions {
            #expect(await house.isLive(session))
            #expect(house.identity.register.cached <= 8)
        }
        for session in sessions { #expect(await house.isLive(session)) }
    }

    @Test(
        "tokens that never were",
        arguments: ["", "ward_", "Bearer x", "x", "ward_" + String(repeating: "A", count: 43)])
    func unknown(token: String) async throws {
        let house = House()
        await #expect(throws: AuthenticationError(.notAuthenticated)) {
            try await house.identity.authenticator.authenticate(token: token, source: House.source)
        }
    }

    @Test("a token with one sign changed is another one")
    func changed() async throws {
        let house = House()
        try await house.add()
        let session = try await house.signIn()
        for index in session.token.indices {
            var text = session.token
            text.replaceSubrange(index...index, with: session.token[index] == "A" ? "B" : "A")
            await #expect(throws: AuthenticationError(.notAuthenticated)) {
                try await house.identity.authenticator.authenticate(token: text, source: House.source)
            }
        }
    }

    @Test("the store holds no token, and errors and dumps neither")
    func secrecy() async throws {
        let house = House()
        let credentials = try await house.add()
        let session = try await house.signIn()
        let stored = try #require(try await house.sessions.all(limit: 1).first)
        let random = String(session.token.dropFirst(5))
        for text in ["\(stored)", String(reflecting: stored), "\(session)", String(reflecting: session)] {
            #expect(!text.contains(random))
        }
        var shown = ""
        dump(session, to: &shown)
        dump(credentials, to: &shown)
        #expect(!shown.contains(random) && !shown.contains("secret="))
        #expect(!"\(credentials)".contains("secret="))
    }

    @Test("a store that fails is no wrong token")
    func storeFails() async throws {
        let house = House()
        try await house.add()
        let session = try await house.signIn()
        let reopened = house.restarted()
        house.sessions.fail(with: DatabaseError(.unavailable, "test"))
        await #expect(throws: AuthenticationError(.unavailable)) { try await reopened.caller(session) }
        house.sessions.fail(with: nil)
        #expect(await reopened.isLive(session))
    }
}
