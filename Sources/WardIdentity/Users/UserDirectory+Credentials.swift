public import WardDatabase
internal import WardVault

extension UserDirectory {
    /// When the credentials of an account were set last, in microseconds since 1970-01-01T00:00:00Z; nil where there is
    /// no such account.
    public func credentialsChangedAt(of user: LogicalID) async throws -> Int64? {
        try await users.get(user)?.value.credentialsChangedAt
    }
}
