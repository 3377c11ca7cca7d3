internal import Synchronization
internal import WardAudit
internal import WardKeys

/// Destroys keys so that the log tells of it before, by their ids, and again when it is done: a process that dies in between
/// leaves no key gone that nobody told of.
struct KeyRetirement {
    let audit: AuditLog
    let origin: EventOrigin

    /// Has keys destroyed that nothing needs any more; where there are none, the log has nothing of it.
    /// - Parameters:
    ///   - key: the kind of key, such as `kek`.
    ///   - retire: destroys them, and tells which before it does.
    /// - Returns: what was destroyed.
    /// - Throws: ``AuditError`` where the log cannot be told, before or after, and what `retire` throws, which the log has too.
    func perform(_ key: String, _ retire: (@escaping KeysToDestroy) async throws -> KeyChange) async throws -> KeyChange {
        let announcement = Announcement()
        let change: KeyChange
        do {
            change = try await retire { [audit] ids async throws(KeyError) in
                do {
                    try await audit.record(event("retire-begins", key, "destroys", ids))
                } catch {
                    announcement.refusal.withLock { $0 = error }
                    throw KeyError(.unavailable, "the audit log cannot be told, so no key is destroyed")
                }
                announcement.ids.withLock { $0 = ids }
            }
        } catch {
            if let refusal = announcement.refusal.withLock({ $0 }) { throw refusal }
            let ids = announcement.ids.withLock { $0 }
            if !ids.isEmpty {
                let code = (error as? KeyError)?.code.rawValue ?? "failed"
                // Who waits is told why the keys are not destroyed, also where the log cannot be told that.
                try? await audit.record(event("retire", key, "destroys", ids).ended(.seriousFailure, reason: code))
            }
            throw error
        }
        if !change.isEmpty { try await audit.record(event("retire", key, "destroyed", change.destroyed)) }
        return change
    }

    /// What came of telling the log.
    private final class Announcement: Sendable {
        let ids = Mutex<[String]>([])
        let refusal = Mutex<(any Error)?>(nil)
    }

    private func event(_ what: String, _ key: String, _ name: String, _ ids: [String]) -> AuditEvent {
        AuditEvent(.keyChange, by: origin, details: [.init("what", what), .init("key", key)] + ids.map { .init(name, $0) })
    }
}
