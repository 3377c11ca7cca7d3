internal import WardAccess
internal import WardAudit
internal import WardFHIR
internal import WardIdentity

extension FHIRService {
    /// `POST [base]`: a batch or a transaction. Source: https://hl7.org/fhir/R4/http.html#transaction
    func bundle(_ request: FHIRRequest, _ caller: Caller) async throws -> Performed {
        try ResourceIntake.requireJSON(request)
        let node = try ResourceIntake.parse(request.body)
        let bundle = try BundleRequest(node, maximumEntries: limits.bundleEntries)
        try intake.checkEnvelope(node)
        let kind: InteractionKind = bundle.kind == .batch ? .batch : .transaction
        let permit = try policies.decide(caller, InteractionRequest(kind)).get()
        var request = request
        request.body = []
        let operation = Operation(request: request, caller: caller, permit: permit)
        switch bundle.kind {
        case .batch:
            var run = BatchRun(service: self, operation: operation)
            return try await run.performed(bundle)
        case .transaction: return try await transaction(bundle, operation)
        }
    }

    /// One entry of a batch, as if it were a request of its own.
    func one(_ entry: BundleEntry, _ operation: Operation) async throws(AuditError) -> Performed {
        var event = AuditEvent(.refusal, by: operation.origin)
        do {
            event.record = (try? RelativeURL(entry.url, baseURL: operation.request.baseURL, place: "")).flatMap { named($0.path) }
            let step = try TransactionPlan.step(entry, in: operation.request, self)
            guard step.interaction != .bundle, step.interaction != .capabilities else { throw FHIRError.unknownEndpoint }
            event = step.interaction.event(by: operation.origin)
            try Conditions(entry).check(step.interaction.kind)
            let permit = try policies.decide(
                operation.caller, InteractionRequest(step.interaction.kind, type: step.interaction.type ?? "")).get()
            let request = TransactionPlan.request(step, in: operation.request)
            return try await dispatch(step.interaction, Operation(request: request, caller: operation.caller, permit: permit))
        } catch {
            return try await failure(error, event)
        }
    }
}
