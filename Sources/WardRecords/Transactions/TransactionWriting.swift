internal import WardAccess
internal import WardAudit
internal import WardDatabase
internal import WardFHIR
internal import WardVault

/// The changes of one transaction, from ids and references to the commit. Made anew for each attempt.
struct TransactionWriting {
    let service: FHIRService
    let operation: Operation
    let permits: [Int: Permit]
    let plan: TransactionPlan
    private var references: TransactionReferences
    private(set) var drafts: [(step: TransactionPlan.Step, draft: RecordDraft, former: [LogicalID])] = []
    private var preconditions: [WriteBatch.Precondition] = []
    /// The oldest of the epochs of the index that were searched for ``preconditions``.
    private var searchedEpoch: UInt32?
    /// Of searches for what entries refer to or would make; committed with the rest.
    private(set) var searched: [AuditEvent] = []
    /// Of what changes nothing; committed with the rest.
    var events: [AuditEvent] = []
    /// Of searches that are done again after the commit; they count only where there is none.
    var passed: [AuditEvent] = []
    /// Answers by the entry's index.
    var responses: [Int: FHIRResponse] = [:]
    /// Reads that see what is written here: they are done after the commit.
    var deferred: [TransactionPlan.Step] = []

    init(service: FHIRService, operation: Operation, permits: [Int: Permit], plan: TransactionPlan) {
        self.service = service
        self.operation = operation
        self.permits = permits
        self.plan = plan
        self.references = TransactionReferences()
    }

    /// What the log is told of a transaction that failed: its searches, and of each other entry that was looked at that it fell with the
    /// whole. That nothing was wrong with it shows by the one that failed after it.
    var lookedAt: [AuditEvent] {
        var fallen = events + passed
        for (_, draft, former) in drafts where draft.version > 1 {
            var event = service.writeEvent(draft, operation.origin)
            event.record?.version = nil
            fallen += event.perPatient(former)
        }
        return searched + fallen.map { event in
            var event = event.ended(.minorFailure, reason: "transaction")
            event.status = nil
            return event
        }
    }

    /// Gives every entry its id, resolves every reference, drafts every change, and does the reads.
    /// - Throws: what fails the whole. What was looked at by then is in ``lookedAt``.
    mutating func prepare() async throws {
        let created = try await assignIDs()
        try await references.resolveConditional(in: plan, service: service, operation: operation, telling: &searched)
        for step in plan.deletes { try await draftDelete(step) }
        for (step, id) in created { try await draft(step, id: id, version: 1) }
        for step in plan.updates { try await draftUpdate(step) }
        try await place()
        try await requireOwn()
        try await read()
    }

    /// Seals and commits everything together with its events.
    mutating func commit() async throws -> Performed {
        let sealed = try await service.vault.seal(drafts.map(\.draft))
        var outbox: [OutboxEvent] = []
        outbox.reserveCapacity(sealed.count + 1)
        for (index, item) in drafts.enumerated() {
            outbox += try service.sealedEvents(
                item.draft, former: item.former, operation.origin, digest: sealed[index].digest)
            if let permit = permits[item.step.entry.index] {
                var request = operation.request
                if request.prefer == nil { request.prefer = "return=minimal" }
                responses[item.step.entry.index] = service.response(
                    to: item.draft, Operation(request: request, caller: operation.caller, permit: permit))
            }
        }
        for event in searched + events { outbox.append(try service.audit.seal(event)) }
        let summary = AuditEvent(.transaction, by: operation.origin, status: 200, count: drafts.count)
        outbox.append(try service.audit.seal(summary))
        let receipt = try await service.vault.commit(
            sealed, preconditions: preconditions, indexEpoch: searchedEpoch, events: outbox)
        return Performed(
            FHIRResponse(status: 200), commits: [.init(receipt: receipt, events: outbox.map(\.id))])
    }

