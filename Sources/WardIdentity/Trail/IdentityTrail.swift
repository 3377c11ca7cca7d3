internal import WardDatabase

/// How this module writes to the audit log.
struct IdentityTrail: Sendable {
    /// Seals an entry that commits with the data it tells of.
    let outbox: @Sendable (IdentityFact, TrailActor) throws -> OutboxEvent
    /// Appends an entry; durable on return.
    let record: @Sendable (IdentityFact, TrailActor) async throws -> Void
}
