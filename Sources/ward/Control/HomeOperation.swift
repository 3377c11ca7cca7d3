internal import WardKeys

/// What a command asks of a home, whether it is served (then through the control socket) or not (then directly).
enum HomeOperation: Codable, Sendable {
    case userAdd(name: String, role: String, password: String?)
    case userList
    case userDisable(name: String)
    case userEnable(name: String)
    case userReset(name: String, password: String?)
    case keysStatus
    /// The log is about to be read by somebody: in what way, and how many entries where that is known.
    case logRead(what: String, count: Int?)
    /// A verification ended: of what, and with how many faults.
    case verified(what: String, faults: Int)
}

/// What a home answers.
enum HomeAnswer: Codable, Sendable {
    case credentials(Credentials)
    case users([Account])
    case keys(KeyringStatus)
    case done
    case failed(String)

    /// What a new user needs, told once.
    struct Credentials: Codable, Sendable {
        var id: String
        var name: String
        var role: String
        var password: String?
        var totpUri: String
    }

    /// An account as it may be seen.
    struct Account: Codable, Sendable {
        var id: String
        var name: String
        var role: String
        var isDisabled: Bool
        var isLocked: Bool
        /// RFC 3339.
        var createdAt: String
        var lastSignInAt: String?
    }
}
