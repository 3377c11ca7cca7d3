internal import WardDatabase
internal import WardFHIR
internal import WardSearch
internal import WardVault

/// One search under way: plans it, streams candidates in order, and keeps what matches exactly.
struct SearchRun: Sendable {
    let vault: Vault
    let gate: PermitGate
    let query: SearchQuery
    /// Further conditions, of which one must hold; nil: none.
    let restrictions: [QueryMatcher]?
    /// Most candidates that are opened.
    let bound: Int

    /// What a page found.
    struct Found: Sendable {
        var matches: [Candidate] = []
        /// True where nothing comes after the last match.
        var isComplete = true
    }

    /// The first `limit` matches after a place.
    /// - Throws: ``FHIRError`` 403 `too-costly` past the bound; ``VaultError``.
    func page(after start: CandidateQuery.Position?, limit: Int) async throws -> Found {
        var (plan, tokens) = try await asked()
        if let ids = plan.ids { return try await byID(ids, after: start, limit: limit) }
        let matcher = QueryMatcher(query)
        var found = Found()
        var position = start
        var opened = 0
        var moved = 0
        var batch = min(limit + 1, 1_000)
        while let asked = tokens {
            let page: CandidateRun
            do throws(VaultError) {
                page = try await vault.candidates(
                    type: query.type, tokens: asked, order: order, after: position, limit: batch, includesContent: !plan.isScan)
            } catch {
                moved += 1
                guard error.code == .indexMoved, moved < Vault.epochAttempts else { throw error }
                (plan, tokens) = try await self.asked()
                continue
            }
            for candidate in page.candidates where try await matches(candidate, matcher) {
                if found.matches.count == limit {
                    found.isComplete = false
                    return found
                }
                found.matches.append(candidate)
            }
            opened += page.candidates.count
            guard let next = page.next else { return found }
            guard opened < bound else { throw FHIRError.tooCostly("the search opens too many records; narrow it by a patient, a code or a date") }
            position = next
            batch = min(batch * 2, 1_000)
        }
        return found
    }

    /// How many resources match.
    func count() async throws -> Int { try await all().count }

    /// All that match.
    func all() async throws -> [Candidate] { try await page(after: nil, limit: bound).matches }

    /// Tokens of the most selective group, for the precondition that nothing new matches, and the newest epoch that they are of; nil where
    /// the query uses no index.
    func guardTokens() async throws -> (group: [Int64], epoch: UInt32)? {
        let (plan, tokens) = try await asked()
        guard !plan.groups.isEmpty, plan.patient == nil, let tokens, let group = tokens.groups.first else { return nil }
        return (group, tokens.epoch)
    }

    /// The plan, and its tokens, for the epochs of the index that are there now; no tokens where nothing can match.
    private func asked() async throws -> (plan: TokenPlan, tokens: AskedTokens?) {
        let epochs = vault.indexEpochs
        let policies = epochs.compactMap { IndexPolicy.of($0.policy) }
        guard policies.count == epochs.count else { throw Self.unknownPolicy }
        var isResolvable = false
        if let patient = query.patient, let id = LogicalID(patient) { isResolvable = try await vault.hasKey(id) }
        let plan = TokenPlan.make(query, patientResolvable: isResolvable, policies: policies)
        let terms = TermQuery(type: plan.type, groups: plan.groups, patient: plan.patient.flatMap { LogicalID($0) })
        return (plan, try await vault.tokens(terms, epochs: epochs))
    }

    /// An epoch of the index was begun by a program that this one does not understand; a home with such keys is not opened.
    static let unknownPolicy = FHIRError(status: 500, .exception, "the index was made by another program")

    private var order: CandidateQuery.Order {
        switch query.order {
        case .newestFirst: .newestFirst
        case .oldestFirst: .oldestFirst
        }
    }

    private func byID(_ ids: [String], after start: CandidateQuery.Position?, limit: Int) async throws -> Found {
        let matcher = QueryMatcher(query)
        var candidates: [Candidate] = []
        for id in Set(ids) {
            guard let id = LogicalID(id), let candidate = try await vault.candidate(query.type, id),
                try await matches(candidate, matcher)
            else { continue }
            candidates.append(candidate)
        }
        candidates.sort { isBefore($0.position, $1.position) }
        if let start { candidates.removeAll { !isBefore(start, $0.position) } }
        return Found(matches: Array(candidates.prefix(limit)), isComplete: candidates.count <= limit)
    }

    private func isBefore(_ left: CandidateQuery.Position, _ right: CandidateQuery.Position) -> Bool {
        let isSmaller = (left.updatedAt, left.sequence) < (right.updatedAt, right.sequence)
        let isEqual = left == right
        return order == .oldestFirst ? isSmaller : !isSmaller && !isEqual
    }

    private func matches(_ candidate: Candidate, _ matcher: QueryMatcher) async throws -> Bool {
        guard try await holds(matcher, candidate) else { return false }
        guard let restrictions else { return true }
        for restriction in restrictions where try await holds(restriction, candidate) { return true }
        return false
    }

    private func holds(_ matcher: QueryMatcher, _ candidate: Candidate) async throws -> Bool {
        let id = candidate.key.id.text
        do throws(FilterRecordError) {
            return try matcher.matches(filter: candidate.filter, id: id, updatedAt: candidate.updatedAt)
        } catch {
            // Made by a program with other definitions: extract anew from the resource itself.
            guard let record = try await vault.records([candidate.sequence]).first else { return false }
            let values = try gate.values(of: record, base: FilterRecord.base(of: candidate.filter))
            return try matcher.matches(filter: FilterRecord.encode(values), id: id, updatedAt: candidate.updatedAt)
        }
    }
}
