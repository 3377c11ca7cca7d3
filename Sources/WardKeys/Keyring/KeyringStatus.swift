/// What keys a home has, how old they are and where they lie. It never holds a key's bytes.
public struct KeyringStatus: Sendable, Codable, Equatable {
    /// The root's versions, then key-encryption keys, token keys, index keys and log keys, each oldest first.
    public var keys: [Key]
    /// Data keys, counted; filled in by who has the key store.
    public var dataKeys: [DataKeys] = []
    /// The newest rotation of data keys of the first tenant; nil where there was none.
    public var dataKeyRotation: DataKeyRotation?

    /// A rotation of data keys: every owner gets a key that is not older.
    public struct DataKeyRotation: Sendable, Codable, Equatable {
        /// Microseconds since 1970-01-01T00:00:00Z.
        public var begunAt: Int64
        public var isFinished: Bool
    }

    /// One version of one key.
    public struct Key: Sendable, Codable, Equatable {
        /// Names the key for good, such as `tenant-1/kek/2`.
        public var id: String
        public var kind: Kind
        /// The version, or the epoch of an index key.
        public var version: UInt32
        /// Microseconds since 1970-01-01T00:00:00Z; nil where its keeper does not tell.
        public var createdAt: Int64?
        /// Whole days since it was made.
        public var ageDays: Int?
        /// The file, URL or slot that holds it, wrapped unless it is a root.
        public var place: String
        /// Whether what is new uses this version.
        public var isCurrent: Bool
        /// The provider that wraps it, such as `root/file/5f0c…/1`; nil for roots and for keys that a key-encryption key
        /// wraps.
        public var wrappedBy: String?

        mutating func tellAge(now: Int64) {
            ageDays = createdAt.map { Int(max(0, now - $0) / 86_400_000_000) }
        }
    }

    /// Data keys in the key store, by the version of the key-encryption key that wraps them.
    public struct DataKeys: Sendable, Codable, Equatable {
        /// Such as `tenant-1/kek/2`.
        public var wrappedBy: String
        /// How many, all versions counted.
        public var count: Int

        /// A count of data keys.
        public init(wrappedBy: String, count: Int) {
            self.wrappedBy = wrappedBy
            self.count = count
        }
    }

    /// What a key is for.
    public enum Kind: String, Sendable, Codable {
        case root
        case kek
        case index
        /// A derived key of an older key-encryption key, kept for what it made.
        case retained
        /// Signs tokens; absent while tokens are signed with what is derived from the key-encryption key.
        case token
        case log
        /// A data key: of one patient, or shared by all that belongs to no patient.
        case data
        /// The public half of an older log key, which verifies what it signed; the private half is destroyed.
        case logPublic = "log-public"
    }

    init(
        provider: KeyProviderDescription, file: KeyringFile, logFile: LogKeyFile, keyringPlace: String, logPlace: String,
        now: Int64
    ) {
        keys = provider.versions.map { version in
            Key(
                id: provider.id(of: version.number), kind: .root, version: version.number,
                createdAt: version.createdAt, place: provider.place, isCurrent: version == provider.versions.last)
        }
        for tenant in file.tenants {
            let (number, place) = (tenant.tenant, keyringPlace)
            keys += tenant.keks.map { kek in
                Key(
                    id: "tenant-\(number)/kek/\(kek.version)", kind: .kek, version: kek.version,
                    createdAt: kek.createdAt, place: place, isCurrent: kek.version == tenant.keks.last?.version,
                    wrappedBy: kek.wrappedBy)
            }
            keys += (tenant.retained ?? []).map { key in
                Key(
                    id: "tenant-\(number)/\(key.purpose)/\(key.version)", kind: .retained, version: key.version,
                    createdAt: key.createdAt, place: place, isCurrent: false)
            }
            keys += (tenant.tokens ?? []).map { key in
                Key(
                    id: Keyring.tokenID(number, key.version), kind: .token, version: key.version,
                    createdAt: key.createdAt, place: place, isCurrent: key.version == tenant.tokens?.last?.version)
            }
            keys += tenant.indexes.map { index in
                Key(
                    id: "tenant-\(number)/index/\(index.epoch)", kind: .index, version: index.epoch,
                    createdAt: index.createdAt, place: place, isCurrent: index.epoch == tenant.indexes.last?.epoch)
            }
        }
        dataKeyRotation = file.tenants.first?.dataKeys
        keys += logFile.keys.enumerated().map { place, key in
            Key(
                id: "log/\(key.version)", kind: key.privateKey == nil ? .logPublic : .log, version: key.version,
                createdAt: key.createdAt, place: logPlace, isCurrent: place == logFile.signing,
                wrappedBy: key.privateKey?.wrappedBy)
        }
        for index in keys.indices {
            keys[index].tellAge(now: now)
        }
    }
}

extension ProviderWrapped {
    fileprivate var wrappedBy: String { "root/\(provider)/\(root)/\(rootVersion)" }
}
