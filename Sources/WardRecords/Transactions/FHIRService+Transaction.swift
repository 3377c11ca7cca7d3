internal import WardAccess
internal import WardAudit
internal import WardDatabase
internal import WardFHIR
internal import WardVault

extension FHIRService {
    /// All entries or none: one commit holds every change and every event. References between entries and conditional references are
    /// resolved; reads see what was written, and one that fails fails the whole before anything is written.
    func transaction(_ bundle: BundleRequest, _ operation: Operation) async throws -> Performed {
        let plan = try TransactionPlan(bundle, in: operation.request, self)
        let permits = try await decide(plan, operation)
        for step in plan.creates + plan.updates {
            guard let resource = step.entry.resource, let type = step.interaction.type else { continue }
            do {
                try intake.check(resource, type: type, place: "\(step.place).resource")
            } catch {
                throw try await told(error, of: step, operation)
            }
        }
        var searched: [AuditEvent] = []
        for _ in 0..<limits.attempts {
            var writing = TransactionWriting(service: self, operation: operation, permits: permits, plan: plan)
            do {
                try await writing.prepare()
                let performed = try await writing.commit()
                return await finish(bundle, performed, writing, operation)
            } catch let error as VaultError
                where error.code == .versionConflict || error.code == .preconditionFailed || error.code == .indexMoved {
                searched = writing.searched
                continue
            } catch {
                throw ToldFailure(cause: error, events: writing.lookedAt)
            }
        }
        throw ToldFailure(cause: FHIRError.conflict("other writes kept coming first; try again"), events: searched)
    }

    /// The error of an entry with the events that tell of what the entry was about, besides those of the whole.
    func told(_ error: any Error, of step: TransactionPlan.Step, _ operation: Operation) async throws(AuditError) -> ToldFailure {
        ToldFailure(cause: error, events: try await failure(error, step.interaction.event(by: operation.origin)).events)
    }

    /// A permit for every entry, or none for the whole.
    private func decide(_ plan: TransactionPlan, _ operation: Operation) async throws -> [Int: Permit] {
        var permits: [Int: Permit] = [:]
        var known: [String: Permit] = [:]
        for step in plan.ordered {
            let name = "\(step.interaction.kind.rawValue) \(step.interaction.type ?? "")"
            if let permit = known[name] {
                permits[step.entry.index] = permit
                continue
            }
            do throws(Refusal) {
                let permit = try policies.decide(
                    operation.caller, InteractionRequest(step.interaction.kind, type: step.interaction.type ?? "")).get()
                known[name] = permit
                permits[step.entry.index] = permit
            } catch {
                throw try await told(error, of: step, operation)
            }
        }
        return permits
    }

    /// Does the reads that had to wait for the commit, and writes the response Bundle in the order of the request. What is committed is told
    /// whatever happens to them: a fault here becomes the answer of its entry.
    private func finish(
        _ bundle: BundleRequest, _ performed: Performed, _ writing: TransactionWriting, _ operation: Operation
    ) async -> Performed {
        var performed = performed
        var responses = writing.responses
        for step in writing.deferred { responses[step.entry.index] = .untold }
        if !writing.deferred.isEmpty {
            performed.withoutEvents = response(bundle, responses, operation)
            for step in writing.deferred {
                guard let done = try? await writing.answer(step) else { continue }
                responses[step.entry.index] = done.response
                performed.events += done.events
            }
        }
        performed.response = response(bundle, responses, operation)
        return performed
    }

    private func response(
        _ bundle: BundleRequest, _ responses: [Int: FHIRResponse], _ operation: Operation
    ) -> FHIRResponse {
        var writer = BundleWriter(type: "transaction-response", reserving: 256 * bundle.entries.count + 256)
        for entry in bundle.entries {
            if let response = responses[entry.index] { writer.response(response, baseURL: operation.request.baseURL) }
        }
        return FHIRResponse(status: 200, body: writer.finish())
    }
}
