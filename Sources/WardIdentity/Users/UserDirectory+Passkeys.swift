extension UserDirectory {
    /// Says whether a person must show a passkey. Their sessions end before this returns; without a passkey nothing is
    /// open to them from then on but to register one.
    package func requirePasskey(
        name: String, isRequired: Bool, by caller: Caller
    ) async throws(UserDirectoryError) -> UserSummary {
        try await change(
            name, endsSessions: true, by: caller, { .passkey(.demanded(user: $0, isDemanded: isRequired)) }
        ) { user in
            user.requiresPasskey = isRequired
        }
    }
}
