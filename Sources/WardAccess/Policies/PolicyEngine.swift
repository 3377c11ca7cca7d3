public import WardIdentity

/// Decides what a caller may do. What no rule opens is refused.
///
/// A decision reads the caller's role alone, makes no lookup and takes no lock, so it can be asked for on every
/// request and for every entry of a bundle.
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

    /// An engine for these resource types; others are refused.
    public init(resourceTypes: some Sequence<String>) {
        self.init(resourceTypes: resourceTypes, scopes: { $0.scopes })
    }

    /// An engine with other scopes for the roles: for tests of scopes that no role has today.
    init(resourceTypes: some Sequence<String>, scopes: (Role) -> [Scope]) {
        self.resourceTypes = Set(resourceTypes)
        // A `patient/` scope needs the patient of a launch context. There is none, so such a scope opens nothing.
        self.scopes = Dictionary(
            uniqueKeysWithValues: Role.allCases.map { role in (role, scopes(role).filter { $0.context != .patient }) }
        )
    }

    /// Whether `caller` may do what `request` says.
    public func decide(_ caller: Caller, _ request: InteractionRequest) -> Decision {
        if request.kind == .capabilities {
            return .permit(
                Permit(caller: caller, kind: .capabilities, types: .only([]), purpose: .operations, answer: .content))
        }
        guard caller.hasTwoFactors else { return .refuse(Refusal(.factorsMissing)) }
        let held = scopes[caller.role] ?? []
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
        _ caller: Caller, _ request: InteractionRequest, on type: String, _ held: [Scope], _ purpose: PurposeOfUse
    ) -> Decision {
        guard resourceTypes.contains(type) else { return .refuse(Refusal(.unknownType)) }
        let filter = reach(of: held, type, request.kind.rights)
        guard filter != .nothing else { return .refuse(Refusal(.noRule)) }
        guard filter == .everything || !request.kind.isWrite else { return .refuse(Refusal(.constrainedWrite)) }
        var filters = [type: filter]
        for other in request.related {
            if let refusal = open(other, in: held, &filters) { return .refuse(refusal) }
        }
        return .permit(
            Permit(
                caller: caller, kind: request.kind, types: .only(Set(filters.keys)), purpose: purpose,
                answer: answer(to: request.kind, of: type, held), filters: filters))
    }

    private func decideOnSystem(
        _ caller: Caller, _ request: InteractionRequest, _ held: [Scope], _ purpose: PurposeOfUse
    ) -> Decision {
        let general = reach(of: held.filter { $0.type == nil }, nil, request.kind.rights)
        var filters: [String: PermitFilter] = [:]
        for scope in held {
            guard let type = scope.type, resourceTypes.contains(type) else { continue }
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
    private func open(_ type: String, in held: [Scope], _ filters: inout [String: PermitFilter]) -> Refusal? {
        guard resourceTypes.contains(type) else { return Refusal(.unknownType) }
        let filter = reach(of: held, type, .search)
        guard filter != .nothing else { return Refusal(.noRule) }
        // The first type's own filter came from the rights of the interaction; it stays unless the search reaches
        // less.
        if filters[type] == nil || filters[type] == .everything { filters[type] = filter }
        return nil
    }

    /// What of a type the scopes reach that hold at least one of `rights`. A nil type asks for what holds of every
    /// type.
    private func reach(of held: [Scope], _ type: String?, _ rights: AccessRights) -> PermitFilter {
        PermitFilter(
            union: held.filter { ($0.type == nil || $0.type == type) && !$0.rights.isDisjoint(with: rights) }.map(
                \.constraints))
    }

    /// Content goes back from a write only to those who may read all of the type: a conditional create may answer
    /// with what was there.
    private func answer(to kind: InteractionKind, of type: String, _ held: [Scope]) -> Permit.Answer {
        guard kind.isWrite || kind == .conditionalMatch else { return .content }
        return kind.isWrite && reach(of: held, type, .read) == .everything ? .content : .referenceOnly
    }
}
