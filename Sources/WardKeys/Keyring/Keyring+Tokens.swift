internal import Crypto

extension Keyring {
    /// How many keys that sign tokens there may be at a time.
    private static let tokenKeyLimit = 16

    /// Makes a new key that signs a tenant's tokens: tokens are signed with it from now on. Older keys verify what is
    /// under way, until ``retireTokens(_:keeping:now:telling:)`` finds that no token of theirs can be alive.
    /// - Parameters:
    ///   - keeping: how long a key is kept after the next one was made: longer than any token lives.
    ///   - now: microseconds since 1970-01-01T00:00:00Z.
    /// - Throws: ``KeyError``, with `.unavailable` where too many were made within that time; nothing changed then.
    public func rotateTokens(_ tenant: UInt32, keeping: Duration, now: Int64) async throws(KeyError) -> KeyChange {
        let keys = try self.tenant(tenant)
        return try await change { documents throws(KeyError) in
            guard let place = documents.keyring.tenants.firstIndex(where: { $0.tenant == tenant }) else {
                throw KeyError(.unknownKey, "tenant \(tenant)")
            }
            var held = documents.keyring.tenants[place]
            var begun = held.tokens ?? []
            if begun.isEmpty { begun = try derivedTokens(held, keys, now) }
            let (kept, gone) = Self.sorted(begun, keeping, now)
            guard kept.count < Self.tokenKeyLimit else {
                throw KeyError(.unavailable, "too many token keys were made in a short time; call again later")
            }
            let version = (begun.map(\.version).max() ?? 0) + 1
            held.tokens = kept + [try token(random.key(), version, now, held.tenant, keys)]
            held.retained?.removeAll { $0.purpose == KeyPurpose.tokenSigning.rawValue }
            documents.keyring.tenants[place] = held
            return KeyChange(
                made: [Self.tokenID(tenant, version)], destroyed: gone.map { Self.tokenID(tenant, $0.version) })
        }
    }

    /// Destroys the keys whose tokens are all over.
    /// - Parameters: as for ``rotateTokens(_:keeping:now:)``; `telling`: see ``KeysToDestroy``.
    /// - Throws: ``KeyError``; nothing changed then.
    public func retireTokens(
        _ tenant: UInt32, keeping: Duration, now: Int64, telling: KeysToDestroy? = nil
    ) async throws(KeyError) -> KeyChange {
        guard let held = documents.keyring.tenants.first(where: { $0.tenant == tenant })?.tokens,
            !Self.sorted(held, keeping, now).gone.isEmpty
        else { return KeyChange() }
        return try await change { documents throws(KeyError) in
            guard let place = documents.keyring.tenants.firstIndex(where: { $0.tenant == tenant }) else {
                throw KeyError(.unknownKey, "tenant \(tenant)")
            }
            let (kept, gone) = Self.sorted(documents.keyring.tenants[place].tokens ?? [], keeping, now)
            documents.keyring.tenants[place].tokens = kept
            let destroyed = gone.map { Self.tokenID(tenant, $0.version) }
            try await tell(telling, of: destroyed)
            return KeyChange(destroyed: destroyed)
        }
    }

    /// Wraps the keys that sign tokens under a new key-encryption key; nil where there are none of their own.
    func tokens(
        _ held: KeyringFile.Tenant, _ keys: TenantKeys, _ kekVersion: UInt32, _ derived: [KeyPurpose: SymmetricKey]
    ) throws(KeyError) -> [KeyringFile.Retained]? {
        guard let tokens = held.tokens else { return nil }
        var moved: [KeyringFile.Retained] = []
        for token in tokens {
            let key = try token.open(tenant: held.tenant, keys.derived(token.kekVersion))
            moved.append(
                try .make(
                    key, purpose: KeyringFile.tokenPurpose, version: token.version, createdAt: token.createdAt,
                    tenant: held.tenant, kekVersion: kekVersion, derived, random))
        }
        return moved
    }

    /// The id of a key that signs tokens in ``KeyringStatus``.
    static func tokenID(_ tenant: UInt32, _ version: UInt32) -> String { "tenant-\(tenant)/token/\(version)" }

    /// The derived keys that signed tokens so far, as keys of their own, so that their tokens go on to hold.
    private func derivedTokens(
        _ held: KeyringFile.Tenant, _ keys: TenantKeys, _ now: Int64
    ) throws(KeyError) -> [KeyringFile.Retained] {
        var tokens: [KeyringFile.Retained] = []
        for (index, key) in keys.tokenKeys.reversed().enumerated() {
            let createdAt = held.keks.last?.createdAt ?? now
            tokens.append(try token(key, UInt32(index + 1), createdAt, held.tenant, keys))
        }
        return tokens
    }

    private func token(
        _ key: SymmetricKey, _ version: UInt32, _ createdAt: Int64, _ tenant: UInt32, _ keys: TenantKeys
    ) throws(KeyError) -> KeyringFile.Retained {
        let newest = keys.newestVersion
        return try .make(
            key, purpose: KeyringFile.tokenPurpose, version: version, createdAt: createdAt, tenant: tenant,
            kekVersion: newest, keys.derived(newest), random)
    }

    /// What is still needed, and what is not: keys whose next one was made so long ago.
    private static func sorted(
        _ tokens: [KeyringFile.Retained], _ keeping: Duration, _ now: Int64
    ) -> (kept: [KeyringFile.Retained], gone: [KeyringFile.Retained]) {
        let (seconds, attoseconds) = keeping.components
        let lifetime = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        let first = zip(tokens, tokens.dropFirst()).prefix { now - $1.createdAt >= lifetime }.count
        return (Array(tokens[first...]), Array(tokens[..<first]))
    }
}
