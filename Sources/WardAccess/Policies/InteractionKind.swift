public import WardIdentity

/// A kind of FHIR interaction, by its code. Source: FHIR R4, RESTful API (https://hl7.org/fhir/R4/http.html).
public enum InteractionKind: String, Sendable, Hashable, CaseIterable {
    case read, vread, update, patch, delete, create
    case historyInstance = "history-instance"
    case historyType = "history-type"
    case historySystem = "history-system"
    case searchType = "search-type"
    case searchSystem = "search-system"
    case batch, transaction, capabilities
    /// The search inside a conditional create, update, delete or reference. It reveals which record matches, so it
    /// reaches no further than the caller's own searches do; an importer's, who has none, what it may write.
    case conditionalMatch = "conditional-match"

    /// Whether the interaction is about one type, about all types that are open, or about none.
    public enum Level: Sendable, Hashable {
        case type, system, envelope, none
    }

    /// What the interaction is about. An envelope (batch, transaction) opens nothing: each entry is decided by
    /// itself.
    public var level: Level {
        switch self {
        case .read, .vread, .update, .patch, .delete, .create, .historyInstance, .historyType, .searchType,
            .conditionalMatch:
            .type
        case .historySystem, .searchSystem: .system
        case .batch, .transaction: .envelope
        case .capabilities: .none
        }
    }

    /// The rights of which a scope needs at least one. Empty: no scope is needed.
    ///
    /// Source: SMART App Launch 2.2: `r` read, vread, history of an instance; `u` update and patch; `s` search, and
    /// history of a type or of the system.
    public var rights: AccessRights {
        switch self {
        case .read, .vread, .historyInstance: .read
        case .update, .patch: .update
        case .delete: .delete
        case .create: .create
        case .historyType, .historySystem, .searchType, .searchSystem: .search
        case .conditionalMatch: [.create, .update, .delete, .search]
        case .batch, .transaction: [.create, .read, .update, .delete, .search]
        case .capabilities: []
        }
    }

    /// True where a resource changes.
    public var isWrite: Bool {
        switch self {
        case .update, .patch, .delete, .create: true
        default: false
        }
    }
}
