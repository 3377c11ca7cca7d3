import Testing
import WardAudit
import WardDatabase

@testable import WardIdentity

@Suite("Entries of the audit log")
struct IdentityTrailTests {
    private let user = LogicalID(uuid: [UInt8](repeating: 1, count: 16))
    private let session = LogicalID(uuid: [UInt8](repeating: 2, count: 16))
    private var actor: TrailActor {
        TrailActor(
            source: "192.0.2.1", tenant: .first, subject: .user(user, name: "ada"), role: .clinician, session: session
        )
    }

    @Test("sign-in, sign-out and time-out name the session and the person")
    func sessions() {
        let facts: [(IdentityFact, EventKind)] = [
            (.signedIn(session: session), .signIn), (.signedOut(session: session), .signOut),
            (.sessionEnded(session: session, user: user, .idle), .timeOut),
        ]
        for (fact, kind) in facts {
            let event = IdentityTrail.event(fact, by: actor)
            #expect(event.kind == kind)
            #expect(event.outcome == .success)
            #expect(event.record == RecordReference(type: "_session", id: session))
            #expect(event.origin.actor == .init(id: user.text, name: "ada", roles: ["clinician"]))
            #expect(event.origin.source == "192.0.2.1")
            #expect(event.origin.session == session.text)
        }
    }

    @Test("a refused sign-in claims an account at most, and gives the cause", arguments: SignInFault.allCases)
    func refused(fault: SignInFault) {
        let nobody = TrailActor(source: "192.0.2.1", tenant: .first)
        let known = IdentityTrail.event(.signInRefused(user: user, fault), by: nobody)
        #expect(known.kind == .signInFailed && known.outcome == .minorFailure && known.reason == fault.rawValue)
        #expect(known.origin.actor == .init(id: user.text))
        #expect(known.record == RecordReference(type: "_user", id: user))
        let unknown = IdentityTrail.event(.signInRefused(user: nil, fault), by: nobody)
        #expect(unknown.origin.actor == nil && unknown.record == nil)
    }

    @Test("changes of accounts name what was done, by whom")
    func changes() {
        let caller = TrailActor(House.operatorCaller)
        let facts: [(IdentityFact, String, EventAction)] = [
            (.userAdded(user: user, .importer), "add", .create), (.userDisabled(user: user), "disable", .update),
            (.userEnabled(user: user), "enable", .update), (.userReset(user: user, isSecondFactorKept: true), "reset", .update),
            (.userInvited(user: user, .clinician), "invite", .create), (.userActivated(user: user), "activate", .update),
            (.resetUsed(user: user), "reset-used", .update), (.everythingEnded(user: user, count: 1), "end-all", .update),
            (.grantsListed(user: user, count: 1), "grants", .read),
            (.sessionsListed(user: user, count: 1), "sessions", .read),
        ]
        for (fact, interaction, action) in facts {
            let event = IdentityTrail.event(fact, by: caller)
            #expect(event.kind == .userChange && event.interaction == interaction && event.action == action)
            #expect(event.record == RecordReference(type: "_user", id: user))
            #expect(event.origin.actor == .init(id: "os:root", name: "root", roles: ["operator"]))
        }
        let role = IdentityTrail.event(.roleChanged(user: user, from: .importer, to: .auditor), by: caller)
        #expect(role.kind == .roleChange && role.details.map(\.value) == ["importer", "auditor"])
        let own: [(IdentityFact, String)] = [
            (.passwordChanged(user: user), "password"), (.recoveryCodesMade(user: user, count: 10), "recovery-codes"),
            (.appReplaced(user: user), "totp"),
            (.recoveryCodeUsed(user: user, left: 9), "recovery-code-used"),
            (.proofRefused(user: user, .wrongPassword), "proof"),
        ]
        for (fact, interaction) in own {
            let event = IdentityTrail.event(fact, by: caller)
            #expect(event.kind == .factorChange && event.interaction == interaction)
        }
        #expect(IdentityTrail.event(.activationRefused, by: caller).kind == .signInFailed)
        #expect(IdentityTrail.event(.sessionRevoked(session: session, user: user), by: caller).kind == .signOut)
        let listed = IdentityTrail.event(.usersListed(count: 3), by: caller)
        #expect(listed.action == .read && listed.count == 3)
        #expect(IdentityTrail.event(.heldBack(user: user, failures: 5), by: caller).kind == .lockout)
    }
}
