public import WardIdentity

/// Decides what a caller may do. What no rule opens is refused.
///
/// A decision reads the caller alone, makes no lookup and takes no lock, so it can be asked for on every request and for
/// every entry of a bundle. What a client application may do is what its token's scopes say and, beyond them, never more
/// than the role of who it acts for opens.
///
/// ```swift
/// let engine = PolicyEngine(resourceTypes: FHIRDefinitions.r4.resourceTypes)
/// switch engine.decide(caller, InteractionRequest(.read, type: "Patient")) {
/// case .permit(let permit): …
/// case .refuse(let refusal): … // refusal.status is 403 or 404
/// }
/// ```
public struct PolicyEngine: Sendable {
    private let resourceTypes: Set<String>
    private let scopes: [Role: [Scope]]
    let compartment: PatientCompartment

    /// An engine for these resource types; others are refused.
    public init(resourceTypes: some Sequence<String>) {
        self.init(resourceTypes: resourceTypes, scopes: { $0.scopes })
    }

    /// An engine with other scopes for the roles: for tests of scopes that no role has today.
    init(resourceTypes: some Sequence<String>, scopes: (Role) -> [Scope]) {
        self.resourceTypes = Set(resourceTypes)
        compartment = .r4
        // A `patient/` scope needs a patient. No role but a patient's has one, so such a scope of another opens nothing.
        self.scopes = Dictionary(
            uniqueKeysWithValues: Role.allCases.map { role in
                (role, scopes(role).filter { ($0.context == .patient) == (role == .patient) })
            })
    }

    /// Whether a resource type is one of those that are served.
    func isServed(_ type: String) -> Bool { resourceTypes.contains(type) }

    /// What a role opens.
    func scopes(of role: Role) -> [Scope] { scopes[role] ?? [] }

    /// Whether `caller` may do what `request` says.
    public func decide(_ caller: Caller, _ request: InteractionRequest) -> Decision {
        if request.kind == .capabilities {
            return .permit(
                Permit(caller: caller, kind: .capabilities, types: .only([]), purpose: .operations, answer: .content))
        }
        guard caller.isProven else { return .refuse(Refusal(.factorsMissing)) }
        let held = held(by: caller)
        guard !held.isEmpty else { return .refuse(Refusal(.noRule)) }
        guard let purpose = request.purpose ?? caller.role.purposes.first, caller.role.purposes.contains(purpose)
        else {
            return .refuse(Refusal(.purposeNotOpen))
        }
        switch (request.kind.level, request.type) {
        case (.type, let type?):
            return decide(caller, request, on: type, held, purpose)
        case (.system, nil):
            return decideOnSystem(caller, request, held, purpose)
        case (.envelope, nil):
            return .permit(
                Permit(caller: caller, kind: request.kind, types: .only([]), purpose: purpose, answer: .content))
        default:
            return .refuse(Refusal(.noRule))
        }
    }

    private func decide(
        _ caller: Caller, _ request: InteractionRequest, on type: String, _ held: [HeldScope], _ purpose: PurposeOfUse
    ) -> Decision {
        guard resourceTypes.contains(type) else { return .refuse(Refusal(.unknownType)) }
        let opening = request.kind.isWrite ? writing(held) : held
        let filter = request.kind == .conditionalMatch
            ? matching(caller, held, type) : reach(of: opening, type, request.kind.rights)
        guard filter != .nothing else {
            guard reach(of: held, type, request.kind.rights) != .nothing else { return .refuse(Refusal(.noRule)) }
            return .refuse(Refusal(request.kind == .conditionalMatch ? .unsearchable : .constrainedWrite))
        }
        var filters = [type: filter]
        for other in request.related {
            if let refusal = open(other, in: held, &filters) { return .refuse(refusal) }
        }
        return .permit(
            Permit(
                caller: caller, kind: request.kind, types: .only(Set(filters.keys)), purpose: purpose,
                answer: answer(to: request.kind, within: filter, of: type, held),
                writesOnlyOf: request.kind.isWrite && filter != .everything ? opening.lazy.compactMap(\.patient).first : nil,
                filters: filters))
    }

