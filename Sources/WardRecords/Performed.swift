internal import WardAudit
internal import WardDatabase

/// What an interaction did, before its evidence is complete: the answer, the events that must be durable before it leaves, and the commits
/// that made others durable already.
struct Performed: Sendable {
    var response: FHIRResponse
    /// Appended to the audit log, and durable, before the response leaves.
    var events: [AuditEvent]
    /// What was written, each with the ids of the events that went with it.
    var commits: [Commit]

    /// A durable commit and the events that it must hold.
    struct Commit: Sendable {
        var receipt: CommitReceipt
        var events: [EventID]
    }

    init(_ response: FHIRResponse, events: [AuditEvent] = [], commits: [Commit] = []) {
        self.response = response
        self.events = events
        self.commits = commits
    }
}
