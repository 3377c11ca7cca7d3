internal import WardAccess
internal import WardAudit
internal import WardDatabase
internal import WardFHIR
internal import WardVault

extension FHIRService {
    /// All entries or none: one commit holds every change and every event. References between entries and conditional references are
    /// resolved; reads see what was written.
    func transaction(_ bundle: BundleRequest, _ operation: Operation) async throws -> Performed {
        let plan = try TransactionPlan(bundle, baseURL: operation.request.baseURL, definitions: definitions)
        let permits = try decide(plan, operation)
        for step in plan.creates + plan.updates {
            guard let resource = step.entry.resource, let type = step.interaction.type else { continue }
            try intake.check(resource, type: type, place: "\(step.place).resource")
        }
        for _ in 0..<limits.attempts {
            do {
                var writing = try await TransactionWriting(service: self, operation: operation, permits: permits, plan: plan)
                var performed = try await writing.commit()
                try await finish(plan, bundle, &performed, responses: writing.responses, permits: permits, operation)
                return performed
            } catch let error as VaultError where error.code == .versionConflict || error.code == .preconditionFailed {
                continue
            }
        }
        throw FHIRError.conflict("other writes kept coming first; try again")
    }

    /// A permit for every entry, or none for the whole.
    private func decide(_ plan: TransactionPlan, _ operation: Operation) throws(Refusal) -> [Int: Permit] {
        var permits: [Int: Permit] = [:]
        var known: [String: Permit] = [:]
        for step in plan.ordered {
            let name = "\(step.interaction.kind.rawValue) \(step.interaction.type ?? "")"
            if let permit = known[name] {
                permits[step.entry.index] = permit
                continue
            }
            let permit = try policies.decide(
                operation.caller, InteractionRequest(step.interaction.kind, type: step.interaction.type ?? "")).get()
            known[name] = permit
            permits[step.entry.index] = permit
        }
        return permits
    }

    /// Does the reads, which see what was written, and writes the response Bundle in the order of the request.
    private func finish(
        _ plan: TransactionPlan, _ bundle: BundleRequest, _ performed: inout Performed, responses: [Int: FHIRResponse],
        permits: [Int: Permit], _ operation: Operation
    ) async throws {
        var responses = responses
        for step in plan.reads {
            guard let permit = permits[step.entry.index] else { continue }
            let request = TransactionPlan.request(step, in: operation.request)
            let done: Performed
            do {
                done = try await dispatch(
                    step.interaction, Operation(request: request, caller: operation.caller, permit: permit))
            } catch {
                done = try failure(error, step.interaction.event(by: operation.origin))
            }
            responses[step.entry.index] = done.response
            performed.events += done.events
            performed.commits += done.commits
        }
        var writer = BundleWriter(type: "transaction-response", reserving: 256 * bundle.entries.count + 256)
        for entry in bundle.entries {
            if let response = responses[entry.index] { writer.response(response, baseURL: operation.request.baseURL) }
        }
        performed.response = FHIRResponse(status: 200, body: writer.finish())
    }
}
