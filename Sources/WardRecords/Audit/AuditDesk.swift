public import WardAccess
public import WardAudit
internal import WardDatabase
public import WardIdentity

/// Where the log is asked: decides whether somebody may, answers, and lets the answer go once the log holds that it was
/// read.
public struct AuditDesk: Sendable {
    private let log: AuditLog
    private let questions: LogQuestions
    private let policies: PolicyEngine
    private let relay: OutboxRelay

    /// A desk over a log, to which a relay brings the events of writes.
    public init(log: AuditLog, relay: OutboxRelay, questions: LogQuestions, policies: PolicyEngine) {
        self.log = log
        self.relay = relay
        self.questions = questions
        self.policies = policies
    }

    /// What the desk says.
    public enum Reply: Sendable {
        case answer(AuditAnswer)
        /// The caller may not read the log.
        case refused(Refusal)
        /// The question has another form than it should; in words without values.
        case malformed(String)
        /// The log knows nothing of whom it was asked about.
        case unknown(String)
        /// The log is not what was signed.
        case tampered(String)
    }

    /// Answers a caller. Reading the log is itself an event, and so is a refusal.
    /// - Parameter question: nil where what was asked has the form of no question; that is told too.
    /// - Throws: ``AuditError`` where the log cannot be written or read: then nothing may be answered but 503.
    public func answer(
        _ question: AuditQuestion?, caller: Caller, requestID: String? = nil
    ) async throws -> Audited<Reply> {
        try log.requireWritable()
        let origin = EventOrigin(
            tenant: caller.tenant,
            actor: .init(id: caller.user?.text ?? "os:\(caller.name)", name: caller.name, roles: [caller.role.rawValue]),
            session: caller.session?.text, client: caller.client?.text, source: caller.source, requestID: requestID)
        var event = AuditEvent(
            .logRead, by: origin, record: RecordReference(type: "AuditEvent"),
            details: [.init("what", question.map { "ask-\($0.kind.rawValue)" } ?? "ask")])
        if let question, question.kind == .whoSaw { event.patient = Self.patient(of: question) }
        do {
            _ = try policies.decide(caller, .readAudit).get()
        } catch {
            event.kind = .refusal
            return try await log.record(
                event.ended(.minorFailure, reason: error.reason.rawValue, status: error.status), releasing: .refused(error))
        }
        guard let question else {
            return try await log.record(
                event.ended(.minorFailure, reason: AuditError.Code.malformed.rawValue, status: 400), releasing: .malformed(""))
        }
        do {
            try await relay.waitForNewest()
            let answer = try await questions.answer(question)
            // That the log tells of a patient shows that the word names one.
            if question.kind == .whoSaw, !answer.entries.isEmpty {
                event.patient = question.subject.flatMap { LogicalID($0.dropFirst(8)) }
            }
            if question.kind == .whatDid { event.details.append(.init("about", answer.subject ?? "")) }
            event.count = answer.entries.count + answer.findings.count
            return try await log.record(event, releasing: .answer(answer))
        } catch let error as AuditError {
            let (reply, status): (Reply, Int) =
                switch error.code {
                case .malformed: (.malformed(error.context), 400)
                case .noEvidence: (.unknown(error.context), 404)
                case .tampered, .sealed: (.tampered(error.context), 500)
                default: throw error
                }
            let outcome: EventOutcome = status == 500 ? .seriousFailure : .minorFailure
            return try await log.record(event.ended(outcome, reason: error.code.rawValue, status: status), releasing: reply)
        }
    }

    /// The patient that is asked about, where it can be the id of one: any other word is not repeated.
    private static func patient(of question: AuditQuestion) -> LogicalID? {
        guard let subject = question.subject, subject.hasPrefix("Patient/"),
              let id = LogicalID(subject.dropFirst(8)), id.uuidBytes != nil else { return nil }
        return id
    }
}
