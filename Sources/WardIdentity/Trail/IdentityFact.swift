internal import WardDatabase

/// What happened to an account or a session, for the audit log. It holds ids and causes, never what somebody typed:
/// people type passwords into the field for the name.
enum IdentityFact: Sendable, Hashable {
    /// Somebody signed in.
    case signedIn(session: LogicalID)
    /// Somebody tried to sign in and was refused; the account, where the name is that of one.
    case signInRefused(user: LogicalID?, SignInFault)
    /// Failures reached the number from which on the account is held back, or held back for longer.
    case heldBack(user: LogicalID, failures: Int)
    /// Somebody signed out.
    case signedOut(session: LogicalID)
    /// A session came to its end by itself.
    case sessionEnded(session: LogicalID, user: LogicalID, SessionEnding)
    /// An account was made.
    case userAdded(user: LogicalID, Role)
    /// An account was disabled, and its sessions ended.
    case userDisabled(user: LogicalID)
    /// An account was enabled.
    case userEnabled(user: LogicalID)
    /// An account was given a new password and a new second factor, and its sessions ended.
    case userReset(user: LogicalID)
    /// The accounts were listed.
    case usersListed(count: Int)
}

/// Why a sign-in was refused. It goes into the audit log; the person is told one thing whatever it was.
enum SignInFault: String, Sendable, Hashable, CaseIterable {
    case unknownName = "unknown-name"
    case wrongPassword = "wrong-password"
    case wrongCode = "wrong-code"
    /// The code was right and had been used, or an older one than it.
    case usedCode = "used-code"
    case disabled
    case locked
    /// Too many refusals from this address: nothing was looked at.
    case throttled
    /// Too many sign-ins at once: nothing was looked at.
    case busy
}

/// Why a session ended by itself.
enum SessionEnding: String, Sendable, Hashable, CaseIterable {
    case idle
    case absolute
    /// The user opened more sessions than one may have; the one not used for longest ended.
    case displaced
}
