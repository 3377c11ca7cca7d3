public import WardDatabase
internal import WardKeys

/// A data key as a verification sees it: whose it is, and whether it opens.
public struct HeldKey: Sendable {
    public var use: KeyUse
    /// Microseconds since 1970-01-01T00:00:00Z.
    public var createdAt: Int64
    /// Whether it opens under the tenant's keys and is the one that was committed to.
    public var isSound: Bool

    /// Its place in the order of the key store.
    public var place: WrappedKeyPlace { WrappedKeyPlace(patient: use.patient, version: use.version) }
}

extension Vault {
    /// The tenant's data keys after a place, each opened once and forgotten; at most `limit`.
    /// - Throws: ``VaultError`` with `.keysUnavailable` where the key store cannot be read.
    public func heldKeys(after place: WrappedKeyPlace?, limit: Int) async throws(VaultError) -> [HeldKey] {
        do throws(KeyError) {
            return try await keys.held(after: place, limit: limit)
        } catch {
            throw Self.failure(error, record: nil)
        }
    }

    /// What of the key store's own tables and rows is not as its engine makes it, and keys of others than its tenant.
    /// - Throws: ``VaultError`` with `.keysUnavailable` where the key store cannot be read.
    public func keyFlaws() async throws(VaultError) -> [StoreFlaw] {
        do throws(DatabaseError) {
            return try await keys.store.flaws(tenant: tenant)
        } catch {
            throw Self.failure(DataKeyring.failure(error), record: nil)
        }
    }

    /// Versions of the key-encryption key before the newest that are still there.
    public var olderKeyEncryptionKeys: [UInt32] { keys.tenant.olderVersions }

    /// The versions of the key-encryption key that data keys lie under.
    /// - Throws: ``VaultError`` with `.keysUnavailable`, `.notAuthentic` where that cannot be told of a row.
    public func wrappingKeys() async throws(VaultError) -> Set<UInt32> {
        do throws(KeyError) {
            return Set(try await keys.counts().keys)
        } catch {
            throw Self.failure(error, record: nil)
        }
    }
}

extension DataKeyring {
    func held(after place: WrappedKeyPlace?, limit: Int) async throws(KeyError) -> [HeldKey] {
        var held: [HeldKey] = []
        for row in try await rows(after: place, limit: limit) {
            var isSound = opens(row)
            // A rotation may have moved it on since it was read, or a shredding destroyed it.
            if !isSound {
                guard let again = try await stored(row) else { continue }
                isSound = opens(again)
            }
            held.append(HeldKey(
                use: KeyUse(patient: row.patient, version: row.version), createdAt: row.createdAt, isSound: isSound))
        }
        return held
    }

    private func opens(_ row: WrappedKeyRow) -> Bool {
        (try? tenant.unwrap(WrappedDataKey(
            owner: DataKeyOwner(tenant: row.tenant.rawValue, patient: row.patient?.text), version: row.version,
            kekVersion: row.kekVersion, wrapped: row.wrapped, commitment: row.commitment))) != nil
    }

    /// What the store holds of a key now; nil where it is gone. Beside a row that is damaged nothing of its owner is read anew.
    private func stored(_ row: WrappedKeyRow) async throws(KeyError) -> WrappedKeyRow? {
        do throws(DatabaseError) {
            return try await store.keys(of: row.patient, tenant: row.tenant).first { $0.version == row.version }
        } catch {
            if error.code == .damaged { return row }
            throw Self.failure(error)
        }
    }
}
