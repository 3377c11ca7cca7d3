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
    /// A sign-in is a sign of something strange.
    case accountSign(user: LogicalID, AccountSign)
    /// Somebody signed out.
    case signedOut(session: LogicalID)
    /// Values of a collection that are of no use any more were removed for good; the mark of the collection says so.
    case swept(collection: String, mark: LogicalID, count: Int)
    /// A session came to its end by itself.
    case sessionEnded(session: LogicalID, user: LogicalID, SessionEnding)
    /// An account was made.
    case userAdded(user: LogicalID, Role)
    /// An account was disabled, and its sessions ended.
    case userDisabled(user: LogicalID)
    /// An account was enabled.
    case userEnabled(user: LogicalID)
    /// An account's password was taken back, and its second factor or not, and its sessions ended; a link was made.
    case userReset(user: LogicalID, isSecondFactorKept: Bool)
    /// The person used the link of a reset: they chose a password and showed the second factor.
    case resetUsed(user: LogicalID)
    /// A person was invited: the account is there and waits for them.
    case userInvited(user: LogicalID, Role)
    /// The person chose a password and proved a second factor.
    case userActivated(user: LogicalID)
    /// A link that opens no account, or not any more, was tried.
    case activationRefused
    /// An account was given another role, and its sessions ended.
    case roleChanged(user: LogicalID, from: Role, to: Role)
    /// The organisation's provider made an account for somebody who has a role there.
    case userProvisioned(user: LogicalID, Role)
    /// It was said, or taken back, whom the organisation's provider means by an account.
    case externallyLinked(user: LogicalID)
    /// The record that stands for the person was set.
    case userLinked(user: LogicalID)
    /// The person changed their password, and their other sessions ended.
    case passwordChanged(user: LogicalID)
    /// A change that asks for proof of who it is was refused.
    case proofRefused(user: LogicalID, SignInFault)
    /// New recovery codes were made; the old ones work no more.
    case recoveryCodesMade(user: LogicalID, count: Int)
    /// The person set another authenticator app up in place of the one before.
    case appReplaced(user: LogicalID)
    /// A recovery code was used up.
    case recoveryCodeUsed(user: LogicalID, left: Int)
    /// Something happened to a passkey.
    case passkey(PasskeyFact)
    /// The person showed a factor anew; the session goes on under another token.
    case steppedUp(session: LogicalID)
    /// Every session of an account, and what every application was allowed by it, ended at once; so many.
    case everythingEnded(user: LogicalID, count: Int)
    /// What an account allowed applications was listed.
    case grantsListed(user: LogicalID, count: Int)
    /// The sessions of an account were listed.
    case sessionsListed(user: LogicalID, count: Int)
    /// Something happened to an application or its tokens.
    case client(ClientFact)
    /// A session was ended by the person elsewhere, or by an administrator.
    case sessionRevoked(session: LogicalID, user: LogicalID)
    /// A request was refused before anybody asked what it wants.
    case requestRefused(status: Int, path: String)
    /// An address makes so many of them that further ones are not told of for now.
    case requestsNotTold
    /// So many attempts were turned away unseen that have no entry of their own.
    case notTold(Untold, count: Int)
    /// The accounts were listed.
    case usersListed(count: Int)
}

extension IdentityFact {
    /// Whether the entry names another record than the one that it is committed with: a person's account in place of their
    /// passkey, an app in place of a launch. Such an entry has no digest, for it would be taken for that of the record that
    /// it names.
    var tellsOfAnother: Bool {
        switch self {
        case .passkey(.added), .passkey(.removed), .passkey(.countedBack), .client(.launched): true
        default: false
        }
    }
}

/// Why a sign-in was refused. It goes into the audit log; the person is told one thing whatever it was.
enum SignInFault: String, Sendable, Hashable, CaseIterable {
    case unknownName = "unknown-name"
    case wrongPassword = "wrong-password"
    case wrongCode = "wrong-code"
    /// The code was right and had been used, or an older one than it.
    case usedCode = "used-code"
    /// The answer of the organisation's provider does not hold.
    case wrongProviderAnswer = "provider"
    /// Nobody here is linked to who it is by the provider.
    case unlinked
    /// The provider gives them no role.
    case noRole = "no-role"
    /// The provider did not ask for a second factor, and the account has none here.
    case secondFactorMissing = "second-factor-missing"
    /// The answer of a passkey does not hold, or it is nobody's.
    case wrongPasskey = "wrong-passkey"
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
