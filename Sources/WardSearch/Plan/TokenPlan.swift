public import WardVault

/// Which terms of the blind index to ask, so that every match of a query is among what they find.
///
/// A record is a candidate if it carries at least one term of each group. Candidates are a superset of the matches: ``QueryMatcher`` decides.
/// Groups come with the most selective first.
public struct TokenPlan: Sendable {
    /// The type that is searched.
    public let type: String
    /// All groups must be met, each by any of its terms. Without groups every record of the type is a candidate.
    public let groups: [[IndexTerm]]
    /// The logical id of the patient under whose key the terms of the compartment family are made; nil if there are none of these.
    public let patient: String?
    /// Where the query names logical ids: all that may match, to be read by key instead of by the index.
    public let ids: [String]?

    /// Whether nothing narrows the candidates but the type.
    public var isScan: Bool { groups.isEmpty && ids == nil }

    /// Terms in one group at most; a wider test is left to the filter records.
    static let termsInGroupAtMost = 64
    /// Groups at most: more would cost more than they exclude.
    static let groupsAtMost = 3
    /// A group with a rank above this is left out beside one below it.
    static let broadRank = 30

    /// Plans a query.
    /// - Parameters:
    ///   - patientResolvable: whether the key of ``SearchQuery/patient`` exists. If it does not, no record can carry terms under it,
    ///     and only those that several patients share can match.
    ///   - policies: those of all epochs of the index: a term is asked for only where all of them have it.
    public static func make(
        _ query: SearchQuery, patientResolvable: Bool, policies: [IndexPolicy] = [.standard]
    ) -> TokenPlan {
        var ids: [String]?
        for clause in query.clauses {
            if case .id(let wanted) = clause.test { ids = ids.map { $0.filter(wanted.contains) } ?? wanted }
        }
        if let ids { return TokenPlan(type: query.type, groups: [], patient: nil, ids: ids) }
        if let patient = query.patient {
            let group = compartmentGroup(query, patient: patient, isResolvable: patientResolvable)
            return TokenPlan(type: query.type, groups: [group], patient: patientResolvable ? patient : nil, ids: nil)
        }
        return TokenPlan(type: query.type, groups: populationGroups(query, policies), patient: nil, ids: nil)
    }

    /// One group: the most selective of the query's codes inside the compartment, else the compartment itself; and the records that the
    /// patient shares with others, which carry no terms under its key.
    private static func compartmentGroup(_ query: SearchQuery, patient: String, isResolvable: Bool) -> [IndexTerm] {
        let shared = IndexTerms.shared(with: patient, type: query.type)
        guard isResolvable else { return [shared] }
        var best: (rank: Int, terms: [IndexTerm])?
        for clause in query.clauses {
            guard case .token = clause.test, let group = compartmentGroup(clause, query.type) else { continue }
            if best.map({ group.rank < $0.rank }) ?? true { best = group }
        }
        let own = best?.terms
            ?? [IndexTerm(.compartment, query.type, IndexTerms.typeParameter, .inCompartment, [])]
        return own + [shared]
    }

    /// Whether every record that has a value of the parameter has population terms of it, in every epoch.
    private static func isIndexed(_ code: String, _ query: SearchQuery, _ policies: [IndexPolicy]) -> Bool {
        guard let number = query.parameters[code]?.number else { return false }
        return policies.allSatisfy { $0.places(query.parameters)[Int(number)].contains(.population) }
    }

