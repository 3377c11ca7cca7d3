import Testing
import WardIdentity

@testable import WardAccess

@Suite("Policy engine")
struct PolicyEngineTests {
    private let caller = Callers.person(.clinician)

    private func engine(_ scopes: String...) throws -> PolicyEngine {
        let parsed = try scopes.map { try #require(Scope($0)) }
        return PolicyEngine(resourceTypes: ResourceTypes.r4) { $0 == .clinician ? parsed : [] }
    }

    @Test("a scope opens its own type and rights, no others")
    func oneType() throws {
        let engine = try engine("user/Observation.rs")
        #expect(engine.decide(caller, InteractionRequest(.read, type: "Observation")).refusal == nil)
        #expect(engine.decide(caller, InteractionRequest(.read, type: "Patient")).refusal == .noRule)
        #expect(engine.decide(caller, InteractionRequest(.delete, type: "Observation")).refusal == .noRule)
        let permit = try engine.decide(caller, InteractionRequest(.searchSystem)).get()
        #expect(permit.types == .only(["Observation"]))
        #expect(permit.filter(for: "Patient") == .nothing)
    }

    @Test("constraints become the filter of the search plan")
    func constraints() throws {
        let engine = try engine("user/Observation.rs?category=laboratory", "user/Observation.s?category=vital-signs")
        let laboratory = Scope.Constraint(parameter: "category", value: "laboratory")
        let vitalSigns = Scope.Constraint(parameter: "category", value: "vital-signs")
        let read = try engine.decide(caller, InteractionRequest(.read, type: "Observation")).get()
        #expect(read.filter(for: "Observation") == .anyOf([[laboratory]]))
        let search = try engine.decide(caller, InteractionRequest(.searchType, type: "Observation")).get()
        #expect(search.filter(for: "Observation") == .anyOf([[laboratory], [vitalSigns]]))
        let system = try engine.decide(caller, InteractionRequest(.searchSystem)).get()
        #expect(system.filter(for: "Observation") == .anyOf([[laboratory], [vitalSigns]]))
    }

    @Test("a scope without constraint beside one with opens everything")
    func union() throws {
        let engine = try engine("user/Observation.rs?category=laboratory", "user/*.r")
        let read = try engine.decide(caller, InteractionRequest(.read, type: "Observation")).get()
        #expect(read.filter(for: "Observation") == .everything)
        let search = try engine.decide(caller, InteractionRequest(.searchType, type: "Observation")).get()
        #expect(search.filter(for: "Observation") != .everything)
    }

    @Test("writes under constraints are closed")
    func constrainedWrite() throws {
        let engine = try engine("user/Observation.cud?category=laboratory")
        for kind: InteractionKind in [.create, .update, .patch, .delete] {
            #expect(engine.decide(caller, InteractionRequest(kind, type: "Observation")).refusal == .constrainedWrite)
        }
    }

    @Test("patient scopes open nothing without a launch context")
    func patientScopes() throws {
        let engine = try engine("patient/*.cruds")
        for kind in InteractionKind.allCases where kind != .capabilities {
            #expect(engine.decide(caller, InteractionRequest(kind, type: "Patient")).refusal == .noRule)
            #expect(engine.decide(caller, InteractionRequest(kind)).refusal == .noRule)
        }
    }

    @Test("chains and includes need their own types open to search")
    func related() throws {
        let engine = try engine("user/Observation.rs", "user/Patient.r", "user/Encounter.s?status=planned")
        func search(_ related: Set<String>) -> Decision {
            engine.decide(caller, InteractionRequest(.searchType, type: "Observation", related: related))
        }
        #expect(search(["Patient"]).refusal == .noRule)
        #expect(search(["Nonsense"]).refusal == .unknownType)
        let permit = try search(["Encounter"]).get()
        #expect(permit.filter(for: "Observation") == .everything)
        #expect(
            permit.filter(for: "Encounter") == .anyOf([[Scope.Constraint(parameter: "status", value: "planned")]]))
        #expect(permit.types.contains("Encounter"))
        #expect(!permit.types.contains("Patient"))
    }

    @Test("criteria inside a write match no more than a search of the caller's finds")
    func matching() throws {
        let engine = PolicyEngine(resourceTypes: ResourceTypes.r4)
        func reach(_ scopes: String) -> PermitFilter? {
            let app = Callers.service(scopes)
            let decision = engine.decide(app, InteractionRequest(.conditionalMatch, type: "Patient"))
            return try? decision.get().filter(for: "Patient")
        }
        #expect(reach("system/Patient.c") == nil && reach("system/Patient.cr") == nil)
        #expect(reach("system/Patient.cs") == .everything)
        let unsearched = engine.decide(Callers.service("system/Patient.c"), InteractionRequest(.conditionalMatch, type: "Patient"))
        #expect(throws: Refusal(.unsearchable)) { try unsearched.get() }
        let constrained = reach("system/Patient.c system/Patient.rs?gender=female")
        #expect(constrained == .anyOf([[Scope.Constraint(parameter: "gender", value: "female")]]))
    }

    @Test("an importer's answers hold no resources")
    func importer() throws {
        let engine = PolicyEngine(resourceTypes: ResourceTypes.r4)
        for kind: InteractionKind in [.create, .update, .patch, .conditionalMatch] {
            let importer = try engine.decide(Callers.person(.importer), InteractionRequest(kind, type: "Patient"))
                .get()
            #expect(importer.answer == .referenceOnly)
            let clinician = try engine.decide(caller, InteractionRequest(kind, type: "Patient")).get()
            #expect(clinician.answer == (kind == .conditionalMatch ? .referenceOnly : .content))
        }
        #expect(
            engine.decide(Callers.person(.importer), InteractionRequest(.read, type: "Patient")).refusal == .noRule)
    }

    @Test("purposes outside the role are refused")
    func purposes() throws {
        let engine = PolicyEngine(resourceTypes: ResourceTypes.r4)
        let permit = try engine.decide(caller, InteractionRequest(.read, type: "Patient")).get()
        #expect(permit.purpose == .treatment)
        for purpose in PurposeOfUse.allCases {
            let decision = engine.decide(caller, InteractionRequest(.read, type: "Patient", purpose: purpose))
            let open: Set<PurposeOfUse> = [.treatment, .payment, .operations]
            #expect(decision.refusal == (open.contains(purpose) ? nil : .purposeNotOpen))
        }
    }

    @Test("refusals tell 403, but a record outside the filter is as if it were not there")
    func disclosure() throws {
        for reason in Refusal.Reason.allCases {
            #expect(Refusal(reason).status == (reason == .outsideFilter ? 404 : 403))
        }
        #expect(throws: Refusal.self) {
            try PolicyEngine(resourceTypes: []).decide(caller, InteractionRequest(.read, type: "Patient")).get()
        }
    }

    @Test("nobody can be given the role of an operator")
    func assignable() {
        #expect(Role(assignable: "operator") == nil)
        #expect(Role(assignable: "clinician") == .clinician)
        #expect(Role(assignable: "root") == nil)
        let impostor = Callers.person(.localOperator, factors: [.password, .operatingSystem])
        let engine = PolicyEngine(resourceTypes: ResourceTypes.r4)
        #expect(engine.decide(impostor, AdministrativePermission.readAudit).refusal == .factorsMissing)
    }
}
