internal import Logging
internal import WardAccess
internal import WardAudit
internal import WardDatabase
internal import WardFHIR
internal import WardVault

extension FHIRService {
    /// The answer to something that went wrong, with the event that tells of it. The one place where errors become responses.
    /// - Throws: ``AuditError`` unchanged: without the log there is no answer.
    func failure(_ error: any Error, _ event: AuditEvent) async throws(AuditError) -> Performed {
        switch error {
        case let error as AuditError: throw error
        case let refusal as Refusal:
            var event = event
            event.kind = .refusal
            return await failed(Self.response(to: refusal), event, reason: refusal.reason.rawValue)
        case let error as FHIRError: return await failed(error, event, reason: error.issues.first?.code.rawValue ?? "invalid")
        case let told as ToldFailure:
            var performed = try await failure(told.cause, event)
            performed.events = told.events + performed.events
            return performed
        case let error as VaultError:
            return await failed(Self.response(to: error), event, reason: error.code.rawValue, cause: error)
        case is CancellationError: return await failed(.unavailable(retryAfter: 1), event, reason: "cancelled")
        default:
            logger.error("request failed", metadata: ["error": "\(type(of: error))", "request_id": "\(event.origin.requestID ?? "")"])
            return await failed(.internalFailure, event, reason: "internal")
        }
    }

    /// A failed interaction: the error as OperationOutcome, and its event with outcome and reason, once for each patient of the record
    /// that it was about.
    func failed(_ error: FHIRError, _ event: AuditEvent, reason: String, cause: VaultError? = nil) async -> Performed {
        if error.status >= 500, let cause {
            logger.error("request failed", metadata: [
                "code": "\(cause.code.rawValue)", "record": "\(cause.record?.description ?? cause.detail)",
                "request_id": "\(event.origin.requestID ?? "")",
            ])
        }
        let outcome: EventOutcome = error.status >= 500 ? .seriousFailure : .minorFailure
        let events = await unopened(event.ended(outcome, reason: reason, status: error.status))
        var performed = Performed(FHIRResponse(error), events: events)
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
