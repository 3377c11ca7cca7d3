internal import WardDatabase
internal import WardVault

/// What people let applications do, and an end to everything at once.
extension OwnAccount {
    /// What the caller allowed applications and is good at this moment, the newest first.
    public func grants(_ caller: Caller) async throws(OwnAccountError) -> [GrantSummary] {
        try await OwnAccountError.wrapping {
            let item = try await self.account(caller)
            let found = try await self.grants.live(of: item)
            try await self.listings.record(.grantsListed(user: item.id, count: found.count), of: item.id, TrailActor(caller))
            return found
        }
    }

    /// Takes back what an application was allowed: its tokens are over at once.
    /// - Throws: ``OwnAccountError`` with `.notFound` where the caller allowed no such thing.
    public func endGrant(_ name: String, _ caller: Caller) async throws(OwnAccountError) {
        try await OwnAccountError.wrapping {
            try self.requireTwoFactors(caller)
            let item = try await self.account(caller)
            guard let id = LogicalID(name), try await self.grants.end(id, ownedBy: item.id, .byPerson, TrailActor(caller)) else {
                throw OwnAccountError(.notFound)
            }
        }
    }

    /// Ends every session of the caller, this one too, and takes back what every application was allowed.
    public func endEverything(_ caller: Caller) async throws(OwnAccountError) {
        try await OwnAccountError.wrapping {
            try self.requireTwoFactors(caller)
            let item = try await self.account(caller)
            try await self.ending.run(item.id, .byPerson, TrailActor(caller))
        }
    }
}