    private static func populationGroups(_ query: SearchQuery, _ policies: [IndexPolicy]) -> [[IndexTerm]] {
        var groups: [(rank: Int, terms: [IndexTerm])] = []
        var ranges: [String: (clause: Clause, bounds: DateTest.Bounds)] = [:]
        for clause in query.clauses {
            if case .date(let tests) = clause.test, tests.count == 1, clause.parameter.isSingle, let bounds = tests[0].bounds {
                let known = ranges[clause.parameter.code]?.bounds
                ranges[clause.parameter.code] = (clause, known?.and(bounds) ?? bounds)
            } else if let group = populationGroup(clause, query, policies) {
                groups.append(group)
            } else {
                groups += trigramGroups(clause, query, policies)
            }
        }
        for code in ranges.keys.sorted() {
            guard let range = ranges[code], isIndexed(code, query, policies) else { continue }
            let rank = IndexPolicy.populationRank(code)
            let terms = range.bounds.nodes().map { IndexTerm(.population, query.type, code, .calendar, $0) }
            groups.append((rank + (terms.count > 1 ? 10 : 0), terms))
        }
        // Sorting is made stable by the place in the query.
        let sorted = groups.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }.map(\.element)
        guard let first = sorted.first else { return [] }
        return sorted.filter { first.rank > broadRank || $0.rank <= broadRank }.prefix(groupsAtMost).map(\.terms)
    }

    private static func populationGroup(
        _ clause: Clause, _ query: SearchQuery, _ policies: [IndexPolicy]
    ) -> (rank: Int, terms: [IndexTerm])? {
        let parts = IndexPolicy.parts(of: clause.parameter.code)
        guard parts.allSatisfy({ isIndexed($0, query, policies) }) else { return nil }
        let rank = parts.map(IndexPolicy.populationRank).max() ?? 0
        return group(.population, clause, query.type, parts).map { (rank, $0) }
    }

    /// Two groups for one text that is to be contained: its first three letters, and its last.
    private static func trigramGroups(
        _ clause: Clause, _ query: SearchQuery, _ policies: [IndexPolicy]
    ) -> [(rank: Int, terms: [IndexTerm])] {
        let (code, number) = (clause.parameter.code, Int(clause.parameter.number))
        guard case .string(let tests) = clause.test, tests.count == 1, tests[0].mode == .contains,
            policies.allSatisfy({ $0.places(query.parameters)[number].contains(.trigrams) })
        else { return [] }
        let trigrams = TermValue.trigrams(of: String(decoding: tests[0].text, as: UTF8.self))
        guard let first = trigrams.first, let last = trigrams.last else { return [] }
        return (first == last ? [first] : [first, last]).map { trigram in
            (IndexPolicy.populationRank(code), [IndexTerm(.population, query.type, code, .trigram, trigram)])
        }
    }

    private static func compartmentGroup(_ clause: Clause, _ type: String) -> (rank: Int, terms: [IndexTerm])? {
        let parts = IndexPolicy.parts(of: clause.parameter.code)
        let ranks = parts.compactMap(IndexPolicy.compartmentRank)
        guard ranks.count == parts.count, let rank = ranks.max() else { return nil }
        return group(.compartment, clause, type, parts).map { (rank, $0) }
    }

    /// Terms of which every record that meets the clause carries one; nil if there are none, or too many.
    private static func group(
        _ family: IndexTerm.Family, _ clause: Clause, _ type: String, _ parts: [String]
    ) -> [IndexTerm]? {
        guard let bodies = bodies(clause.test), !bodies.isEmpty else { return nil }
        var terms: [IndexTerm] = []
        var seen: Set<TermBody> = []
        for body in bodies where seen.insert(body).inserted {
            for part in parts { terms.append(IndexTerm(family, type, part, body.kind, body.value)) }
        }
        return terms.count <= termsInGroupAtMost ? terms : nil
    }

    /// Nil where some value that meets the test may carry no term.
    private static func bodies(_ test: Clause.Test) -> [TermBody]? {
        switch test {
        case .token(let tests): all(tests) { $0.term().map { [$0] } }
        case .string(let tests): all(tests) { $0.term().map { [$0] } }
        case .reference(let tests): all(tests) { $0.terms() }
        case .uri(let tests): all(tests) { $0.terms() }
        case .date(let tests): all(tests) { $0.bounds?.nodes().map { TermBody(kind: .calendar, value: $0) } }
        case .number(let tests): all(tests) { $0.nodes()?.map { TermBody(kind: .number, value: $0) } }
        case .quantity(let tests): all(tests) { $0.terms() }
        case .tokenNot, .missing, .id, .lastUpdated: nil
        }
    }

    private static func all<Test>(_ tests: [Test], _ bodies: (Test) -> [TermBody]?) -> [TermBody]? {
        var result: [TermBody] = []
        for test in tests {
            guard let found = bodies(test) else { return nil }
            result += found
        }
        return result
    }
}
