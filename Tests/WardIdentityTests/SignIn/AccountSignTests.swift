import Testing
import WardDatabase
import WardTesting
import WardVault

@testable import WardIdentity

@Suite("Signs of sharing, and what people are told")
struct AccountSignTests {
    private func signs(_ house: House) -> [AccountSign] {
        house.facts.compactMap { if case .accountSign(_, let sign) = $0 { sign } else { nil } }
    }

    private func signIn(_ house: House, from source: String) async throws -> IssuedSession {
        house.clock.advance(by: .seconds(30))
        return try await house.signIn(code: house.code(), source: source)
    }

    @Test("a network that was never signed in from is a sign, once, and the person is told; the first one ever is none")
    func newPlace() async throws {
        let house = House()
        try await house.add()
        _ = try await signIn(house, from: "192.0.2.1")
        _ = try await signIn(house, from: "192.0.2.77")
        #expect(signs(house).isEmpty)
        house.clock.advance(by: .seconds(3_600))
        _ = try await signIn(house, from: "2001:db8::1")
        house.clock.advance(by: .seconds(3_600))
        let session = try await signIn(house, from: "2001:db8:0:9::2")
        #expect(signs(house) == [.newPlace])
        let caller = try await house.identity.authenticator.authenticate(token: session.token, source: "2001:db8::1")
        let told = try await house.identity.ownAccount.notices(caller)
        #expect(told.map(\.kind) == [.newPlace] && told[0].source == "2001:db8::1")
    }

    @Test("a browser that was never signed in from is a sign, once, and the person is told; programs are none")
    func newDevice() async throws {
        let house = House()
        try await house.add()
        func signIn(_ device: String?) async throws -> IssuedSession {
            house.clock.advance(by: .seconds(30))
            return try await house.identity.signIn.signIn(
                name: "ada", password: House.password, code: house.code(), source: House.source, channel: .browser, device: device)
        }
        for device in [nil, "first", "first", nil, "first"] { _ = try await signIn(device) }
        #expect(signs(house).isEmpty)
        let session = try await signIn("second")
        _ = try await signIn("second")
        _ = try await signIn("first")
        #expect(signs(house) == [.newDevice])
        let told = try await house.identity.ownAccount.notices(house.caller(session))
        #expect(told.map(\.kind) == [.newDevice])
        #expect(try await house.user().value.devices.known.allSatisfy { $0.count == 32 }, "hashed")
        var devices = SignInDevices()
        for number in 0..<100 { _ = devices.visit("\(number)") }
        #expect(devices.known.count == 32)
    }

    @Test("the right password with a wrong code is a sign, and the person is told: once an hour, so that no flood hides the rest")
    func passwordKnown() async throws {
        let house = House()
        try await house.add()
        _ = try? await house.signIn(password: "Wrong-Horse-77", code: "000000")
        #expect(signs(house).isEmpty)
        for _ in 0..<3 { _ = try? await house.signIn(code: "000000", source: "198.51.100.7") }
        #expect(signs(house) == [.passwordKnown])
        let session = try await house.signIn()
        let told = try await house.identity.ownAccount.notices(house.caller(session))
        #expect(told.map(\.kind).contains(.secondFactorRefused))
        #expect(told.last?.source == "198.51.100.7")
        house.clock.advance(by: .seconds(3_600))
        _ = try? await house.signIn(code: "000000")
        #expect(signs(house).filter { $0 == .passwordKnown }.count == 2)
    }

    @Test("in use in two networks at once is a sign; after the other one fell idle it is none")
    func twoPlaces() async throws {
        let house = House()
        try await house.add()
        _ = try await signIn(house, from: "192.0.2.1")
        _ = try await signIn(house, from: "198.51.100.1")
        #expect(signs(house) == [.newPlace, .twoPlaces])
        house.clock.advance(by: .seconds(301))
        _ = try await signIn(house, from: "192.0.2.1")
        #expect(signs(house).count == 2)
    }

    @Test("two networks by turns within an hour are a sign; over days, or three in a row, they are none")
    func byTurns() {
        var places = SignInPlaces()
        let minute: Int64 = 60_000_000
        let turns = ["192.0.2.1", "198.51.100.1", "192.0.2.1", "198.51.100.1"]
        let told = turns.enumerated().map { places.visit($1, now: Int64($0) * 10 * minute) }
        #expect(told == [[], [.newPlace], [], [.byTurns]])
        places = SignInPlaces()
        let slow = turns.enumerated().map { places.visit($1, now: Int64($0) * 600 * minute) }
        #expect(slow == [[], [.newPlace], [], []])
        places = SignInPlaces()
        for number in 0..<100 { _ = places.visit("10.0.\(number).1", now: 0) }
        #expect(places.known.count == 32 && places.recent.count == 4)
    }

    @Test("changes of password and factors are told, the newest first, twenty at most")
    func changes() async throws {
        let house = try await PasskeyTests.house()
        let caller = try await house.caller(house.signIn())
        let offer = try #require(try await house.identity.passkeys.offer(caller))
        let made = try await house.identity.passkeys.register(SoftAuthenticator().make(offer), by: caller)
        try await house.identity.passkeys.remove(made.name, by: caller)
        house.clock.advance(by: .seconds(30))
        _ = try await house.identity.ownAccount.makeRecoveryCodes(caller, code: house.code())
        let session = try await house.identity.ownAccount.changePassword(
            caller, current: House.password, new: "Another-Horse-8")
        let now = try await house.caller(session)
        #expect(try await house.identity.ownAccount.notices(now).map(\.kind) == [
            .passwordChanged, .recoveryCodesMade, .passkeyRemoved, .passkeyAdded,
        ])
        _ = try await house.identity.users.reset(
            name: "ada", renewsSecondFactor: true, by: House.operatorCaller)
        #expect(try await house.user().value.notices.suffix(2).map(\.kind) == [.passwordReset, .factorReset])
        var user = try await house.user().value
        for _ in 0..<50 { user.note(.newPlace, now: 0, source: "x") }
        #expect(user.notices.count == 20)
    }
}