    private func decideOnSystem(
        _ caller: Caller, _ request: InteractionRequest, _ held: [HeldScope], _ purpose: PurposeOfUse
    ) -> Decision {
        // What holds of every type alike; scopes of one patient differ by type, and are told for each.
        let general = PermitFilter(
            union: held.filter { $0.scope.type == nil && $0.patient == nil && $0.opens(request.kind.rights) }
                .map(\.scope.constraints))
        var filters: [String: PermitFilter] = [:]
        for type in told(of: held) {
            let filter = reach(of: held, type, request.kind.rights)
            if filter != .nothing { filters[type] = filter }
        }
        for other in request.related {
            if let refusal = open(other, in: held, &filters) { return .refuse(refusal) }
        }
        guard general != .nothing || !filters.isEmpty else { return .refuse(Refusal(.noRule)) }
        return .permit(
            Permit(
                caller: caller, kind: request.kind, types: general == .nothing ? .only(Set(filters.keys)) : .all,
                purpose: purpose, answer: .content, general: general, filters: filters))
    }

    /// Opens a further type to the search, or says why not.
    private func open(_ type: String, in held: [HeldScope], _ filters: inout [String: PermitFilter]) -> Refusal? {
        guard resourceTypes.contains(type) else { return Refusal(.unknownType) }
        let filter = reach(of: held, type, .search)
        guard filter != .nothing else { return Refusal(.noRule) }
        // The first type's own filter came from the rights of the interaction; it stays unless the search reaches
        // less.
        if filters[type] == nil || filters[type] == .everything { filters[type] = filter }
        return nil
    }

    /// What of a type the scopes reach that hold at least one of `rights`.
    private func reach(of held: [HeldScope], _ type: String, _ rights: AccessRights) -> PermitFilter {
        PermitFilter(union: held.filter { $0.opens(rights, on: type) }.flatMap { $0.clauses(for: type, compartment) })
    }

    /// The scopes by which anything is written: those without constraints of a search. One that is about a patient writes that
    /// patient's records, ``Permit/writesOnlyOf``; a token is about one patient at most.
    private func writing(_ held: [HeldScope]) -> [HeldScope] { held.filter(\.scope.constraints.isEmpty) }

    /// What the search inside a write may match: no more than the caller may search for, since that there is a match
    /// says what it matches. Only a role that reads nothing at all, an importer's, has its criteria matched all the same.
    private func matching(_ caller: Caller, _ held: [HeldScope], _ type: String) -> PermitFilter {
        let searched = reach(of: held, type, .search)
        let readsNothing = scopes(of: caller.role).allSatisfy { $0.rights.isDisjoint(with: [.read, .search]) }
        guard searched == .nothing, readsNothing else { return searched }
        return reach(of: held, type, InteractionKind.conditionalMatch.rights)
    }

    /// The types that need a filter of their own.
    private func told(of held: [HeldScope]) -> Set<String> {
        var types = Set(held.compactMap(\.scope.type))
        if held.contains(where: { $0.patient != nil && $0.scope.type == nil }) { types.formUnion(compartment.types) }
        return types.intersection(resourceTypes)
    }

    /// What the caller holds: the role's scopes, or for a client's token what is in both.
    private func held(by caller: Caller) -> [HeldScope] {
        let role = scopes(of: caller.role)
        guard let authorization = caller.authorization else {
            if case .service = caller.subject { return [] }
            return role.compactMap { HeldScope($0, caller) }
        }
        return authorization.scopes.resources.flatMap { wanted in
            role.compactMap { HeldScope(wanted, within: $0, caller, authorization) }
        }
    }

    /// Content goes back from a write only to those who may read all that they may write of the type.
    private func answer(
        to kind: InteractionKind, within filter: PermitFilter, of type: String, _ held: [HeldScope]
    ) -> Permit.Answer {
        guard kind.isWrite || kind == .conditionalMatch else { return .content }
        return kind.isWrite && reach(of: held, type, .read).covers(filter) ? .content : .referenceOnly
    }
}
