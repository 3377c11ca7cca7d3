/// Who must show a passkey: people of some roles, and people of whom it was said.
struct PasskeyDemand: Sendable {
    /// The roles.
    let roles: Set<Role>

    /// Whether somebody who has shown these factors still owes a passkey.
    func isOwed(by user: User, having factors: [Factor]) -> Bool {
        isMade(of: user) && !factors.contains(.passkey)
    }

    /// Whether it is demanded of somebody.
    func isMade(of user: User) -> Bool { user.requiresPasskey || roles.contains(user.role) }
}
