import Testing
import WardIdentity

@testable import WardAccess

@Suite("What a patient's own account may do")
struct PatientRoleTests {
    private let engine = PolicyEngine(resourceTypes: ResourceTypes.r4)
    private static let reading: Set<InteractionKind> = [.read, .vread, .historyInstance, .historyType, .searchType]

    private func filter(_ caller: Caller, _ kind: InteractionKind, _ type: String) -> PermitFilter {
        switch engine.decide(caller, InteractionRequest(kind, type: type)) {
        case .permit(let permit): permit.filter(for: type)
        case .refuse: .nothing
        }
    }

    @Test("every type and interaction: its own compartment to read, nothing to write")
    func table() {
        let own = Callers.person(.patient, boundTo: "p1")
        let launched = Callers.app("patient/*.rs", patient: "p1")
        for type in ResourceTypes.r4 {
            for kind in InteractionKind.allCases where kind != .capabilities {
                // No wider than what a clinician's app sees with the scope of this patient, which is tested by itself.
                let expected = Self.reading.contains(kind) ? filter(launched, kind, type) : .nothing
                if kind != .conditionalMatch { #expect(filter(own, kind, type) == expected, "\(kind) \(type)") }
                if kind.isWrite { #expect(filter(own, kind, type) == .nothing, "\(kind) \(type)") }
            }
        }
        #expect(filter(own, .read, "Patient") == .anyOf([[.init(parameter: "_id", value: "p1")]]))
        #expect(filter(own, .read, "ValueSet") == .nothing && filter(own, .read, "Organization") == .everything)
    }

    @Test("across the system, and in what a search touches beside its type")
    func wide() throws {
        let own = Callers.person(.patient, boundTo: "p1")
        for kind in [InteractionKind.searchSystem, .historySystem] {
            let permit = try engine.decide(own, InteractionRequest(kind)).get()
            #expect(permit.purpose == .patientRequest)
            for type in ResourceTypes.r4 where permit.filter(for: type) == .everything {
                #expect(PatientCompartment.unbound.contains(type), "\(type)")
            }
        }
        let related = InteractionRequest(.searchType, type: "Observation", related: ["Patient", "Encounter"])
        let permit = try engine.decide(own, related).get()
        for type in ["Observation", "Patient", "Encounter"] {
            guard case .anyOf = permit.filter(for: type) else { Issue.record("\(type) is open to all"); continue }
        }
        #expect(
            engine.decide(own, InteractionRequest(.searchType, type: "Patient", related: ["Task", "ValueSet"])).refusal
                == .noRule)
        for purpose in PurposeOfUse.allCases where purpose != .patientRequest {
            let refusal = engine.decide(own, InteractionRequest(.read, type: "Patient", purpose: purpose)).refusal
            #expect(refusal == .purposeNotOpen)
        }
    }

    @Test("an account that is bound to nobody opens nothing")
    func unbound() {
        let nobody = Callers.person(.patient)
        for kind in InteractionKind.allCases where kind != .capabilities {
            #expect(engine.decide(nobody, InteractionRequest(kind, type: "Patient")).refusal != nil)
            #expect(engine.decide(nobody, InteractionRequest(kind)).refusal != nil)
        }
        let worker = Callers.person(.clinician, boundTo: "p1")
        #expect(filter(worker, .read, "Patient") == .everything, "the binding of no other role means anything")
    }

    @Test("an app that acts for a patient reaches that patient, whatever its scopes are about")
    func apps() {
        let mine = PermitFilter.anyOf([[.init(parameter: "_id", value: "p1")]])
        #expect(filter(Callers.app("patient/*.rs", for: .patient, patient: "p1", boundTo: "p1"), .read, "Patient") == mine)
        #expect(filter(Callers.app("user/*.rs", for: .patient, boundTo: "p1"), .read, "Patient") == mine)
        #expect(filter(Callers.app("user/*.cruds", for: .patient, boundTo: "p1"), .update, "Patient") == .nothing)
        #expect(filter(Callers.app("patient/*.rs", for: .patient, patient: "p2", boundTo: "p1"), .read, "Patient") == .nothing)
        #expect(filter(Callers.app("user/*.rs", for: .patient, patient: "p2", boundTo: "p1"), .read, "Patient") == .nothing)
        #expect(filter(Callers.app("patient/*.rs", for: .patient, patient: "p1"), .read, "Patient") == .nothing)
        #expect(filter(Callers.app("system/*.rs", for: .patient, boundTo: "p1"), .read, "Patient") == .nothing)
        let fine = Callers.app("patient/Observation.rs?category=laboratory", for: .patient, patient: "p1", boundTo: "p1")
        #expect(filter(fine, .read, "Patient") == .nothing)
        guard case .anyOf(let clauses) = filter(fine, .searchType, "Observation") else {
            Issue.record("not constrained")
            return
        }
        #expect(clauses.allSatisfy { $0.count == 2 })
    }
}
