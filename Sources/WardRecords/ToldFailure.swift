internal import WardAudit

/// An error with the events of what was searched for and looked at before it, and of what it was about: who asked got to know something of
/// that, by the error itself. They are told together with the event of the failure.
struct ToldFailure: Error {
    var cause: any Error
    var events: [AuditEvent]
}
