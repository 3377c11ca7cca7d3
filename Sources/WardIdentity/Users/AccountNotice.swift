/// Something about their account that a person should know, told on the page of the account.
public struct AccountNotice: Codable, Sendable, Hashable {
    /// What it was.
    public let kind: Kind
    /// Microseconds since 1970-01-01T00:00:00Z.
    public let at: Int64
    /// The network address that it came from; `local` for a command on the server's own machine.
    public let source: String

    /// What there is to tell.
    public enum Kind: String, Codable, Sendable, Hashable, CaseIterable {
        /// A sign-in from a network that the account was never signed in from.
        case newPlace = "new-place"
        /// A sign-in by a browser that the account was never signed in from.
        case newDevice = "new-device"
        /// Somebody knew the password and had a wrong code or passkey.
        case secondFactorRefused = "second-factor-refused"
        /// Every session and every application's access ended at once.
        case everythingEnded = "everything-ended"
        /// Another password, by the person.
        case passwordChanged = "password-changed"
        /// An administrator took the password back; the link of the reset sets another.
        case passwordReset = "password-reset"
        /// Another second factor, by an administrator.
        case factorReset = "factor-reset"
        /// Another authenticator app, by the person.
        case appReplaced = "app-replaced"
        /// A passkey more.
        case passkeyAdded = "passkey-added"
        /// A passkey less.
        case passkeyRemoved = "passkey-removed"
        /// New recovery codes.
        case recoveryCodesMade = "recovery-codes-made"
        /// A recovery code in place of the second factor.
        case recoveryCodeUsed = "recovery-code-used"
    }

    /// How many are kept.
    static let limit = 20
}

extension User {
    /// Keeps something for the person to see, unless the same stands there since less than an hour: a flood of one kind must not
    /// push the others out.
    /// - Returns: whether it was kept.
    mutating func noteOnce(_ kind: AccountNotice.Kind, now: Int64, source: String) -> Bool {
        guard !notices.contains(where: { $0.kind == kind && now - $0.at < 3_600_000_000 }) else { return false }
        note(kind, now: now, source: source)
        return true
    }

    /// Keeps something for the person to see; the oldest goes where there are too many.
    mutating func note(_ kind: AccountNotice.Kind, now: Int64, source: String) {
        notices = (notices + [AccountNotice(kind: kind, at: now, source: source)]).suffix(AccountNotice.limit)
    }
}
