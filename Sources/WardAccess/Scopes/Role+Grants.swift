public import WardIdentity

/// What each role opens. What is not written here is closed.
extension Role {
    /// The SMART scopes of the role.
    ///
    /// An importer writes and reads nothing back: not by read, search or history, and not in the answer to a write
    /// (``Permit/answer``). Its conditional references and creates are matched inside
    /// (``InteractionKind/conditionalMatch``).
    public var scopes: [Scope] {
        switch self {
        case .clinician: [Scope(.user, type: nil, rights: [.create, .read, .update, .delete, .search])]
        case .importer: [Scope(.system, type: nil, rights: [.create, .update])]
        case .administrator, .auditor, .localOperator: []
        }
    }

    /// The administrative permissions of the role.
    public var permissions: Set<AdministrativePermission> {
        switch self {
        case .administrator: [.manageUsers, .seeKeys, .runVerification]
        case .auditor: [.readAudit]
        case .localOperator: [.manageUsers, .readAudit, .seeKeys, .runVerification]
        case .clinician, .importer: []
        }
    }

    /// The purposes for which the role may touch health data; the first is meant where a request names none.
    public var purposes: [PurposeOfUse] {
        switch self {
        case .clinician: [.treatment, .operations, .payment]
        case .importer: [.operations]
        case .administrator, .auditor, .localOperator: []
        }
    }
}
