public import WardIdentity

/// What of a type a permit reaches. It becomes part of the search plan: it holds in predicates, chains, `_has`,
/// includes, sort keys, totals and pages, and for reads by id.
public enum PermitFilter: Sendable, Hashable {
    /// Every resource of the type.
    case everything
    /// None.
    case nothing
    /// Resources for which all constraints of at least one clause hold.
    case anyOf([[Scope.Constraint]])

    /// The union of what scopes with these constraints reach.
    init(union clauses: [[Scope.Constraint]]) {
        if clauses.isEmpty {
            self = .nothing
        } else if clauses.contains(where: \.isEmpty) {
            self = .everything
        } else {
            self = .anyOf(clauses)
        }
    }

    /// Whether this surely reaches all that `other` reaches.
    func covers(_ other: PermitFilter) -> Bool {
        switch (self, other) {
        case (.everything, _), (_, .nothing): true
        case (.anyOf(let wide), .anyOf(let narrow)):
            narrow.allSatisfy { clause in wide.contains { Set($0).isSubset(of: clause) } }
        default: false
        }
    }
}
