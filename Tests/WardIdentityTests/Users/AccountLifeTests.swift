import Foundation
import Testing
import WardDatabase
import WardTesting
import WardVault

@testable import WardIdentity

@Suite("Roles, unused accounts, sessions seen by administrators")
struct AccountLifeTests {
    private let caller = House.operatorCaller

    @Test("another role ends the sessions of the old one")
    func role() async throws {
        let house = House()
        let id = try await house.add().id
        let session = try await house.signIn()
        let changed = try await house.identity.users.setRole(name: "ada", role: .auditor, by: caller)
        #expect(changed.role == .auditor)
        #expect(await !house.isLive(session))
        #expect(house.facts.last == .roleChanged(user: id, from: .clinician, to: .auditor))
        #expect(try await house.caller(try await house.signIn()).role == .auditor)
        await #expect(throws: UserDirectoryError(.roleNotAssignable)) {
            try await house.identity.users.setRole(name: "ada", role: .localOperator, by: caller)
        }
    }

    @Test("accounts that nobody used show, by their last sign-in or else by their making")
    func unused() async throws {
        let house = House()
        try await house.add("ada")
        try await house.add("bob")
        try await house.add("eve")
        house.clock.advance(by: .seconds(60 * 86_400))
        _ = try await house.signIn("ada")
        _ = try await house.identity.users.disable(name: "eve", by: caller)
        house.clock.advance(by: .seconds(31 * 86_400))
        let now = house.clock.now()
        let list = try await house.identity.users.list(by: caller)
        #expect(list.filter { $0.isUnused(days: 90, now: now) }.map(\.name) == ["bob"])
        #expect(list.filter { $0.isUnused(days: 30, now: now) }.map(\.name) == ["ada", "bob"])
    }

    @Test("an administrator sees sessions and ends one or all")
    func sessions() async throws {
        let house = House()
        try await house.add()
        let sessions = [try await house.signIn(), try await house.signIn(), try await house.signIn()]
        let users = house.identity.users
        let listed = try await users.sessions(name: "ada", by: caller)
        #expect(listed.count == 3 && listed.allSatisfy { !$0.isCurrent && $0.source == House.source })
        try await users.endSessions(name: "ada", session: listed[2].id, by: caller)
        #expect(await !house.isLive(sessions[0]))
        #expect(await house.isLive(sessions[1]))
        await #expect(throws: UserDirectoryError(.noSuchSession)) {
            try await users.endSessions(name: "ada", session: listed[2].id, by: caller)
        }
        try await users.endSessions(name: "ada", session: nil, by: caller)
        for session in sessions { #expect(await !house.isLive(session)) }
    }

    @Test("an account that was written before recovery codes and invitations were there still opens")
    func older() throws {
        let text = """
            {"name":"ada","role":"clinician","passwordHash":"x","totpSecret":"AA","lastAcceptedStep":3,"isDisabled":false,
            "failures":1,"lockedUntil":0,"sessionEpoch":2,"createdAt":5,"credentialsChangedAt":6}
            """
        let user = try JSONDecoder().decode(User.self, from: Data(text.utf8))
        #expect(user.lastAcceptedStep == 3 && user.sessionEpoch == 2 && user.lastSignInAt == nil)
        #expect(user.recoveryCodes.isEmpty && user.formerPasswordHashes.isEmpty && user.invitation == nil)
    }
}

extension AccountLifeTests {
    @Test("the record that stands for a person is one of a person")
    func fhirUser() async throws {
        let house = House()
        let id = try await house.add().id
        let users = house.identity.users
        for wrong in ["Observation/1", "Patient", "Patient/", "Patient/a/b", "Patient/a b", "https://x/Patient/1", ""] {
            await #expect(throws: UserDirectoryError(.fhirUserInvalid), "\(wrong)") {
                try await users.setFHIRUser(name: "ada", reference: wrong, by: House.operatorCaller)
            }
        }
        let session = try await house.signIn()
        let linked = try await users.setFHIRUser(name: "ada", reference: "Practitioner/p1", by: House.operatorCaller)
        #expect(linked.fhirUser == "Practitioner/p1" && house.facts.last == .userLinked(user: id))
        #expect(await house.isLive(session))
    }
}
