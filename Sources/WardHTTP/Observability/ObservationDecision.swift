public import WardAccess
public import WardIdentity

/// Whether a caller may see how the house does.
public enum ObservationDecision: Sendable {
    case permit
    case refuse
}

extension EdgeServices {
    /// Those who manage users or read the audit log may see the metrics.
    public static func observers(_ policies: PolicyEngine) -> @Sendable (Caller) -> ObservationDecision {
        { caller in
            for permission in [AdministrativePermission.manageUsers, .readAudit] {
                if case .permit = policies.decide(caller, permission) { return .permit }
            }
            return .refuse
        }
    }
}
