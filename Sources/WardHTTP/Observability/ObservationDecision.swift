public import WardAccess
public import WardIdentity

/// Whether a caller may see how the house does.
public enum ObservationDecision: Sendable {
    case permit
    case refuse
}

extension EdgeServices {
    /// Those who have the permission for it may see the metrics; nothing of it has to be shown anew each five minutes.
    public static func observers(_ policies: PolicyEngine) -> @Sendable (Caller) -> ObservationDecision {
        { caller in
            if case .permit = policies.decide(caller, .seeMetrics) { return .permit }
            return .refuse
        }
    }
}
