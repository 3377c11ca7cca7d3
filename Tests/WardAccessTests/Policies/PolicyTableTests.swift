import Testing
import WardIdentity

@testable import WardAccess

/// Every role × interaction × resource type. The open cells are written out here; every other cell must be refused.
@Suite("Policy table")
struct PolicyTableTests {
    private static let onTypes: [Role: Set<InteractionKind>] = [
        .clinician: [
            .read, .vread, .update, .patch, .delete, .create, .historyInstance, .historyType, .searchType,
            .conditionalMatch,
        ],
        .importer: [.create, .update, .patch, .conditionalMatch],
        .service: [
            .read, .vread, .update, .patch, .delete, .create, .historyInstance, .historyType, .searchType,
            .conditionalMatch,
        ],
    ]
    private static let onSystem: [Role: Set<InteractionKind>] = [
        .clinician: [.searchSystem, .historySystem, .batch, .transaction, .capabilities],
        .importer: [.batch, .transaction, .capabilities],
        .service: [.searchSystem, .historySystem, .batch, .transaction, .capabilities],
        .patient: [.searchSystem, .historySystem, .batch, .transaction, .capabilities],
        .administrator: [.capabilities], .auditor: [.capabilities], .privacyOfficer: [.capabilities], .localOperator: [.capabilities],
    ]
    private let engine = PolicyEngine(resourceTypes: ResourceTypes.r4)

    @Test("there are 146 types")
    func types() {
        #expect(ResourceTypes.r4.count == 146)
        #expect(Set(ResourceTypes.r4).count == 146)
    }

    @Test("what no rule opens is refused", arguments: Role.allCases.filter { $0 != .patient })
    func everyType(role: Role) {
        let caller = Callers.caller(role)
        var open = 0
        for kind in InteractionKind.allCases {
            for type in ResourceTypes.r4 {
                let decision = engine.decide(caller, InteractionRequest(kind, type: type))
                let expected = Self.onTypes[role]?.contains(kind) ?? false
                guard case .permit(let permit) = decision, kind != .capabilities else { continue }
                open += 1
                #expect(expected, "\(role) \(kind) \(type)")
                #expect(permit.types == .only([type]))
                #expect(permit.filter(for: type) == .everything)
                #expect(permit.filter(for: type == "Patient" ? "Observation" : "Patient") == .nothing)
            }
        }
        #expect(open == (Self.onTypes[role]?.count ?? 0) * 146)
    }

    @Test("interactions on the system", arguments: Role.allCases)
    func system(role: Role) {
        for kind in InteractionKind.allCases {
            let decision = engine.decide(Callers.caller(role), InteractionRequest(kind))
            let expected = Self.onSystem[role]?.contains(kind) ?? false
            if case .permit = decision {
                #expect(expected, "\(role) \(kind)")
            } else {
                #expect(!expected, "\(role) \(kind)")
            }
        }
    }

    @Test("administrative actions", arguments: Role.allCases)
    func administration(role: Role) {
        let open: [Role: Set<AdministrativePermission>] = [
            .administrator: [
                .manageUsers, .manageClients, .seeKeys, .seeMetrics, .manageKeys, .shredPatients, .holdPatients, .runVerification,
            ],
            .auditor: [.readAudit, .seeMetrics], .privacyOfficer: [.readAudit, .seeMetrics],
            .localOperator: [
                .manageUsers, .manageClients, .readAudit, .manageRetention, .seeKeys, .manageKeys, .runVerification,
            ],
        ]
        for permission in AdministrativePermission.allCases {
            switch engine.decide(Callers.caller(role), permission) {
            case .permit(let permit):
                #expect(open[role]?.contains(permission) == true, "\(role) \(permission)")
                #expect(permit.permission == permission)
            case .refuse(let refusal):
                #expect(open[role]?.contains(permission) != true, "\(role) \(permission)")
                #expect(refusal.reason == .noRule)
            }
        }
    }

    @Test("no health data on fewer than two factors", arguments: Role.allCases)
    func factors(role: Role) {
        for factors: Set<Factor> in [
            [], [.password], [.oneTimeCode], [.operatingSystem], [.operatingSystem, .password], [.passkey],
            [.userVerification], [.password, .userVerification], [.passkey, .oneTimeCode], [.passkey, .recoveryCode],
        ] {
            let caller = Callers.person(role, factors: factors)
            for kind in InteractionKind.allCases where kind != .capabilities {
                #expect(engine.decide(caller, InteractionRequest(kind, type: "Patient")).refusal == .factorsMissing)
                #expect(engine.decide(caller, InteractionRequest(kind)).refusal == .factorsMissing)
            }
            for permission in AdministrativePermission.allCases {
                #expect(engine.decide(caller, permission).refusal == .factorsMissing)
            }
        }
    }

    @Test("no health data and no administration for who owes a passkey", arguments: Role.assignable)
    func owing(role: Role) {
        let caller = Callers.person(role, owesPasskey: true)
        for kind in InteractionKind.allCases where kind != .capabilities {
            #expect(engine.decide(caller, InteractionRequest(kind, type: "Patient")).refusal == .factorsMissing)
        }
        for permission in AdministrativePermission.allCases {
            #expect(engine.decide(caller, permission).refusal == .factorsMissing)
        }
    }

    @Test("a person changes accounts, applications and keys only with a fresh factor")
    func freshness() {
        let stale = Callers.person(.administrator, isFresh: false)
        for permission in Role.administrator.permissions {
            let expected: Refusal.Reason? =
                [.manageUsers, .manageClients, .manageKeys, .shredPatients, .holdPatients].contains(permission) ? .factorStale : nil
            #expect(engine.decide(stale, permission).refusal == expected, "\(permission)")
        }
    }

    @Test("types outside the specification are refused for everyone", arguments: Role.allCases)
    func unknownTypes(role: Role) {
        for type in ["Resource", "DomainResource", "patient", "_user", "_session", "", "*"] {
            for kind in InteractionKind.allCases where kind != .capabilities {
                #expect(engine.decide(Callers.caller(role), InteractionRequest(kind, type: type)).refusal != nil)
            }
        }
    }
}

extension Decision {
    var refusal: Refusal.Reason? {
        if case .refuse(let refusal) = self { refusal.reason } else { nil }
    }
}

extension AdministrativeDecision {
    var refusal: Refusal.Reason? {
        if case .refuse(let refusal) = self { refusal.reason } else { nil }
    }
}
