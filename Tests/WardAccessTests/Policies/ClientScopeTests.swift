import Testing
import WardDatabase
import WardIdentity

@testable import WardAccess

@Suite("What client applications may do")
struct ClientScopeTests {
    private let engine = PolicyEngine(resourceTypes: ResourceTypes.r4)

    private func filter(_ caller: Caller, _ kind: InteractionKind, _ type: String) -> PermitFilter {
        switch engine.decide(caller, InteractionRequest(kind, type: type)) {
        case .permit(let permit): permit.filter(for: type)
        case .refuse: .nothing
        }
    }

    @Test("no more than the token says")
    func tokens() {
        let app = Callers.app("user/Observation.rs user/Patient.read")
        #expect(filter(app, .read, "Observation") == .everything)
        #expect(filter(app, .searchType, "Patient") == .everything)
        for (kind, type) in [(InteractionKind.create, "Observation"), (.read, "Condition"), (.delete, "Patient")] {
            #expect(filter(app, kind, type) == .nothing)
        }
        #expect(engine.decide(app, InteractionRequest(.searchType, type: "Observation", related: ["Condition"])).refusal == .noRule)
        let fine = Callers.app("user/Observation.rs?category=laboratory")
        #expect(filter(fine, .read, "Observation") == .anyOf([[.init(parameter: "category", value: "laboratory")]]))
    }

    @Test("no more than the role of who it acts for opens", arguments: Role.allCases)
    func roles(role: Role) {
        let all = Callers.app("user/*.cruds patient/*.cruds system/*.cruds", for: role, patient: "p1")
        for kind in InteractionKind.allCases where kind != .capabilities {
            let own = engine.decide(Callers.person(role), InteractionRequest(kind, type: "Observation"))
            if own.refusal != nil {
                #expect(engine.decide(all, InteractionRequest(kind, type: "Observation")).refusal != nil, "\(kind)")
            }
        }
        for permission in AdministrativePermission.allCases { #expect(engine.decide(all, permission).refusal != nil) }
    }

    @Test("a person's app holds no scopes of a system, a service none of a person")
    func contexts() {
        #expect(filter(Callers.app("system/*.cruds"), .read, "Patient") == .nothing)
        #expect(filter(Callers.service("user/*.cruds patient/*.cruds", patient: "p1"), .read, "Patient") == .nothing)
        #expect(filter(Callers.service("system/Patient.r"), .read, "Patient") == .everything)
        #expect(filter(Callers.service("system/Patient.r"), .searchType, "Patient") == .nothing)
        #expect(filter(Callers.service("system/*.cruds", factors: []), .read, "Patient") == .nothing)
        #expect(filter(Callers.service(""), .read, "Patient") == .nothing)
    }

    @Test("no app opens health data where the person showed one factor")
    func factors() {
        for factors: Set<Factor> in [[], [.password], [.oneTimeCode], [.recoveryCode], [.clientKey, .password]] {
            let app = Callers.app("user/*.cruds patient/*.cruds", patient: "p1", factors: factors)
            for kind in InteractionKind.allCases where kind != .capabilities {
                #expect(engine.decide(app, InteractionRequest(kind, type: "Patient")).refusal == .factorsMissing)
                #expect(engine.decide(app, InteractionRequest(kind)).refusal == .factorsMissing)
            }
        }
    }

    @Test("patient scopes reach one patient, by every parameter of the compartment")
    func patients() throws {
        let app = Callers.app("patient/*.cruds", patient: "p1")
        #expect(filter(app, .read, "Patient") == .anyOf([[.init(parameter: "_id", value: "p1")]]))
        guard case .anyOf(let clauses) = filter(app, .searchType, "Observation") else {
            Issue.record("not constrained")
            return
        }
        #expect(Set(clauses) == [
            [.init(parameter: "subject", value: "Patient/p1")], [.init(parameter: "performer", value: "Patient/p1")],
        ])
        #expect(filter(app, .read, "Organization") == .everything)
        // What belongs to no patient is closed, and nothing is written that is of none.
        for (kind, type) in [
            (InteractionKind.read, "ValueSet"), (.read, "AuditEvent".lowercased()), (.create, "Organization"),
            (.delete, "Practitioner"), (.update, "Device"),
        ] { #expect(filter(app, kind, type) == .nothing, "\(kind) \(type)") }
        #expect(filter(Callers.app("patient/*.cruds"), .read, "Patient") == .nothing, "no patient, no scope")
        let both = Callers.app("patient/Observation.rs?category=laboratory", patient: "p1")
        guard case .anyOf(let two) = filter(both, .read, "Observation") else {
            Issue.record("not constrained")
            return
        }
        #expect(two.allSatisfy { $0.count == 2 && $0.contains(.init(parameter: "category", value: "laboratory")) })
    }

