internal import WardAccess
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
    /// - Parameter place: where the criteria stand, for errors.
    /// - Throws: ``FHIRError`` 400 where the criteria are no query by an index, 412 where several match.
    func match(_ criteria: String, type: String, place: String, _ operation: Operation) async throws -> Match {
        let permit = try policies.decide(operation.caller, InteractionRequest(.conditionalMatch, type: type)).get()
        let parameters = try RelativeURL.query(criteria.drop { $0 == "?" }, place: place)
        let scoped = Operation(request: operation.request, caller: operation.caller, permit: permit)
        var strict = scoped.request
        strict.prefer = nil
        let run = try searchRun(type, parameters, Operation(request: strict, caller: scoped.caller, permit: permit))
        let newest = try await vault.newestSequence()
        guard let tokens = try await run.guardTokens() else {
            throw FHIRError.notSupported(
                "the criteria must name a parameter by which \(type) is indexed, such as identifier", path: place)
        }
        let matches = try await run.page(after: nil, limit: 2).matches
        guard matches.count < 2 else { throw FHIRError.multipleMatches(path: place) }
        if let match = matches.first { return Match(found: match.key.id) }
        return Match(
            stillNone: tokens.group.map { .noneMatches(tokens: [$0], since: newest) }, indexEpoch: tokens.epoch)
    }
}
