internal import WardDatabase
internal import WardVault

/// What persons allowed applications, for those who may see and end it.
struct GrantRegister: Sendable {
    let grants: any CollectionStore<Grant>
    let clients: any CollectionStore<Client>
    let tokens: AccessTokenCache
    let trail: IdentityTrail
    let clock: any WallClock

    /// What is good at this moment of what a person allowed, the newest first. Nothing is good that an older
    /// ``User/sessionEpoch`` or ``Client/epoch`` is of.
    func live(of user: CollectionItem<User>) async throws -> [GrantSummary] {
        let now = clock.now()
        var found: [GrantSummary] = []
        for item in try await grants.find("user", user.id.text)
        where item.value.isLive(at: now) && item.value.userEpoch == user.value.sessionEpoch {
            guard let id = LogicalID(item.value.client), let client = try await clients.get(id),
                client.value.status == .approved, client.value.epoch == item.value.clientEpoch
            else { continue }
            found.append(GrantSummary(item, client))
        }
        return found.sorted { $0.createdAt > $1.createdAt }
    }

    /// Ends a grant and its tokens, at once.
    /// - Parameter user: whose it must be; nil: it is the caller's own.
    /// - Returns: false where there is none, or it was over.
    func end(_ id: LogicalID, ownedBy user: LogicalID?, _ cause: GrantEnding, _ actor: TrailActor) async throws -> Bool {
        guard let item = try await grants.get(id), user.map({ item.value.user == $0.text }) ?? true else { return false }
        return try await revoke(item, cause, actor)
    }

    /// Ends a grant and its tokens, at once. False where it was over.
    @discardableResult
    func revoke(_ grant: CollectionItem<Grant>, _ cause: GrantEnding, _ actor: TrailActor) async throws -> Bool {
        var item = grant
        for _ in 0..<16 {
            guard !item.value.isRevoked else { return false }
            var value = item.value
            value.isRevoked = true
            do {
                let event = try trail.outbox(
                    .client(.grantEnded(grant: item.id, client: item.value.client, cause)), actor)
                try await grants.put(item.id, value, expecting: item.version, events: [event])
                tokens.forget(grant: item.id)
                return true
            } catch let error as DatabaseError where error.code == .versionConflict {
                guard let newer = try await grants.get(item.id) else { return false }
                item = newer
            }
        }
        throw DatabaseError(.unavailable, "end of a grant: too many writes at once")
    }
}
