internal import Logging
internal import WardAudit
internal import WardDatabase
internal import WardKeys

/// What a home says of itself when it begins to serve: where each key lives and how old it is, and what guards it. No secret is in it. The same
/// stands in the audit log with the start.
struct Attestation: Sendable {
    let facts: [(name: String, value: String)]

    static func of(_ house: House) async throws -> Attestation {
        let hardening = house.hardening
        let status = try await KeyAdministration(house: house).status()
        var facts = [(name: "environment", value: house.configuration.text("environment") ?? "")]
        for key in status.keys where key.isCurrent {
            let age = key.ageDays.map { ", \($0) days old" } ?? ""
            facts.append((name: key.kind.rawValue, value: "\(key.id)\(age), at \(key.place)"))
        }
        let count = status.dataKeys.reduce(0) { $0 + $1.count }
        facts.append((name: "data-keys", value: "\(count), at \(house.home.keyDatabase)"))
        facts.append((name: "separation", value: house.configuration.isDevelopment ? "not asked of development" : "keys on a volume of their own"))
        facts.append((name: "core-dumps", value: hardening == nil ? "not changed in development" : "off"))
        facts.append((name: "memory", value: hardening.map { $0.isLocked ? "locked" : "may be swapped: no unlimited LimitMEMLOCK" }
            ?? "not locked in development"))
        return Attestation(facts: facts)
    }

    /// The event of the start, with these facts.
    func event(by origin: EventOrigin) -> AuditEvent {
        AuditEvent(.start, by: origin, details: facts.map { .init($0.name, $0.value) })
    }

    /// Writes the facts into the application log, one line each.
    func write(to logger: Logger) {
        for fact in facts { logger.notice("attestation", metadata: ["setting": "\(fact.name)", "state": "\(fact.value)"]) }
    }
}
