public import Crypto
internal import Foundation
public import WardKeys

/// A root key in the transit engine of Vault or OpenBao: of type `aes256-gcm96`, not exportable.
///
/// A wrapped key is the engine's own text, `vault:v1:…`, sealed with the key's context as `associated_data`. The
/// engine's `datakey` and `rewrap` paths take no associated data, so keys are made here and a rewrap is a decryption and
/// an encryption (docs/decisions/0007).
public final class TransitKeyProvider: KeyProvider {
    private let settings: TransitSettings
    private let client: TransitClient
    private let random: RandomSource

    private init(_ settings: TransitSettings, _ client: TransitClient, _ random: RandomSource) {
        self.settings = settings
        self.client = client
        self.random = random
    }

    /// Makes the root key in the engine.
    /// - Throws: `KeyError` with `.exists` where the engine has a key of this name; else as ``open(_:random:)``.
    public static func create(
        _ settings: TransitSettings, random: RandomSource = .system
    ) async throws(KeyError) -> TransitKeyProvider {
        try await create(settings, retries: .init(), random: random)
    }

    static func create(
        _ settings: TransitSettings, retries: KeyServiceHTTP.Retries, random: RandomSource = .system
    ) async throws(KeyError) -> TransitKeyProvider {
        let client = try TransitClient(settings, retries: retries)
        do throws(KeyError) {
            let _: Key = try await client.read("keys/\(settings.key)")
            throw KeyError(.exists, "transit: a key of this name is there")
        } catch {
            guard error.code == .unknownKey else { throw error }
        }
        try await client.write("keys/\(settings.key)", Creation())
        return try await open(settings, retries: retries, random: random)
    }

    /// Opens a key of the engine.
    /// - Throws: `KeyError` with `.settings`, `.missing`, `.permissions` (the token's file, the token, or a key that can
    ///   be exported), `.unknownKey`, `.unavailable`.
    public static func open(
        _ settings: TransitSettings, random: RandomSource = .system
    ) async throws(KeyError) -> TransitKeyProvider {
        try await open(settings, retries: .init(), random: random)
    }

    static func open(
        _ settings: TransitSettings, retries: KeyServiceHTTP.Retries, random: RandomSource = .system
    ) async throws(KeyError) -> TransitKeyProvider {
        let client = try TransitClient(settings, retries: retries)
        let key: Key = try await client.read("keys/\(settings.key)")
        guard key.type == "aes256-gcm96", key.derived != true else {
            throw KeyError(.settings, "transit: a key of type aes256-gcm96 without derivation is expected")
        }
        guard key.exportable != true, key.allow_plaintext_backup != true else {
            throw KeyError(.permissions, "transit: the root key can be exported or backed up in the clear")
        }
        return TransitKeyProvider(settings, client, random)
    }

    public func generateDataKey(_ context: KeyContext) async throws(KeyError) -> GeneratedKey {
        let key = random.key()
        return GeneratedKey(key: key, wrapped: try await wrap(key, context: context))
    }

    public func wrap(_ key: SymmetricKey, context: KeyContext) async throws(KeyError) -> WrappedKey {
        var body = Encryption(associated_data: Data(context.bytes), plaintext: key.withUnsafeBytes { Data($0) })
        defer { body.plaintext.wipe() }
        let sealed: Ciphertext = try await client.write("encrypt/\(settings.key)", body)
        guard let version = Self.version(of: sealed.ciphertext) else {
            throw KeyError(.unavailable, "transit encrypt: an answer of another form")
        }
        return WrappedKey(
            provider: Self.kind, root: root, rootVersion: version, bytes: Array(sealed.ciphertext.utf8))
    }

    public func unwrap(_ wrapped: WrappedKey, context: KeyContext) async throws(KeyError) -> SymmetricKey {
        guard wrapped.provider == Self.kind, wrapped.root == root else {
            throw KeyError(.unknownKey, "root \(wrapped.rootVersion)")
        }
        guard let text = String(validating: wrapped.bytes, as: UTF8.self), let version = Self.version(of: text) else {
            throw KeyError(.authentication, "unwrap")
        }
        guard version == wrapped.rootVersion else { throw KeyError(.unknownKey, "root \(wrapped.rootVersion)") }
        var opened: Plaintext = try await client.write(
            "decrypt/\(settings.key)", Decryption(associated_data: Data(context.bytes), ciphertext: text))
        defer { opened.plaintext.wipe() }
        guard opened.plaintext.count == 32 else { throw KeyError(.authentication, "unwrap") }
        return SymmetricKey(data: opened.plaintext)
    }

    public func rewrap(_ wrapped: WrappedKey, context: KeyContext) async throws(KeyError) -> WrappedKey {
        try await wrap(unwrap(wrapped, context: context), context: context)
    }

    public func rotateRoot(now: Int64) async throws(KeyError) {
        try await client.write("keys/\(settings.key)/rotate", TransitClient.Nothing())
    }

    /// Raises the least version that decrypts, and then trims what is older.
    public func retireRoots(before version: UInt32) async throws(KeyError) {
        let path = "keys/\(settings.key)"
        try await client.write("\(path)/config", Bounds(min_decryption_version: version, min_encryption_version: version))
        try await client.write("\(path)/trim", Trim(min_available_version: version))
    }

    public func describe() async throws(KeyError) -> KeyProviderDescription {
        let key: Key = try await client.read("keys/\(settings.key)")
        let least = key.min_decryption_version ?? 1
        let versions = key.keys.compactMap { number, time in
            UInt32(number).map { KeyProviderDescription.Version(number: $0, createdAt: time.map { $0 * 1_000_000 }) }
        }
        return KeyProviderDescription(
            kind: Self.kind, root: root, place: "\(settings.address)/v1/\(settings.mount)/keys/\(settings.key)",
            versions: versions.filter { $0.number >= least }.sorted { $0.number < $1.number })
    }

    private static let kind = "transit"

    private var root: String { "\(settings.mount)/\(settings.key)" }

    /// The version in `vault:v3:…`.
    private static func version(of ciphertext: String) -> UInt32? {
        let parts = ciphertext.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "vault", parts[1].first == "v" else { return nil }
        return UInt32(parts[1].dropFirst())
    }
}

extension TransitKeyProvider {
    // Bodies, member by member as the API names them; bytes are base64.
    private struct Key: Decodable {
        var type: String
        var derived: Bool?
        var exportable: Bool?
        var allow_plaintext_backup: Bool?
        var min_decryption_version: UInt32?
        /// Seconds since 1970-01-01T00:00:00Z by version.
        var keys: [String: Int64?]
    }

    private struct Creation: Encodable {
        var type = "aes256-gcm96"
        var exportable = false
        var allow_plaintext_backup = false
    }

    private struct Encryption: Encodable {
        var associated_data: Data
        var plaintext: Data
    }

    private struct Ciphertext: Decodable {
        var ciphertext: String
    }

    private struct Decryption: Encodable {
        var associated_data: Data
        var ciphertext: String
    }

    private struct Plaintext: Decodable {
        var plaintext: Data
    }

    private struct Bounds: Encodable {
        var min_decryption_version: UInt32
        var min_encryption_version: UInt32
    }

    private struct Trim: Encodable {
        var min_available_version: UInt32
    }
}
