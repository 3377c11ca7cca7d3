internal import Crypto

extension Keyring {
    /// Largest policy, in bytes.
    private static let policyBytes = 32_768

    /// Makes the key of a new epoch of a tenant's index: new tokens are made under it at once, and queries ask for those
    /// of both epochs until ``retireIndexes(_:before:telling:)``. Nothing happens while an earlier change has not ended.
    /// - Parameters:
    ///   - partitions: in how many parts the tokens of patients are split, 1 to 64.
    ///   - policy: what the epoch indexes; whoever makes the terms gives it its meaning.
    ///   - now: microseconds since 1970-01-01T00:00:00Z.
    /// - Throws: ``KeyError``; nothing changed then.
    public func beginIndex(
        _ tenant: UInt32, partitions: UInt8, policy: String, now: Int64
    ) async throws(KeyError) -> KeyChange {
        let keys = try self.tenant(tenant)
        guard policy.utf8.count <= Self.policyBytes else { throw KeyError(.newerFormat, "policy of an index") }
        return try await change { documents throws(KeyError) in
            guard let place = documents.keyring.tenants.firstIndex(where: { $0.tenant == tenant }),
                let last = documents.keyring.tenants[place].indexes.last
            else { throw KeyError(.unknownKey, "tenant \(tenant)") }
            guard documents.keyring.tenants[place].indexes.count == 1 else { return KeyChange() }
            let version = keys.newestVersion
            let made = try KeyringFile.Index.make(
                random.key(), epoch: last.epoch + 1, partitions: min(max(partitions, 1), 64), policy: policy, now: now,
                tenant: tenant, kekVersion: version, keys.derived(version), random)
            documents.keyring.tenants[place].indexes.append(made)
            return KeyChange(made: ["tenant-\(tenant)/index/\(made.epoch)"])
        }
    }

    /// Destroys the index keys of epochs before this one: when no token of theirs is left.
    /// - Parameter telling: see ``KeysToDestroy``.
    /// - Throws: ``KeyError``; nothing changed then.
    public func retireIndexes(
        _ tenant: UInt32, before epoch: UInt32, telling: KeysToDestroy? = nil
    ) async throws(KeyError) -> KeyChange {
        guard let held = documents.keyring.tenants.first(where: { $0.tenant == tenant }),
            held.indexes.contains(where: { $0.epoch == epoch }), held.indexes.contains(where: { $0.epoch < epoch })
        else { return KeyChange() }
        return try await change { documents throws(KeyError) in
            var destroyed: [String] = []
            for place in documents.keyring.tenants.indices where documents.keyring.tenants[place].tenant == tenant {
                let gone = documents.keyring.tenants[place].indexes.filter { $0.epoch < epoch }
                documents.keyring.tenants[place].indexes.removeAll { $0.epoch < epoch }
                destroyed += gone.map { "tenant-\(tenant)/index/\($0.epoch)" }
            }
            try await tell(telling, of: destroyed)
            return KeyChange(destroyed: destroyed)
        }
    }
}
