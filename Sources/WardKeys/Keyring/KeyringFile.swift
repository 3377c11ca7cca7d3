/// The file `keyring.key`: each tenant's key-encryption keys and index keys, wrapped.
///
/// Form: ``CheckedDocument`` of format `ward-keyring`, version 2, with the members below. The key-encryption keys are
/// wrapped by the key provider under ``KeyContext`` {application, tenant, `kek`, version}; the index keys by the
/// tenant's `index` key (AES-256-GCM, `nonce ‖ ciphertext ‖ tag`) with ``Index/authenticatedData(tenant:)``; retained
/// keys by its `retain` key in the same form.
/// Commitments are `HKDF-SHA256(key, "commit")`.
struct KeyringFile: Codable, Sendable {
    /// Version 1 lacked ``Tenant/code``, and reading it would allow anybody to leave that out.
    static let document = CheckedDocument<KeyringFile>(format: "ward-keyring", version: 2, oldest: 2)

    /// The application's name in every context: `ward/ENVIRONMENT/DEPLOYMENT`.
    var application: String
    var tenants: [Tenant]

    /// One tenant's keys.
    struct Tenant: Codable, Sendable {
        var tenant: UInt32
        /// Oldest version first.
        var keks: [ProviderWrapped]
        /// Oldest epoch first.
        var indexes: [Index]
        /// Derived keys that outlive their key-encryption key; absent where there are none.
        var retained: [Retained]?
        /// Keys that sign tokens, oldest version first; absent until the first of them is made: until then tokens are
        /// signed with what is derived from the key-encryption key.
        var tokens: [Retained]?
        /// The newest rotation of data keys; absent where there was none.
        var dataKeys: KeyringStatus.DataKeyRotation?
        /// Authenticates all of the above; nil only until the file is written.
        var code: Base64Bytes?
    }

    /// What stands as the purpose of a key that signs tokens.
    static let tokenPurpose = "token"

    /// A key that was derived from a key-encryption key of an older version and is still needed, so that the older
    /// version itself can be destroyed; or a key that signs tokens.
    struct Retained: Codable, Sendable {
        /// The raw value of a ``KeyPurpose``, or ``tokenPurpose``.
        var purpose: String
        /// The version of the key-encryption key that it was derived from; that of the key itself where it signs tokens.
        var version: UInt32
        /// Microseconds since 1970-01-01T00:00:00Z: when that version was made.
        var createdAt: Int64
        /// The version whose `retain` key wraps it.
        var kekVersion: UInt32
        var wrapped: Base64Bytes
        var commitment: Base64Bytes

        /// `"rk/v1" ‖ LP(tenant) ‖ LP(purpose) ‖ u32 version`.
        func authenticatedData(tenant: UInt32) -> [UInt8] {
            var canonical = CanonicalBytes("rk/v1")
            canonical.lengthPrefixed(tenant.bigEndianBytes)
            canonical.lengthPrefixed(purpose)
            canonical.integer(version)
            return canonical.bytes
        }
    }

    /// An index key.
    struct Index: Codable, Sendable {
        var epoch: UInt32
        var partitions: UInt8
        /// What the epoch indexes, as its user wrote it; absent in epochs that were made without.
        var policy: String?
        /// Microseconds since 1970-01-01T00:00:00Z.
        var createdAt: Int64
        var kekVersion: UInt32
        var wrapped: Base64Bytes
        var commitment: Base64Bytes

        /// `"ik/v1" ‖ LP(tenant) ‖ u32 epoch ‖ u8 partitions`, and `LP(policy)` where there is one.
        func authenticatedData(tenant: UInt32) -> [UInt8] {
            var canonical = CanonicalBytes("ik/v1")
            canonical.lengthPrefixed(tenant.bigEndianBytes)
            canonical.integer(epoch)
            canonical.integer(partitions)
            if let policy { canonical.lengthPrefixed(policy) }
            return canonical.bytes
        }
    }
}

/// The file `log.key`: the keys that sign the audit log, apart from all data keys, so that they can be given to another
/// keeper.
///
/// Form: ``CheckedDocument`` of format `ward-log-key`, version 2; version 1 is the same without keys that were retired.
/// The private keys are wrapped by the key provider under ``KeyContext`` {application, 0, `log`, version}; the public
/// keys are in the clear. Those retired come first, then the one that signs, then at most one that is about to.
struct LogKeyFile: Codable, Sendable {
    static let document = CheckedDocument<LogKeyFile>(format: "ward-log-key", version: 2)

    var application: String
    /// The keys' name in signed notes.
    var name: String
    /// Oldest version first.
    var keys: [Key]

    /// One version.
    struct Key: Codable, Sendable {
        var publicKey: Base64Bytes
        /// Nil of a key that was retired: it is destroyed.
        var privateKey: ProviderWrapped?
        /// What is left of a key that was retired.
        var retired: Retired?

        var version: UInt32 { privateKey?.version ?? retired?.version ?? 0 }
        var createdAt: Int64 { privateKey?.createdAt ?? retired?.createdAt ?? 0 }
    }

    /// A key that signs no more.
    struct Retired: Codable, Sendable {
        var version: UInt32
        /// Microseconds since 1970-01-01T00:00:00Z: when it was made.
        var createdAt: Int64
        /// The last checkpoint that it signed, which its successor signed too: a signed note.
        var handover: Base64Bytes
    }

    /// Where the key stands that signs now; the one after it, if there is one, is about to.
    var signing: Int? { keys.firstIndex { $0.privateKey != nil } }
}

/// A ``WrappedKey`` with its version and age, as files hold it.
struct ProviderWrapped: Codable, Sendable {
    var version: UInt32
    /// Microseconds since 1970-01-01T00:00:00Z.
    var createdAt: Int64
    var provider: String
    var root: String
    var rootVersion: UInt32
    var wrapped: Base64Bytes
    var commitment: Base64Bytes

    init(_ key: WrappedKey, version: UInt32, createdAt: Int64, commitment: [UInt8]) {
        self.version = version
        self.createdAt = createdAt
        provider = key.provider
        root = key.root
        rootVersion = key.rootVersion
        wrapped = Base64Bytes(key.bytes)
        self.commitment = Base64Bytes(commitment)
    }

    var key: WrappedKey {
        WrappedKey(provider: provider, root: root, rootVersion: rootVersion, bytes: wrapped.bytes)
    }
}
