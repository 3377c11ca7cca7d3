internal import WardAccess
internal import WardAudit
internal import WardDatabase
internal import WardFHIR
internal import WardVault

/// The reads of a transaction. What nothing in it changes is read before the commit, and its events are committed with the rest; what it
/// changes, and searches, are read after it, once it is sure that they will find something.
extension TransactionWriting {
    /// Answers the reads that can be answered now.
    /// - Throws: ``ToldFailure`` where one fails: then the whole does.
    mutating func read() async throws {
        let written = Dictionary(drafts.map { ("\($0.draft.type)/\($0.draft.id)", $0.draft) }) { first, _ in first }
        for step in plan.reads {
            if let draft = subject(of: step).flatMap({ written[$0] }), sees(step, draft) {
                try await checkReadable(draft, step)
                deferred.append(step)
                continue
            }
            let done = try await answer(step)
            if let error = done.error {
                throw ToldFailure(cause: error.within("\(step.place).request"), events: done.events)
            }
            if case .searchType = step.interaction, !drafts.isEmpty {
                deferred.append(step)
                passed += done.events
            } else {
                responses[step.entry.index] = done.response
                events += done.events
            }
        }
    }

    /// The answer to a read as things stand.
    func answer(_ step: TransactionPlan.Step) async throws(AuditError) -> Performed {
        do {
            guard let permit = permits[step.entry.index] else { throw FHIRError.forbidden }
            let request = TransactionPlan.request(step, in: operation.request)
            return try await service.dispatch(
                step.interaction, Operation(request: request, caller: operation.caller, permit: permit))
        } catch {
            return try await service.failure(error, step.interaction.event(by: operation.origin))
        }
    }

    /// The record that a read is about; nil for searches.
    private func subject(of step: TransactionPlan.Step) -> String? {
        switch step.interaction {
        case .read(let type, let id), .vread(let type, let id, _), .historyInstance(let type, let id): "\(type)/\(id)"
        default: nil
        }
    }

    /// Whether a read of a record sees what a draft makes of it.
    private func sees(_ step: TransactionPlan.Step, _ draft: RecordDraft) -> Bool {
        if case .vread(_, _, let version) = step.interaction { return version == draft.version }
        return true
    }

    private func checkReadable(_ draft: RecordDraft, _ step: TransactionPlan.Step) async throws {
        guard let permit = permits[step.entry.index] else { throw FHIRError.forbidden }
        var isGone = draft.isDeleted
        if case .historyInstance = step.interaction { isGone = false }
        let event = step.interaction.event(by: operation.origin)
        let isReachable = try service.gate.admits(draft, permit)
        guard isGone || !isReachable else { return }
        let error: FHIRError = isGone ? .gone : .notFound
        throw ToldFailure(
            cause: error.within("\(step.place).request"), events: await service.failed(error, event, reason: "transaction").events)
    }
}
