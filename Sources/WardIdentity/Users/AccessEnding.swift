internal import WardDatabase
internal import WardVault

/// Ends everything at once by which somebody acts as an account: its sessions, and what applications were allowed.
///
/// The account's ``User/sessionEpoch`` rises first: from then on nothing older is good, also where a kill leaves the records of it
/// behind. Each session and each grant has an entry of its own besides.
struct AccessEnding: Sendable {
    let users: any CollectionStore<User>
    let register: SessionRegister
    let grants: GrantRegister
    let trail: IdentityTrail
    let clock: any WallClock

    /// Ends all of this account. By hand of the person or of an administrator, as `cause` says.
    func run(_ account: LogicalID, _ cause: GrantEnding, _ actor: TrailActor) async throws {
        for _ in 0..<16 {
            guard let item = try await users.get(account) else { return }
            let sessions = try await register.summaries(of: item, current: nil).map(\.id)
            let allowed = try await grants.live(of: item).map(\.id)
            var user = item.value
            user.sessionEpoch += 1
            user.note(.everythingEnded, now: clock.now(), source: actor.source)
            do {
                let event = try trail.outbox(.everythingEnded(user: account, count: sessions.count + allowed.count), actor)
                try await users.put(account, user, expecting: item.version, events: [event])
            } catch let error as DatabaseError where error.code == .versionConflict {
                continue
            }
            try await register.endAll(of: account) { session in
                sessions.contains(session)
                    ? try trail.outbox(.sessionRevoked(session: session, user: account), actor) : nil
            }
            for grant in allowed { _ = try await grants.end(grant, ownedBy: account, cause, actor) }
            return
        }
        throw DatabaseError(.unavailable, "end of an account's sessions: too many writes at once")
    }
}
