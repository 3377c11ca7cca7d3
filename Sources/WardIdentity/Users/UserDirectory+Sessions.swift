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

    /// Ends one session of an account, or all of them, at once.
    package func endSessions(
        name: String, session: LogicalID?, by caller: Caller
    ) async throws(UserDirectoryError) {
        try await wrapping {
            let item = try await self.item(name)
            let all = try await self.register.summaries(of: item, current: nil).map(\.id)
            if let session, !all.contains(session) { throw UserDirectoryError(.noSuchSession) }
            for id in session.map({ [$0] }) ?? all {
                let event = try self.trail.outbox(.sessionRevoked(session: id, user: item.id), TrailActor(caller))
                let wasLive = try await self.register.end(id, ownedBy: item.id, events: [event])
                guard wasLive || session == nil else { throw UserDirectoryError(.noSuchSession) }
            }
        }
    }
}
