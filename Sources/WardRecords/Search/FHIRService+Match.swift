internal import WardAccess
internal import WardAudit
internal import WardDatabase
internal import WardFHIR
internal import WardVault

extension FHIRService {
    /// What the criteria of a conditional create or reference match.
    struct Match: Sendable {
        /// The one resource that matches, if there is one.
        var found: LogicalID?
        /// Holds as long as nothing new matches: makes a create race-free.
        var stillNone: [WriteBatch.Precondition] = []
        /// The newest epoch of the index that was searched.
        var indexEpoch: UInt32?
    }

    /// Searches by criteria such as `identifier=system|value`. It tells nothing but which record matches.
    ///
    /// - Parameters:
    ///   - place: where the criteria stand, for errors.
    ///   - asker: what the log calls it: `conditional-create` or `conditional-reference`.
    ///   - events: gains the events of the search, whatever comes of it: names and digests of the parameters, how many match (0, 1, or 2 for
    ///     several), once for each patient of those. They must be durable before anything of the answer leaves.
    /// - Throws: ``FHIRError`` 400 where the criteria are no query by an index, 412 where several match.
    func match(
        _ criteria: String, type: String, place: String, for asker: String, _ operation: Operation, telling events: inout [AuditEvent]
    ) async throws -> Match {
        let permit = try policies.decide(operation.caller, InteractionRequest(.conditionalMatch, type: type)).get()
        var event = AuditEvent(.search, by: operation.origin, record: .init(type: type))
        event.interaction = asker
        let run: SearchRun
        let newest: Int64
        let tokens: (group: [Int64], epoch: UInt32)
        let matches: [Candidate]
        do {
            let parameters = try RelativeURL.query(criteria.drop { $0 == "?" }, place: place)
            event.query = parameters.map { QueryParameter(name: loggedName($0.name, type), value: $0.value) }
            var strict = operation.request
            strict.prefer = nil
            run = try searchRun(type, parameters, Operation(request: strict, caller: operation.caller, permit: permit))
            newest = try await vault.newestSequence()
            guard let found = try await run.guardTokens() else {
                throw FHIRError.notSupported(
                    "the criteria must name a parameter by which \(type) is indexed, such as identifier", path: place)
            }
            tokens = found
            matches = try await run.page(after: nil, limit: 2).matches
            event.count = matches.count
            events += event.perPatient(try await patients(of: matches, run.query))
        } catch {
            events += try await failure(error, event).events
            throw error
        }
        guard matches.count < 2 else { throw FHIRError.multipleMatches(path: place) }
        if let match = matches.first { return Match(found: match.key.id) }
        return Match(stillNone: tokens.group.map { .noneMatches(tokens: [$0], since: newest) }, indexEpoch: tokens.epoch)
    }
}
