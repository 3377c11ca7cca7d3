internal import Synchronization
internal import WardAudit
internal import WardKeys

/// Destroys keys so that the log tells of it before, by their ids, and again when it is done: a process that dies in between
/// leaves no key gone that nobody told of.
struct KeyRetirement {
    let audit: AuditLog
    let origin: EventOrigin

    /// - Parameters:
    ///   - key: the kind of key, such as `kek`.
    ///   - retire: destroys those that nothing needs any more, and tells which before it does.
    /// - Returns: what was destroyed; the log has nothing of it where that is nothing.
    /// - Throws: what `retire` throws, which the log has too, and ``AuditError``.
    func perform(_ key: String, _ retire: (@escaping KeysToDestroy) async throws -> KeyChange) async throws -> KeyChange {
        let isTold = Told()
        do {
            let change = try await retire { [audit] ids async throws(KeyError) in
                do {
                    try await audit.record(event("retire-begins", key, "destroys", ids))
                } catch {
                    throw KeyError(.unavailable, "nothing is destroyed that the audit log is not told of")
                }
                isTold.value.withLock { $0 = true }
            }
            if !change.isEmpty { try await audit.record(event("retire", key, "destroyed", change.destroyed)) }
            return change
        } catch {
            guard isTold.value.withLock({ $0 }) else { throw error }
            let code = (error as? KeyError)?.code.rawValue ?? "failed"
            try await audit.record(event("retire", key, "destroys", []).ended(.seriousFailure, reason: code))
            throw error
        }
    }

    private final class Told: Sendable {
        let value = Mutex(false)
    }

    private func event(_ what: String, _ key: String, _ name: String, _ ids: [String]) -> AuditEvent {
        AuditEvent(
            .keyChange, by: origin, count: ids.count,
            details: [.init("what", what), .init("key", key)] + ids.map { .init(name, $0) })
    }
}
