internal import WardAccess
internal import WardAudit
internal import WardDatabase
internal import WardIdentity

extension Administration {
    /// Verification of the records: in the background, its state, and what a command found by itself.
    func verification(_ operation: HomeOperation, _ caller: Caller) async throws -> HomeAnswer {
        _ = try house.policies.decide(caller, .runVerification).get()
        let verification = VerificationAdministration(house: house)
        switch operation {
        case .verificationBegin:
            try await verification.begin(by: House.origin(caller))
            return .verification(await verification.status())
        case .verified(let what, let faults):
            var event = AuditEvent(.verify, by: House.origin(caller), count: faults, details: [.init("what", what)])
            if faults > 0 { event = event.ended(.seriousFailure, reason: "faults") }
            try await house.audit.record(event)
            return .done
        default:
            return .verification(await verification.status())
        }
    }
}
