internal import Crypto

/// Everything of a tenant in `keyring.key`, also what stands there in the clear, is authenticated under the newest key-encryption key:
/// times, from which it is told what is due and what is over, the state of rotations, and that nothing is left out or added.
///
/// An older file that was whole in its time still holds: what shows that is what lies beside it (`docs/THREAT-MODEL.md`).
extension KeyringFile.Tenant {
    /// `HMAC-SHA256` under the `keyring` key that is derived from the newest key-encryption key, over ``canonical(application:)``.
    func code(application: String, _ derived: [KeyPurpose: SymmetricKey]?) throws(KeyError) -> [UInt8] {
        guard let key = derived?[.keyring] else { throw KeyError(.unknownKey, "keyring") }
        return canonical(application: application).withUnsafeBytes { message in
            KeyedHash(key).withCode(of: message) { Array($0) }
        }
    }

    /// `"kr/v1" ‖ LP(application) ‖ u32 tenant`, then each list as its u32 count and its members, then the rotation of data keys as
    /// u8 0, or u8 1 ‖ i64 begun-at ‖ u8 finished.
    private func canonical(application: String) -> [UInt8] {
        var canonical = CanonicalBytes("kr/v1", capacity: 4_096)
        canonical.lengthPrefixed(application)
        canonical.integer(tenant)
        canonical.integer(UInt32(keks.count))
        for kek in keks {
            canonical.integer(kek.version)
            canonical.integer(kek.createdAt)
            canonical.lengthPrefixed(kek.provider)
            canonical.lengthPrefixed(kek.root)
            canonical.integer(kek.rootVersion)
            canonical.lengthPrefixed(kek.wrapped.bytes)
            canonical.lengthPrefixed(kek.commitment.bytes)
        }
        canonical.integer(UInt32(indexes.count))
        for index in indexes {
            canonical.integer(index.epoch)
            canonical.integer(index.createdAt)
            canonical.integer(index.kekVersion)
            canonical.lengthPrefixed(index.authenticatedData(tenant: tenant))
            canonical.lengthPrefixed(index.wrapped.bytes)
            canonical.lengthPrefixed(index.commitment.bytes)
        }
        for list in [retained, tokens] {
            canonical.integer(UInt32(list?.count ?? 0))
            for key in list ?? [] {
                canonical.integer(key.createdAt)
                canonical.integer(key.kekVersion)
                canonical.lengthPrefixed(key.authenticatedData(tenant: tenant))
                canonical.lengthPrefixed(key.wrapped.bytes)
                canonical.lengthPrefixed(key.commitment.bytes)
            }
        }
        canonical.integer(UInt8(dataKeys == nil ? 0 : 1))
        if let dataKeys {
            canonical.integer(dataKeys.begunAt)
            canonical.integer(UInt8(dataKeys.isFinished ? 1 : 0))
        }
        return canonical.bytes
    }
}

extension KeyringDocuments {
    /// Authenticates each tenant anew, with its keys as they are open.
    mutating func seal(with opened: OpenedKeyring) throws(KeyError) {
        for place in keyring.tenants.indices {
            let keys = opened.tenants[keyring.tenants[place].tenant]
            let code = try keyring.tenants[place].code(
                application: keyring.application, keys.flatMap { $0.derived[$0.newestVersion] })
            keyring.tenants[place].code = Base64Bytes(code)
        }
    }

    /// - Throws: ``KeyError`` with `.authentication` where somebody without the keys wrote into the file.
    func checkSeals(with opened: OpenedKeyring) throws(KeyError) {
        var expected = self
        try expected.seal(with: opened)
        for (tenant, other) in zip(keyring.tenants, expected.keyring.tenants) {
            guard let code = tenant.code, let wanted = other.code, Derivation.isEqual(code.bytes, wanted.bytes) else {
                throw KeyError(.authentication, "keyring.key was changed by somebody who has not its keys")
            }
        }
    }
}