    @Test("by scopes of one patient only that patient's records are written, and nothing under constraints")
    func patientWrites() throws {
        let app = Callers.app("patient/*.cruds", patient: "p1")
        for kind in InteractionKind.allCases where kind.isWrite {
            for type in ["Patient", "Observation", "Condition"] {
                let permit = try engine.decide(app, InteractionRequest(kind, type: type)).get()
                #expect(permit.writesOnlyOf?.text == "p1" && permit.filter(for: type) == filter(app, .read, type))
                #expect(permit.answer == .content)
            }
            let wide = try engine.decide(
                Callers.app("patient/*.cruds user/Observation.cud", patient: "p1"), InteractionRequest(kind, type: "Observation")).get()
            #expect(wide.writesOnlyOf == nil && wide.filter(for: "Observation") == .everything && wide.answer == .referenceOnly)
            let fine = Callers.app("patient/Observation.cruds?category=laboratory", patient: "p1")
            #expect(engine.decide(fine, InteractionRequest(kind, type: "Observation")).refusal == .constrainedWrite)
            let reader = Callers.app("patient/*.rs", patient: "p1")
            #expect(engine.decide(reader, InteractionRequest(kind, type: "Observation")).refusal == .noRule)
            #expect(engine.decide(Callers.app("patient/*.cruds"), InteractionRequest(kind, type: "Observation")).refusal == .noRule)
        }
        let blind = try engine.decide(
            Callers.app("patient/Observation.c", patient: "p1"), InteractionRequest(.create, type: "Observation")).get()
        #expect(blind.answer == .referenceOnly)
        #expect(filter(app, .conditionalMatch, "Observation") == filter(app, .searchType, "Observation"))
    }

    @Test("a scope is granted with the rights alone that open anything", arguments: [
        ("user/*.cruds", Role.patient, "rs"), ("patient/Observation.cruds", .patient, "rs"), ("user/*.cruds", .clinician, "cruds"),
        ("patient/*.cruds", .clinician, "cruds"), ("patient/Organization.cruds", .clinician, "rs"), ("patient/ValueSet.rs", .clinician, ""),
        ("user/ValueSet.rs", .patient, ""), ("user/Observation.cruds?category=laboratory", .clinician, "rs"),
        ("user/*.cruds", .importer, "cu"), ("user/*.cruds", .administrator, ""), ("system/*.rs", .clinician, ""),
        ("system/Patient.cruds", .service, "cruds"), ("system/Patient.cu?gender=female", .service, ""), ("user/Nonsense.rs", .clinician, ""),
    ])
    func granted(scope: String, role: Role, letters: String) throws {
        #expect(engine.rights(of: try #require(Scope(scope)), for: role).letters == letters)
    }

    @Test("across the system a patient scope stays with its patient")
    func system() throws {
        let app = Callers.app("patient/*.rs", patient: "p1")
        for kind in [InteractionKind.searchSystem, .historySystem] {
            let permit = try engine.decide(app, InteractionRequest(kind)).get()
            for type in ResourceTypes.r4 where permit.filter(for: type) == .everything {
                #expect(PatientCompartment.unbound.contains(type), "\(type)")
            }
            #expect(permit.filter(for: "Patient") == .anyOf([[.init(parameter: "_id", value: "p1")]]))
            #expect(permit.filter(for: "ValueSet") == .nothing)
        }
    }
}
