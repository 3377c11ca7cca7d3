internal import WardDatabase
internal import WardVault

extension ExternalSignIn {
    private static let attempts = 16

    /// Begins the session of the account that is linked to whom the provider means.
    func accept(
        _ claims: ExternalClaims, _ provider: ExternalProvider, source: String, device: String?
    ) async throws -> (session: IssuedSession, isProven: Bool) {
        for _ in 0..<Self.attempts {
            do {
                let item = try await account(claims, provider, source: source)
                let factors: [Factor] = claims.hasSecondFactor ? [.provider, .providerSecondFactor] : [.provider]
                let session = try await signIn.accept(
                    item, factors, nil, source: source, channel: .browser, isFresh: isFresh(claims),
                    device: device)
                return (session, claims.hasSecondFactor)
            } catch let error as DatabaseError where error.code == .versionConflict {
                // The account changed meanwhile: look again.
                continue
            }
        }
        throw ExternalSignInError(.unavailable)
    }

    /// Whether both factors were shown within the last minutes, as the provider says.
    private func isFresh(_ claims: ExternalClaims) -> Bool {
        guard claims.hasSecondFactor, let at = claims.authenticatedAt else { return false }
        return (-60_000_000..<SessionPolicy.freshness).contains(clock.now() - at * 1_000_000)
    }

    private func account(
        _ claims: ExternalClaims, _ provider: ExternalProvider, source: String
    ) async throws -> CollectionItem<User> {
        let identity = ExternalIdentity(issuer: provider.issuer, subject: claims.subject, isManaged: true)
        let found = try await signIn.users.find("external", identity.key)
        guard let item = found.first else { return try await make(identity, claims, provider, source: source) }
        // Two accounts of one subject: nobody can say whose session it would be.
        guard found.count == 1, !item.value.isDisabled, item.value.invitation == nil, let link = item.value.external else {
            try await refuse(item.id, .disabled, source)
            throw ExternalSignInError(.noAccount)
        }
        guard link.isManaged else { return item }
        guard let role = claims.role else {
            try await refuse(item.id, .noRole, source)
            throw ExternalSignInError(.noRole)
        }
        guard claims.hasSecondFactor else {
            try await refuse(item.id, .secondFactorMissing, source)
            throw ExternalSignInError(.secondFactorMissing)
        }
        return role == item.value.role ? item : try await change(item, to: role, source)
    }

    /// An account for somebody who has a role there and none here. Its name must be free: one that is taken is another's.
    private func make(
        _ identity: ExternalIdentity, _ claims: ExternalClaims, _ provider: ExternalProvider, source: String
    ) async throws -> CollectionItem<User> {
        guard provider.makesAccounts, let name = claims.name.flatMap({ UserName($0) }),
            try await signIn.users.find("name", name.folded).isEmpty
        else {
            try await refuse(nil, .unlinked, source)
            throw ExternalSignInError(.noAccount)
        }
        guard let role = claims.role else {
            try await refuse(nil, .noRole, source)
            throw ExternalSignInError(.noRole)
        }
        guard claims.hasSecondFactor else {
            try await refuse(nil, .secondFactorMissing, source)
            throw ExternalSignInError(.secondFactorMissing)
        }
        let id = ids.id(for: name)
        // It has no password, and a second factor that nobody knows: the provider is the only door until an administrator
        // opens another.
        var user = User(
            name: name, role: role, passwordHash: "", totpSecret: TOTP.makeSecret(), createdAt: clock.now())
        user.external = identity
        let actor = TrailActor(source: source, tenant: signIn.tenant, subject: .user(id, name: name.text), role: role)
        let event = try signIn.trail.outbox(.userProvisioned(user: id, role), actor)
        return try await signIn.users.put(id, user, expecting: nil, events: [event])
    }

    /// The organisation gives somebody another role: nothing of the old one is left.
    private func change(
        _ item: CollectionItem<User>, to role: Role, _ source: String
    ) async throws -> CollectionItem<User> {
        let actor = TrailActor(
            source: source, tenant: signIn.tenant, subject: .user(item.id, name: item.value.name), role: role)
        let event = try signIn.trail.outbox(.roleChanged(user: item.id, from: item.value.role, to: role), actor)
        var user = item.value
        user.role = role
        user.sessionEpoch += 1
        let written = try await signIn.users.put(item.id, user, expecting: item.version, events: [event])
        try await signIn.register.endAll(of: item.id)
        return written
    }
}
