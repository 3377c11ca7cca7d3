public import WardIdentity

/// Evidence that a caller may do an administrative action. Only ``PolicyEngine`` makes one.
public struct AdministrativePermit: Sendable {
    /// Who.
    public let caller: Caller
    /// What.
    public let permission: AdministrativePermission

    init(caller: Caller, permission: AdministrativePermission) {
        self.caller = caller
        self.permission = permission
    }
}

/// The answer to a request for an administrative action.
public enum AdministrativeDecision: Sendable {
    case permit(AdministrativePermit)
    case refuse(Refusal)

    /// The permit.
    /// - Throws: the ``Refusal``.
    public func get() throws(Refusal) -> AdministrativePermit {
        switch self {
        case .permit(let permit): return permit
        case .refuse(let refusal): throw refusal
        }
    }
}