    /// Ids of new resources; conditional creates that match something take that instead.
    private mutating func assignIDs() async throws -> [(TransactionPlan.Step, LogicalID)] {
        var created: [(TransactionPlan.Step, LogicalID)] = []
        var conditional: [String: LogicalID] = [:]
        for step in plan.updates {
            if case .update(let type, let id) = step.interaction { references.add(step.entry, type: type, id: id) }
        }
        for step in plan.creates {
            guard case .create(let type) = step.interaction else { continue }
            guard let criteria = step.entry.ifNoneExist else {
                let id = service.ids.nextLogicalID()
                references.add(step.entry, type: type, id: id)
                created.append((step, id))
                continue
            }
            let name = "\(type)?\(criteria)"
            if let id = conditional[name] {
                // The same criteria twice in one transaction name the same new resource.
                references.add(step.entry, type: type, id: id)
                responses[step.entry.index] = FHIRResponse(status: 200, location: "\(type)/\(id)/_history/1")
                continue
            }
            let match = try await service.match(
                criteria, type: type, place: "\(step.place).request.ifNoneExist", for: "conditional-create", operation,
                telling: &searched)
            let id = match.found ?? service.ids.nextLogicalID()
            conditional[name] = id
            references.add(step.entry, type: type, id: id)
            if match.found == nil {
                preconditions += match.stillNone
                searchedEpoch = [searchedEpoch, match.indexEpoch].compactMap(\.self).min()
                created.append((step, id))
            } else {
                try await present(step, type: type, id: id)
            }
        }
        return created
    }

    private mutating func present(_ step: TransactionPlan.Step, type: String, id: LogicalID) async throws {
        guard let record = try await service.vault.newest(type, id), !record.isDeleted else {
            throw VaultError(.preconditionFailed, "a conditional create lost its match")
        }
        responses[step.entry.index] = FHIRResponse(
            status: 200, version: record.version, updatedAt: record.updatedAt,
            location: "\(type)/\(id)/_history/\(record.version)")
        var event = AuditEvent(
            .read, by: operation.origin, record: .init(type: type, id: id, version: record.version),
            reason: "exists", status: 200)
        event.interaction = "conditional-create"
        events += event.perPatient(try service.patients(of: record))
    }

    /// Puts each Binary beside what its security context names, which may be among what is written.
    private mutating func place() async throws {
        for index in drafts.indices where drafts[index].draft.type == "Binary" {
            drafts[index].draft = try await service.placed(
                drafts[index].draft, beside: drafts.map(\.draft), baseURL: operation.request.baseURL)
        }
    }

    /// Holds every draft against the permit of its entry.
    private func requireOwn() async throws {
        for item in drafts {
            guard let permit = permits[item.step.entry.index] else { throw FHIRError.forbidden }
            do {
                try service.gate.requireOwn(item.draft, permit)
            } catch let error as Refusal {
                throw try await service.told(error, of: item.step, operation)
            }
        }
    }

    private mutating func draftDelete(_ step: TransactionPlan.Step) async throws {
        guard case .delete(let type, let id) = step.interaction, let permit = permits[step.entry.index] else { return }
        do {
            guard let current = try await service.deletable(type, id, Conditions(step.entry), permit) else {
                responses[step.entry.index] = FHIRResponse(status: 204)
                events += await service.absent(type, id, operation)
                return
            }
            drafts.append((step, service.deletion(of: current), try service.patients(of: current)))
        } catch let error as FHIRError {
            throw try await service.told(error.within("\(step.place).request"), of: step, operation)
        } catch let error as Refusal {
            throw try await service.told(error, of: step, operation)
        }
    }

    private mutating func draftUpdate(_ step: TransactionPlan.Step) async throws {
        guard case .update(let type, let id) = step.interaction, let permit = permits[step.entry.index],
            let resource = step.entry.resource
        else { return }
        do {
            try ResourceIntake.checkID(resource, id, type: type)
            let scoped = Operation(request: operation.request, caller: operation.caller, permit: permit)
            let base = try await service.updateBase(type, id, Conditions(step.entry), scoped)
            try await draft(step, id: id, version: base.version + 1, former: base.patients)
        } catch let error as FHIRError {
            throw try await service.told(error.within(step.place), of: step, operation)
        } catch let error as Refusal {
            throw try await service.told(error, of: step, operation)
        }
    }

    private mutating func draft(
        _ step: TransactionPlan.Step, id: LogicalID, version: UInt64, former: [LogicalID] = []
    ) async throws {
        guard let resource = step.entry.resource, let type = step.interaction.type else { return }
        guard let permit = permits[step.entry.index] else { throw FHIRError.forbidden }
        let scoped = Operation(request: operation.request, caller: operation.caller, permit: permit)
        let edits = references.edits(of: resource, base: step.entry.fullURL)
        do {
            let draft = try await service.draft(
                resource, type: type, id: id, version: version, scoped, edits: edits)
            drafts.append((step, draft, former))
        } catch let error as FHIRError {
            throw error.within("\(step.place).resource")
        }
    }
}
