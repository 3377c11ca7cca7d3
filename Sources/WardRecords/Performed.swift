internal import WardAudit
internal import WardDatabase
internal import WardFHIR

/// What an interaction did, before its evidence is complete: the answer, the events that must be durable before it leaves, and the commits
/// that made others durable already.
struct Performed: Sendable {
    var response: FHIRResponse
    /// Appended to the audit log, and durable, before the response leaves.
    var events: [AuditEvent]
    /// What was written, each with the ids of the events that went with it.
    var commits: [Commit]
    /// Events that are durable already.
    var recorded: [Audited<Void>] = []
    /// What commits alone let be told, where `events` cannot be made durable: what was done was done. Nil where that is nothing.
    var withoutEvents: FHIRResponse?
    /// Why it failed, where it did.
    var error: FHIRError?

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
