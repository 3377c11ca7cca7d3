public import WardIdentity

/// What each role opens. What is not written here is closed.
extension Role {
    /// The SMART scopes of the role. A client that acts for somebody opens no more than they do; a service opens what its
    /// own scopes say, within these.
    ///
    /// An importer writes and reads nothing back: not by read, search or history, and not in the answer to a write
    /// (``Permit/answer``). Its conditional references and creates are matched inside
    /// (``InteractionKind/conditionalMatch``).
    public var scopes: [Scope] {
        switch self {
        case .clinician: [Scope(.user, type: nil, rights: [.create, .read, .update, .delete, .search])]
        case .importer: [Scope(.system, type: nil, rights: [.create, .update])]
        case .service: [Scope(.system, type: nil, rights: [.create, .read, .update, .delete, .search])]
        case .patient: [Scope(.patient, type: nil, rights: [.read, .search])]
        case .administrator, .auditor, .privacyOfficer, .localOperator: []
        }
    }

    /// The administrative permissions of the role.
    public var permissions: Set<AdministrativePermission> {
        switch self {
        case .administrator:
            [
                .manageUsers, .manageClients, .seeKeys, .seeMetrics, .manageKeys, .shredPatients, .holdPatients,
                .runVerification,
            ]
        case .auditor, .privacyOfficer: [.readAudit, .seeMetrics]
        case .localOperator:
            [.manageUsers, .manageClients, .readAudit, .manageRetention, .seeKeys, .manageKeys, .runVerification]
        case .clinician, .importer, .service, .patient: []
        }
    }

    /// The purposes for which the role may touch health data; the first is meant where a request names none.
    public var purposes: [PurposeOfUse] {
        switch self {
        case .clinician: [.treatment, .operations, .payment]
        case .importer: [.operations]
        case .service: [.operations, .treatment, .payment]
        case .patient: [.patientRequest]
        case .administrator, .auditor, .privacyOfficer, .localOperator: []
        }
    }
}
