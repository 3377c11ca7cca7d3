public import WardIdentity

extension PolicyEngine {
    /// Which rights of a scope that an app asks for can ever open anything, for somebody of this role. An app is granted no more, so that
    /// it is told what it gets. Source: RFC 6749 §3.3.
    public func rights(of wanted: Scope, for role: Role) -> AccessRights {
        guard (wanted.context == .system) == (role == .service), wanted.type.map(isServed) ?? true else { return [] }
        var rights = scopes(of: role).reduce(into: AccessRights()) { rights, scope in
            if wanted.type == nil || scope.type == nil || wanted.type == scope.type { rights.formUnion(scope.rights) }
        }
        rights.formIntersection(wanted.rights)
        if wanted.context == .patient || role == .patient, let type = wanted.type {
            guard compartment.types.contains(type) else { return [] }
            if PatientCompartment.unbound.contains(type) { rights.formIntersection([.read, .search]) }
        }
        // Nothing is written under constraints of a search.
        if !wanted.constraints.isEmpty { rights.formIntersection([.read, .search]) }
        return rights
    }
}
