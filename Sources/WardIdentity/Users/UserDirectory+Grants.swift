package import WardDatabase
internal import WardVault

extension UserDirectory {
    /// What an account allowed applications and is good at this moment, the newest first.
    package func grants(name: String, by caller: Caller) async throws(UserDirectoryError) -> [GrantSummary] {
        try await wrapping {
            let item = try await self.item(name)
            let found = try await self.ending.grants.live(of: item)
            try await self.trail.record(.grantsListed(user: item.id, count: found.count), TrailActor(caller))
            return found
        }
    }

    /// Ends what an application was allowed, and its tokens, at once.
    package func endGrant(
        name: String, grant: LogicalID, by caller: Caller
    ) async throws(UserDirectoryError) {
        try await wrapping {
            let item = try await self.item(name)
            guard
                try await self.ending.grants.end(grant, ownedBy: item.id, .byAdministrator, TrailActor(caller))
            else { throw UserDirectoryError(.noSuchGrant) }
        }
    }
}
