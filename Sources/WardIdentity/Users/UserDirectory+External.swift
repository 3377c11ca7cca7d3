internal import WardDatabase
internal import WardVault

extension UserDirectory {
    /// Says whom the organisation's provider means by an account; nil takes it away. The sessions of the account end before
    /// this returns. An account that the provider made and that it loses has no way in until it is reset.
    package func setExternal(
        name: String, subject: String?, issuer: String, by caller: Caller
    ) async throws(UserDirectoryError) -> UserSummary {
        let link = subject.map { ExternalIdentity(issuer: issuer, subject: $0, isManaged: false) }
        if let link {
            guard ExternalIdentity.isSubject(link.subject) else { throw UserDirectoryError(.subjectInvalid) }
            let owner = try await wrapping { try await self.item(name).id }
            let others = try await wrapping { try await self.users.find("external", link.key) }
            guard others.allSatisfy({ $0.id == owner }) else { throw UserDirectoryError(.subjectTaken) }
        }
        return try await change(name, endsSessions: true, by: caller, { .externallyLinked(user: $0) }) { user in
            user.external = link
        }
    }
}
