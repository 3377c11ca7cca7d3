package import WardDatabase
internal import WardVault

extension UserDirectory {
    /// The live sessions of an account, the newest first.
    package func sessions(
        name: String, by caller: Caller
    ) async throws(UserDirectoryError) -> [SessionSummary] {
        try await wrapping {
            let item = try await self.item(name)
            let found = try await self.register.summaries(of: item, current: caller.session)
            try await self.trail.record(.sessionsListed(user: item.id, count: found.count), TrailActor(caller))
            return found
        }
    }

    /// Ends one session of an account, or everything by which somebody acts as it, at once: then also what applications were
    /// allowed, and their tokens.
    package func endSessions(
        name: String, session: LogicalID?, by caller: Caller
    ) async throws(UserDirectoryError) {
        try await wrapping {
            let item = try await self.item(name)
            guard let session else {
                try await self.ending.run(item.id, .byAdministrator, TrailActor(caller))
                return
            }
            let live = try await self.register.summaries(of: item, current: nil).map(\.id)
            let event = try self.trail.outbox(.sessionRevoked(session: session, user: item.id), TrailActor(caller))
            guard live.contains(session), try await self.register.end(session, ownedBy: item.id, events: [event]) else {
                throw UserDirectoryError(.noSuchSession)
            }
        }
    }
}
