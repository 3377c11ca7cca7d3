internal import WardDatabase
internal import WardIdentity

/// A scope that a caller holds in truth: of a role, or of a client's token as far as the role opens it too.
struct HeldScope: Sendable {
    /// What it opens.
    let scope: Scope
    /// The one patient that it is about, or nil where it is about whatever the role reaches.
    let patient: LogicalID?

    /// A scope of the caller's role. Nil where it is about one patient and the account is bound to none.
    init?(_ scope: Scope, _ caller: Caller) {
        if scope.context == .patient, caller.patient == nil { return nil }
        self.scope = scope
        patient = scope.context == .patient ? caller.patient : nil
    }

    /// What a token's scope opens within a role's. Nil where they have nothing in common, where a person's app asks for
    /// a system's scope or the other way round, or where there is no patient for a `patient/` scope.
    init?(_ wanted: Scope, within role: Scope, _ caller: Caller, _ authorization: Authorization) {
        let isService = if case .service = caller.subject { true } else { false }
        guard (wanted.context == .system) == isService else { return nil }
        guard wanted.type == nil || role.type == nil || wanted.type == role.type else { return nil }
        let rights = wanted.rights.intersection(role.rights)
        guard !rights.isEmpty else { return nil }
        if role.context == .patient {
            // A patient's app reaches what the patient reaches: nothing of another, whatever its scopes are about.
            guard let own = caller.patient, authorization.patient == nil || authorization.patient == own,
                wanted.context != .patient || authorization.patient == own
            else { return nil }
            patient = own
        } else if wanted.context == .patient {
            guard let patient = authorization.patient else { return nil }
            self.patient = patient
        } else {
            patient = nil
        }
        scope = Scope(
            wanted.context, type: wanted.type ?? role.type, rights: rights,
            constraints: wanted.constraints + role.constraints)
    }

    /// Whether it holds at least one of `rights`.
    func opens(_ rights: AccessRights) -> Bool { !scope.rights.isDisjoint(with: rights) }

    /// Whether it holds at least one of `rights` on a type. With the scope of one patient nobody writes what belongs to
    /// none.
    func opens(_ rights: AccessRights, on type: String) -> Bool {
        let isReadOnly = patient != nil && PatientCompartment.unbound.contains(type)
        let held = isReadOnly ? scope.rights.intersection([.read, .search]) : scope.rights
        return !held.isDisjoint(with: rights)
    }

    /// What of a type it reaches: resources for which all constraints of one of these clauses hold; none: nothing.
    func clauses(for type: String, _ compartment: PatientCompartment) -> [[Scope.Constraint]] {
        guard scope.type == nil || scope.type == type else { return [] }
        guard let patient else { return [scope.constraints] }
        return compartment.clauses(for: type, of: patient).map { $0 + scope.constraints }
    }
}
