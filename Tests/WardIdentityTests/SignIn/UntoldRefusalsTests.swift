import Testing
import WardAudit
import WardDatabase

@testable import WardIdentity

@Suite("Refusals that are counted")
struct UntoldRefusalsTests {
    private func told(_ house: House) -> [House.Entry] {
        house.journalEntries.filter { if case .notTold = $0.fact { true } else { false } }
    }

    @Test("of a flood from one address, every attempt is in the log: looked at, told first, or counted")
    func flood() async throws {
        let house = House(settings: House.settings(refusals: 3))
        for _ in 0..<50 { _ = try? await house.signIn("nobody", code: "0") }
        for _ in 0..<40 { _ = try? await house.identity.activation.offer(token: "none", source: House.source) }
        for _ in 0..<100 { try await house.identity.refusedRequests.record(status: 401, path: "/fhir", source: House.source) }
        try await house.identity.tellUntold()
        let entries = told(house)
        #expect(
            entries.map(\.fact) == [
                .notTold(.throttled, count: 50 - 3 - 1), .notTold(.invitations, count: 37),
                .notTold(.requests, count: 100 - RefusedRequests.burst - 1),
            ])
        #expect(entries.allSatisfy { $0.actor.source == House.source && $0.actor.subject == nil })
        try await house.identity.tellUntold()
        #expect(told(house).count == 3, "each is counted once")
    }

    @Test("what the log cannot take is counted further")
    func logFails() async throws {
        let house = House(settings: House.settings(refusals: 1))
        for _ in 0..<12 { _ = try? await house.signIn("nobody", code: "0") }
        house.breakAuditLog()
        await #expect(throws: House.Broken.self) { try await house.identity.tellUntold() }
        house.breakAuditLog(false)
        _ = try? await house.signIn("nobody", code: "0")
        try await house.identity.tellUntold()
        #expect(told(house).map(\.fact) == [.notTold(.throttled, count: 11)])
    }

    @Test("addresses past the bound are counted together, and none is lost")
    func bounded() async throws {
        let house = House()
        let untold = UntoldRefusals(limit: 8)
        for number in 0..<100 { untold.add(.busy, from: "192.0.2.\(number)") }
        let trail = IdentityTrail(
            outbox: { _, _ in OutboxEvent(id: EventID([UInt8](repeating: 0, count: 16))!, entry: []) },
            record: { fact, actor in try await house.identity.signIn.trail.record(fact, actor) })
        try await untold.tell(trail, tenant: .first)
        let entries = told(house)
        #expect(entries.count == 9)
        #expect(entries.last?.actor.source == UntoldRefusals.severalSources)
        #expect(entries.last?.fact == .notTold(.busy, count: 92))
    }

    @Test("the entry says what was turned away, how often, and from where", arguments: Untold.allCases)
    func entry(what: Untold) {
        let event = IdentityTrail.event(.notTold(what, count: 7), by: TrailActor(source: House.source, tenant: .first))
        #expect(event.count == 7 && event.origin.source == House.source && event.reason == what.rawValue)
        // Listings were answered, and are told by their number alone.
        let isListing = what == .listings
        #expect(event.kind == (isListing ? .userChange : what == .requests ? .refusal : .signInFailed))
        #expect(event.outcome == (isListing ? .success : .minorFailure) && event.interaction == (isListing ? "list" : "turned-away"))
    }
}
