internal import WardAccess
internal import WardAudit
internal import WardIdentity
internal import WardKeys

/// What commands do about how long the log is kept.
extension Administration {
    /// Does an operation on retention. Operations on a home come one after the other, so a hold is in the log before an expiry
    /// looks for it, or after it has ended.
    func retention(_ operation: HomeOperation, _ caller: Caller) async throws -> HomeAnswer {
        _ = try house.policies.decide(caller, .manageRetention).get()
        let origin = House.origin(caller)
        switch operation {
        case .expire(let isTrial):
            let expiry = LogExpiry(
                of: house.audit, sealed: house.deliveries.sealed, sequencer: house.sequencer,
                retention: try AuditRetention(years: house.configuration.whole("audit.retention_years")),
                witnessed: try witnessed(), index: house.indexer)
            try await tellReading(isTrial ? "expire-trial" : "expire", origin)
            try await house.signIfNotServed()
            return .expiry(try await expiry.run(by: origin, isTrial: isTrial))
        case .auditHold(let name, let from):
            let event = try LegalHolds.adding(name, from: from, by: origin)
            if try await LegalHolds(of: house.deliveries.sealed).current().contains(where: { $0.name == name }) {
                throw Failure("a hold of that name is in force; lift it first, or put on another one beside it")
            }
            try await house.audit.record(event)
        case .auditHoldLift(let name, let reason):
            let event = try LegalHolds.lifting(name, because: reason, by: origin)
            guard try await LegalHolds(of: house.deliveries.sealed).current().contains(where: { $0.name == name }) else {
                throw Failure("no hold of that name is in force")
            }
            try await house.audit.record(event)
        default:
            try await tellReading("holds", origin)
        }
        return .auditHolds(try await LegalHolds(of: house.deliveries.sealed).current())
    }

    private func tellReading(_ what: String, _ origin: EventOrigin) async throws {
        try await house.audit.record(AuditEvent(.logRead, by: origin, details: [.init("what", what)]))
    }

    /// When the witness of the configuration last cosigned the log; nil where there is none.
    private func witnessed() throws -> Int64? {
        guard let key = house.configuration.text("audit.witness_key") else { return nil }
        guard let time = try AnchorFile(path: house.home.witnessed).read()?.cosignature(by: WitnessKey(parsing: key))?.time
        else {
            throw Failure("the witness has not cosigned the log yet: its clock is asked before anything is removed")
        }
        return Int64(clamping: time) * 1_000_000
    }
}
