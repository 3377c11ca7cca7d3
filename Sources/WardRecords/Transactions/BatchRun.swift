internal import WardAudit
internal import WardFHIR

/// One batch under way: each entry by itself, one that fails does not touch the others.
///
/// Events that must be durable before an answer leaves go into the log a thousand at a time. Where that fails the batch stops, and its answer
/// tells entry by entry what was done: a write's own event is durable with its data, so its outcome may be told; what was found, whose event is
/// lost, may not.
struct BatchRun {
    private let service: FHIRService
    private let operation: Operation
    private var responses: [FHIRResponse] = []
    /// Entries whose answer waits for `events`.
    private var waiting: [Int] = []
    private var events: [AuditEvent] = []
    private var performed = Performed(FHIRResponse(status: 200))

    /// Events that are gathered before they are made durable.
    private static let slice = 1_000

    init(service: FHIRService, operation: Operation) {
        self.service = service
        self.operation = operation
    }

    /// Does every entry.
    /// - Throws: ``AuditError`` where the log cannot be written and nothing was done that could be told.
    mutating func performed(_ bundle: BundleRequest) async throws(AuditError) -> Performed {
        responses.reserveCapacity(bundle.entries.count)
        do throws(AuditError) {
            for entry in bundle.entries {
                try service.audit.requireWritable()
                take(try await service.one(entry, operation))
                if events.count >= Self.slice { try await flush() }
            }
            events.append(AuditEvent(.batch, by: operation.origin, status: 200, count: bundle.entries.count))
            try await flush()
        } catch {
            stop(bundle.entries.count)
            if performed.commits.isEmpty, performed.recorded.isEmpty { throw error }
        }
        var writer = BundleWriter(type: "batch-response", reserving: 256 * responses.count + 256)
        for response in responses { writer.response(response, baseURL: operation.request.baseURL) }
        performed.response.body = writer.finish()
        return performed
    }

    private mutating func take(_ done: Performed) {
        if !done.events.isEmpty { waiting.append(responses.count) }
        responses.append(done.response)
        events += done.events
        performed.commits += done.commits
    }

    private mutating func flush() async throws(AuditError) {
        performed.recorded.append(try await service.audit.record(events, releasing: ()))
        events = []
        waiting = []
    }

    /// Takes back the answers whose events are lost, and says of the rest that it was not done.
    private mutating func stop(_ count: Int) {
        for index in waiting { responses[index] = .untold }
        while responses.count < count { responses.append(.notDone) }
    }
}

extension FHIRResponse {
    /// An entry that was looked at and changed nothing, whose answer may not leave.
    static let untold = FHIRResponse(FHIRError(
        status: 503, .transient, "the audit log could not be written: nothing was changed by this entry, and what it found is not told"))
    /// An entry that was not begun.
    static let notDone = FHIRResponse(FHIRError(
        status: 503, .transient, "the audit log could not be written: this entry was not done; send it again"))
}
