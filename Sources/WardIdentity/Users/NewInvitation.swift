public import WardDatabase

/// A one-time link to an account that waits for its person. The token is told once and is not kept.
public struct NewInvitation: Sendable, CustomStringConvertible, CustomReflectable {
    /// The account, for ever.
    public let id: LogicalID
    /// The name as written.
    public let name: String
    /// What they will be to this house.
    public let role: Role
    /// What goes into the link: `/auth/activate?invitation=TOKEN`.
    public let token: String
    /// Until when it opens the account; microseconds since 1970-01-01T00:00:00Z.
    public let expiresAt: Int64

    /// Without the token.
    public var description: String { "NewInvitation" }
    /// Empty: a dump must not show the token.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
