public import WardDatabase

/// What a person needs to sign in for the first time. Told once; only the account's own sealed record holds it from
/// then on, the password only as a hash.
public struct NewCredentials: Sendable, CustomStringConvertible, CustomReflectable {
    /// The account, for ever.
    public let id: LogicalID
    /// The name as written.
    public let name: String
    /// What they are to this house.
    public let role: Role
    /// The password, if it was made here; nil if it was given or stays as it was.
    public let password: String?
    /// `otpauth://totp/…` for an authenticator app; nil where the second factor stays as it was. It holds the secret.
    public let totpURI: String?

    /// Without the secrets.
    public var description: String { "NewCredentials" }
    /// Empty: a dump must not show the secrets.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
