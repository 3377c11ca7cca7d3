public import Crypto
internal import CPKCS11
public import WardKeys

/// A root key in a hardware module, reached by PKCS #11: an AES-256 key that was made there and never leaves it.
///
/// A wrapped key is `nonce ‖ ciphertext ‖ tag` by `CKM_AES_GCM` with the key's context as additional data; the nonce
/// (96 bits) comes from this process, since the root wraps few keys. The root's id is the token's and the key's label.
public final class PKCS11KeyProvider: KeyProvider {
    private let settings: PKCS11Settings
    private let client: PKCS11Client
    private let random: RandomSource

    private init(_ settings: PKCS11Settings, _ client: PKCS11Client, _ random: RandomSource) {
        self.settings = settings
        self.client = client
        self.random = random
    }

    /// Makes the root key in the token.
    /// - Parameter now: microseconds since 1970-01-01T00:00:00Z.
    /// - Throws: `KeyError` with `.exists` where the token has a key of this label, `.missing` (module, token, PIN
    ///   file), `.wrongPassphrase` (PIN), `.permissions` (PIN file) or `.unavailable`.
    public static func create(
        _ settings: PKCS11Settings, now: Int64, random: RandomSource = .system
    ) async throws(KeyError) -> PKCS11KeyProvider {
        let client = try PKCS11Client(settings)
        try await client.perform { session throws(KeyError) in
            guard try session.versions(settings.key).isEmpty else {
                throw KeyError(.exists, "a key of this label is in the token")
            }
            try session.make(settings.key, version: 1, now: now)
        }
        return try await open(settings, random: random)
    }

    /// Opens the root key in the token.
    /// - Throws: as ``create(_:now:random:)``; `.unknownKey` where there is no such key, `.permissions` where the token
    ///   says that the key can be, or once could be, extracted.
    public static func open(
        _ settings: PKCS11Settings, random: RandomSource = .system
    ) async throws(KeyError) -> PKCS11KeyProvider {
        let client = try PKCS11Client(settings)
        try await client.perform { session throws(KeyError) in
            let versions = try session.versions(settings.key)
            guard !versions.isEmpty else { throw KeyError(.unknownKey, "no key of this label is in the token") }
            for version in versions where try !session.isNeverExtractable(version.object) {
                throw KeyError(.permissions, "root \(version.number): the token says that this key can be extracted")
            }
        }
        return PKCS11KeyProvider(settings, client, random)
    }

    public func generateDataKey(_ context: KeyContext) async throws(KeyError) -> GeneratedKey {
        let key = random.key()
        return GeneratedKey(key: key, wrapped: try await wrap(key, context: context))
    }

    public func wrap(_ key: SymmetricKey, context: KeyContext) async throws(KeyError) -> WrappedKey {
        let (nonce, label) = (random.bytes(Self.nonceCount), settings.key)
        let (version, sealed) = try await client.perform { session throws(KeyError) in
            guard let newest = try session.versions(label).last else { throw KeyError(.unknownKey, "root") }
            var plaintext = key.withUnsafeBytes { Array($0) }
            defer { plaintext.wipe() }
            let sealed = try session.seal(plaintext, under: newest.object, nonce: nonce, aad: context.bytes)
            return (newest.number, sealed)
        }
        return WrappedKey(provider: Self.kind, root: root, rootVersion: version, bytes: nonce + sealed)
    }

    public func unwrap(_ wrapped: WrappedKey, context: KeyContext) async throws(KeyError) -> SymmetricKey {
        guard wrapped.provider == Self.kind, wrapped.root == root else {
            throw KeyError(.unknownKey, "root \(wrapped.rootVersion)")
        }
        guard wrapped.bytes.count == Self.nonceCount + 32 + Self.tagCount else {
            throw KeyError(.authentication, "unwrap")
        }
        let label = settings.key
        return try await client.perform { session throws(KeyError) in
            guard let version = try session.versions(label).first(where: { $0.number == wrapped.rootVersion }) else {
                throw KeyError(.unknownKey, "root \(wrapped.rootVersion)")
            }
            let (nonce, sealed) = (wrapped.bytes.prefix(Self.nonceCount), wrapped.bytes.dropFirst(Self.nonceCount))
            var opened = try session.open(Array(sealed), under: version.object, nonce: Array(nonce), aad: context.bytes)
            defer { opened.wipe() }
            guard opened.count == 32 else { throw KeyError(.authentication, "unwrap") }
            return SymmetricKey(data: opened)
        }
    }

    public func rewrap(_ wrapped: WrappedKey, context: KeyContext) async throws(KeyError) -> WrappedKey {
        try await wrap(unwrap(wrapped, context: context), context: context)
    }

    public func rotateRoot(now: Int64) async throws(KeyError) {
        let label = settings.key
        try await client.perform { session throws(KeyError) in
            guard let newest = try session.versions(label).last, newest.number < .max else {
                throw KeyError(.unknownKey, "root")
            }
            try session.make(label, version: newest.number + 1, now: now)
        }
    }

    public func retireRoots(before version: UInt32) async throws(KeyError) {
        let label = settings.key
        try await client.perform { session throws(KeyError) in
            let versions = try session.versions(label)
            guard versions.contains(where: { $0.number == version }) else {
                throw KeyError(.unknownKey, "root \(version)")
            }
            for old in versions where old.number < version { try session.destroy(old.object) }
        }
    }

    public func describe() async throws(KeyError) -> KeyProviderDescription {
        let label = settings.key
        let versions = try await client.perform { session throws(KeyError) in
            try session.versions(label).map { ($0.number, $0.createdAt) }
        }
        return KeyProviderDescription(
            kind: Self.kind, root: root, place: "token \(settings.token) of \(settings.module)",
            versions: versions.map { .init(number: $0.0, createdAt: $0.1) })
    }

    private static let kind = "pkcs11"
    private static let nonceCount = 12
    private static let tagCount = 16

    private var root: String { "\(settings.token)/\(settings.key)" }
}
