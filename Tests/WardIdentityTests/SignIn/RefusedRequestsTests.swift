import Testing
import WardAudit
import WardDatabase

@testable import WardIdentity

@Suite("Requests that came to nobody")
struct RefusedRequestsTests {
    @Test("each is told of, up to the bound of an address; then one entry says that there are more")
    func bounded() async throws {
        let house = House()
        for _ in 0..<100 {
            try await house.identity.refusedRequests.record(status: 401, path: "/fhir", source: House.source)
        }
        try await house.identity.refusedRequests.record(status: 401, path: "/fhir", source: "192.0.2.77")
        let facts = house.facts
        #expect(facts.filter { $0 == .requestRefused(status: 401, path: "/fhir") }.count == RefusedRequests.burst + 1)
        #expect(facts.filter { $0 == .requestsNotTold }.count == 1)
    }

    @Test("what a known caller is refused is told each time, whatever else came from the address")
    func known() async throws {
        let house = House()
        for _ in 0..<100 {
            try await house.identity.refusedRequests.record(status: 401, path: "/fhir", source: House.source)
            try await house.identity.refusedRequests.record(
                status: 404, path: "/fhir", source: House.source, caller: House.operatorCaller)
        }
        #expect(house.facts.filter { $0 == .requestRefused(status: 404, path: "/fhir") }.count == 100)
        #expect(house.facts.filter { $0 == .requestRefused(status: 401, path: "/fhir") }.count == RefusedRequests.burst)
    }

    @Test("the entry names who it was where that is known, and the endpoint, never the request's own path")
    func entry() {
        let actor = TrailActor(House.operatorCaller)
        let event = IdentityTrail.event(.requestRefused(status: 403, path: "/metrics"), by: actor)
        #expect(event.kind == .refusal && event.outcome == .minorFailure && event.reason == "role")
        #expect(event.status == 403 && event.interaction == "/metrics" && event.origin.actor?.id == "os:root")
        let nobody = TrailActor(source: House.source, tenant: .first)
        let unknown = IdentityTrail.event(.requestRefused(status: 401, path: "/fhir"), by: nobody)
        #expect(unknown.reason == "no-caller" && unknown.origin.actor == nil && unknown.origin.source == House.source)
        #expect(IdentityTrail.event(.requestsNotTold, by: nobody).reason == "throttled")
    }
}
