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
}
