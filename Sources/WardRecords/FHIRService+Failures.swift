internal import Logging
internal import WardAccess
internal import WardAudit
internal import WardDatabase
internal import WardFHIR
internal import WardVault

extension FHIRService {
    /// The answer to something that went wrong, with the event that tells of it. The one place where errors become responses.
    /// - Throws: ``AuditError`` unchanged: without the log there is no answer.
    func failure(_ error: any Error, _ event: AuditEvent) throws(AuditError) -> Performed {
        switch error {
        case let error as AuditError: throw error
        case let refusal as Refusal:
            var event = event
            event.kind = .refusal
            return failed(Self.response(to: refusal), event, reason: refusal.reason.rawValue)
        case let error as FHIRError: return failed(error, event, reason: error.issues.first?.code.rawValue ?? "invalid")
        case let refusal as EntryRefusal:
            var performed = failed(refusal.error, event, reason: refusal.error.issues.first?.code.rawValue ?? "invalid")
            performed.events = refusal.events + performed.events
            return performed
        case let error as VaultError: return failed(Self.response(to: error), event, reason: error.code.rawValue, cause: error)
        case is CancellationError: return failed(.unavailable(retryAfter: 1), event, reason: "cancelled")
        default:
            logger.error("request failed", metadata: ["error": "\(type(of: error))", "request_id": "\(event.origin.requestID ?? "")"])
            return failed(.internalFailure, event, reason: "internal")
        }
    }

    /// A failed interaction: the error as OperationOutcome, and its event with outcome and reason.
    func failed(_ error: FHIRError, _ event: AuditEvent, reason: String, cause: VaultError? = nil) -> Performed {
        if error.status >= 500, let cause {
            logger.error("request failed", metadata: [
                "code": "\(cause.code.rawValue)", "record": "\(cause.record?.description ?? cause.detail)",
                "request_id": "\(event.origin.requestID ?? "")",
            ])
        }
        var event = event
        // What failed on a patient is found by that patient too. Whether there is one of that id, a UUID does not say.
        if event.patient == nil, let record = event.record, record.type == "Patient" {
            event.patient = record.id.flatMap { $0.uuidBytes == nil ? nil : $0 }
        }
        if let record = event.record, event.patient == nil, record.id.map({ $0.uuidBytes == nil }) ?? false {
            // An id that names nothing here may be any word; a UUID says nothing.
            event.record = RecordReference(type: record.type)
        }
        let outcome: EventOutcome = error.status >= 500 ? .seriousFailure : .minorFailure
        var performed = Performed(FHIRResponse(error), events: [event.ended(outcome, reason: reason, status: error.status)])
        performed.error = error
        return performed
    }

    private static func response(to refusal: Refusal) -> FHIRError {
        switch refusal.reason {
        case .outsideFilter: .notFound
        case .otherPatient:
            FHIRError(status: 403, .forbidden, """
                the application acts for one patient: what it writes must be a record of that patient, before and after, and of no other
                """)
        case .constrainedWrite:
            FHIRError(status: 403, .forbidden, "nothing is written by scopes that carry constraints of a search")
        case .unsearchable:
            FHIRError(status: 403, .forbidden, "criteria inside a write are a search, which the scopes do not open: they lack the right s")
        default: .forbidden
        }
    }

    private static func response(to error: VaultError) -> FHIRError {
        switch error.code {
        case .notAuthentic:
            FHIRError(status: 500, .exception, "the stored record is not what was written; an operator must run ward verify")
        case .keyMissing:
            FHIRError(status: 500, .exception, "the key of the stored record is not in the key store; an operator must run ward verify")
        case .shredded: .destroyed
        case .keysUnavailable, .unavailable: .unavailable(retryAfter: 5)
        case .overloaded: .unavailable(retryAfter: 1)
        case .versionConflict, .preconditionFailed, .indexMoved: .conflict()
        case .tooCostly:
            .tooCostly("the search matches too many records; narrow it by a patient, a code or a date")
        }
    }
}

extension FHIRResponse {
    /// An error as it is told.
    init(_ error: FHIRError) {
        self.init(status: error.status, body: error.outcome.serialized(), retryAfter: error.retryAfterSeconds)
        allow = error.allowedMethods
    }
}
