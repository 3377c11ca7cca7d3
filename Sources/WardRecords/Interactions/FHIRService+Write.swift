internal import WardAccess
internal import WardAudit
internal import WardDatabase
internal import WardFHIR
internal import WardVault

extension FHIRService {
    /// Seals one draft and commits it with its event; the answer tells what was written.
    /// - Parameters:
    ///   - former: the patients of the version before.
    ///   - searched: events of the search that came before, durable with those of the write.
    /// - Throws: ``VaultError`` with `.versionConflict` or `.preconditionFailed` where it came too late: nothing was written.
    func write(
        _ draft: RecordDraft, _ operation: Operation, former: [LogicalID] = [], match: Match? = nil, searched: [AuditEvent] = []
    ) async throws -> Performed {
        var draft = try await placed(draft, baseURL: operation.request.baseURL)
        try gate.requireOwn(draft, operation.permit)
        for attempt in 1... {
            do {
                let sealed = try await vault.seal([draft])
                let events = try searched.map { try audit.seal($0) }
                    + sealedEvents(draft, former: former, operation.origin, digest: sealed[0].digest)
                let receipt = try await vault.commit(
                    sealed, preconditions: match?.stillNone ?? [], indexEpoch: match?.indexEpoch, events: events)
                return Performed(
                    response(to: draft, operation), commits: [.init(receipt: receipt, events: events.map(\.id))])
            } catch let error as VaultError where error.code == .indexMoved {
                // What was searched for must be searched for anew; what is written only gets other terms.
                guard match == nil, attempt < Vault.epochAttempts else { throw error }
                draft = try reindexed(draft)
            }
        }
        throw FHIRError.conflict()
    }

    /// The entries of a write: the first carries the digest of what was sealed, which `ward verify` compares.
    func sealedEvents(
        _ draft: RecordDraft, former: [LogicalID], _ origin: EventOrigin, digest: [UInt8]
    ) throws -> [OutboxEvent] {
        try writeEvents(draft, former: former, origin).enumerated().map { index, event in
            if index == 0 { return try audit.seal(event, digest: digest) }
            var further = try audit.seal(event)
            further.digestOffset = nil
            return further
        }
    }

    /// The event of a write.
    func writeEvent(_ draft: RecordDraft, _ origin: EventOrigin) -> AuditEvent {
        AuditEvent(
            draft.isDeleted ? .delete : draft.version == 1 ? .create : .update, by: origin,
            record: .init(type: draft.type, id: draft.id, version: draft.version), patient: draft.patient,
            status: draft.isDeleted ? 204 : draft.version == 1 ? 201 : 200)
    }

    /// The answer to a write, as `Prefer` asks and the permit allows.
    func response(to draft: RecordDraft, _ operation: Operation) -> FHIRResponse {
        if draft.isDeleted { return FHIRResponse(status: 204, version: draft.version, updatedAt: draft.updatedAt) }
        var response = FHIRResponse(
            status: draft.version == 1 ? 201 : 200, version: draft.version, updatedAt: draft.updatedAt,
            location: "\(draft.type)/\(draft.id)/_history/\(draft.version)")
        switch Preference(operation.request.prefer).answer {
        case .representation: if operation.permit.answer == .content { response.body = draft.content }
        case .minimal: break
        case .operationOutcome:
            response.body = OperationOutcome(issues: [.init(.information, .informational, "the resource was stored")]).serialized()
        }
        return response
    }
}
