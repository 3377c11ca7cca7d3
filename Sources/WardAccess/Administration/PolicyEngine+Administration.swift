public import WardIdentity

extension PolicyEngine {
    /// Whether `caller` may do the administrative action.
    ///
    /// A person needs two factors, and for a change one that was shown within the last minutes; somebody at the machine
    /// itself is known by the operating system and holds the role of an operator.
    public func decide(_ caller: Caller, _ permission: AdministrativePermission) -> AdministrativeDecision {
        let known =
            switch caller.subject {
            case .user: caller.isProven
            case .operatingSystemUser: caller.role == .localOperator && caller.factors.contains(.operatingSystem)
            case .service: caller.isProven
            }
        // No client administers anything, whoever it acts for.
        guard caller.authorization == nil else { return .refuse(Refusal(.noRule)) }
        guard known else { return .refuse(Refusal(.factorsMissing)) }
        guard caller.role.permissions.contains(permission) else { return .refuse(Refusal(.noRule)) }
        if case .user = caller.subject, permission.asksForFreshFactor, !caller.isFresh {
            return .refuse(Refusal(.factorStale))
        }
        return .permit(AdministrativePermit(caller: caller, permission: permission))
    }
}
