public import Crypto

/// A root key that never leaves its place, and wraps other keys: a key service, a hardware module, or a file with a
/// passphrase.
///
/// It is asked for a tenant's key-encryption keys when a home opens or a key is rotated, never for a single record.
/// Every provider passes ``KeyProviderConformance``.
public protocol KeyProvider: Sendable {
    /// Makes a random key of 256 bits and wraps it under the newest root.
    /// - Throws: ``KeyError`` with `.unavailable` where the provider does not answer.
    func generateDataKey(_ context: KeyContext) async throws(KeyError) -> GeneratedKey

    /// Wraps a key of 256 bits under the newest root.
    func wrap(_ key: SymmetricKey, context: KeyContext) async throws(KeyError) -> WrappedKey

    /// Opens a wrapped key.
    /// - Throws: ``KeyError`` with `.authentication` where the context is another or the bytes were changed,
    ///   `.unknownKey` where the root or its version is not known here.
    func unwrap(_ wrapped: WrappedKey, context: KeyContext) async throws(KeyError) -> SymmetricKey

    /// Wraps the same key anew under the newest root, without showing it to the caller.
    func rewrap(_ wrapped: WrappedKey, context: KeyContext) async throws(KeyError) -> WrappedKey

    /// Makes a new version of the root; what is wrapped from now on is wrapped under it, and what was wrapped before
    /// still opens.
    /// - Parameter now: microseconds since 1970-01-01T00:00:00Z, for providers that keep no time of their own.
    func rotateRoot(now: Int64) async throws(KeyError)

    /// Destroys the versions of the root before `version`, under which nothing may be wrapped any more. It does nothing
    /// where the key service keeps old versions (``KeyProviderDescription/keepsOldVersions``).
    func retireRoots(before version: UInt32) async throws(KeyError)

    /// What and where the root is; never its bytes.
    func describe() async throws(KeyError) -> KeyProviderDescription
}

/// A new key, open and wrapped.
public struct GeneratedKey: Sendable {
    public var key: SymmetricKey
    public var wrapped: WrappedKey

    /// A new key; providers make it.
    public init(key: SymmetricKey, wrapped: WrappedKey) {
        self.key = key
        self.wrapped = wrapped
    }
}

/// What a provider says of its root key.
public struct KeyProviderDescription: Sendable, Equatable {
    /// `file`, `pkcs11`, `awskms`, `transit`.
    public var kind: String
    /// The root's id; stable over its versions.
    public var root: String
    /// Where the root lives: a path, a URL, a slot.
    public var place: String
    /// The root's versions, oldest first; new keys are wrapped under the last.
    public var versions: [Version]
    /// Whether the key service offers no way to destroy one version alone.
    public var keepsOldVersions: Bool

    /// A description; providers make it.
    public init(kind: String, root: String, place: String, versions: [Version], keepsOldVersions: Bool = false) {
        self.kind = kind
        self.root = root
        self.place = place
        self.versions = versions
        self.keepsOldVersions = keepsOldVersions
    }

    /// One version of the root.
    public struct Version: Sendable, Equatable {
        public var number: UInt32
        /// Microseconds since 1970-01-01T00:00:00Z; nil where the provider does not tell.
        public var createdAt: Int64?

        /// A version; providers make it.
        public init(number: UInt32, createdAt: Int64?) {
            self.number = number
            self.createdAt = createdAt
        }
    }
}
