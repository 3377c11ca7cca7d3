internal import WardDatabase

extension OutboxRelay {
    /// Waits until what lies in the outbox now is in the log, so that an answer from the log holds every write that was
    /// acknowledged before it was asked for. The relay itself must be running.
    /// - Throws: ``AuditError`` with `.unavailable` where that takes more than five seconds; ``DatabaseError``.
    public func waitForNewest() async throws {
        let cursor = try await log.store.state().cursor
        guard let target = try await records.outbox(after: cursor.number, limit: 10_000).last?.number else { return }
        let start = ContinuousClock.now
        while try await log.store.state().cursor.number < target {
            guard start.duration(to: .now) < .seconds(5) else {
                throw AuditError(.unavailable, "the newest writes are not in the audit log yet")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
