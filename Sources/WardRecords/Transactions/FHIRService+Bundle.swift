internal import WardAccess
internal import WardAudit
internal import WardFHIR
internal import WardIdentity

extension FHIRService {
    /// `POST [base]`: a batch or a transaction. Source: https://hl7.org/fhir/R4/http.html#transaction
    func bundle(_ request: FHIRRequest, _ caller: Caller) async throws -> Performed {
        let node = try ResourceIntake.parse(request.body)
        let bundle = try BundleRequest(node, maximumEntries: limits.bundleEntries)
        let kind: InteractionKind = bundle.kind == .batch ? .batch : .transaction
        let permit = try policies.decide(caller, InteractionRequest(kind)).get()
        var request = request
        request.body = []
        let operation = Operation(request: request, caller: caller, permit: permit)
        switch bundle.kind {
        case .batch: return try await batch(bundle, operation)
        case .transaction: return try await transaction(bundle, operation)
        }
    }

    /// Each entry by itself: one that fails does not touch the others.
    private func batch(_ bundle: BundleRequest, _ operation: Operation) async throws -> Performed {
        var writer = BundleWriter(type: "batch-response", reserving: 256 * bundle.entries.count + 256)
        var performed = Performed(FHIRResponse(status: 200))
        for entry in bundle.entries {
            let done = try await one(entry, operation)
            writer.response(done.response, baseURL: operation.request.baseURL)
            performed.events += done.events
            performed.commits += done.commits
        }
        performed.events.append(AuditEvent(.batch, by: operation.origin, status: 200, count: bundle.entries.count))
        performed.response.body = writer.finish()
        return performed
    }

    private func one(_ entry: BundleEntry, _ operation: Operation) async throws(AuditError) -> Performed {
        var event = AuditEvent(.refusal, by: operation.origin)
        do {
            let step = try TransactionPlan.step(entry, baseURL: operation.request.baseURL, definitions: definitions)
            event = step.interaction.event(by: operation.origin)
            guard step.interaction != .bundle, step.interaction != .capabilities else { throw FHIRError.unknownEndpoint }
            let permit = try policies.decide(
                operation.caller, InteractionRequest(step.interaction.kind, type: step.interaction.type ?? "")).get()
            let request = TransactionPlan.request(step, in: operation.request)
            return try await dispatch(step.interaction, Operation(request: request, caller: operation.caller, permit: permit))
        } catch {
            return try failure(error, event)
        }
    }
}
