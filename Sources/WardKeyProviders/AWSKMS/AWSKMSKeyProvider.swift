public import Crypto
internal import Foundation
internal import Synchronization
public import WardKeys

/// A root key in AWS KMS. The key's context is the encryption context, which KMS authenticates and writes into
/// CloudTrail; it holds no name of a person.
///
/// KMS does not number a key's materials. Here version 1 is the first and each completed rotation adds one; KMS itself
/// finds the material that opens a ciphertext and keeps all of them.
public final class AWSKMSKeyProvider: KeyProvider {
    private let client: AWSKMSClient
    private let root: String
    private let createdAt: Int64?
    private let retries: KeyServiceHTTP.Retries
    private let versions = Mutex<[KeyProviderDescription.Version]>([])

    /// Opens a key that is there already, with credentials that may use it.
    /// - Throws: `KeyError` with `.settings`, `.missing`, `.permissions`, `.unknownKey`, or `.unavailable` where the
    ///   service does not answer or the key is disabled.
    public static func open(_ settings: AWSKMSSettings) async throws(KeyError) -> AWSKMSKeyProvider {
        try await open(settings, retries: .init(), metadata: InstanceMetadata()) {
            Int64(Date().timeIntervalSince1970 * 1_000_000)
        }
    }

    static func open(
        _ settings: AWSKMSSettings, retries: KeyServiceHTTP.Retries, metadata: InstanceMetadata,
        now: @escaping @Sendable () -> Int64
    ) async throws(KeyError) -> AWSKMSKeyProvider {
        let client = try AWSKMSClient(settings, retries: retries, metadata: metadata, now: now)
        let found: AWSKMSAction.Description = try await client.call("DescribeKey", AWSKMSAction.Key(KeyId: settings.key))
        let key = found.KeyMetadata
        guard key.Enabled == true, key.KeyUsage == nil || key.KeyUsage == "ENCRYPT_DECRYPT",
              key.KeySpec == nil || key.KeySpec == "SYMMETRIC_DEFAULT"
        else { throw KeyError(.unavailable, "AWS KMS: an enabled symmetric key for encryption is expected") }
        let provider = AWSKMSKeyProvider(client, key, retries)
        try await provider.refresh()
        return provider
    }

    private init(_ client: AWSKMSClient, _ key: AWSKMSAction.Metadata, _ retries: KeyServiceHTTP.Retries) {
        self.client = client
        self.retries = retries
        root = key.Arn
        createdAt = key.CreationDate.map { Int64($0 * 1_000_000) }
    }

    public func generateDataKey(_ context: KeyContext) async throws(KeyError) -> GeneratedKey {
        var made: AWSKMSAction.Generated = try await client.call(
            "GenerateDataKey",
            AWSKMSAction.Generate(EncryptionContext: context.dictionary, KeyId: root, KeySpec: "AES_256"))
        defer { made.Plaintext.wipe() }
        return GeneratedKey(key: try Self.key(made.Plaintext), wrapped: wrapped(made.CiphertextBlob))
    }

    public func wrap(_ key: SymmetricKey, context: KeyContext) async throws(KeyError) -> WrappedKey {
        var plaintext = key.withUnsafeBytes { Data($0) }
        defer { plaintext.wipe() }
        let sealed: AWSKMSAction.Ciphertext = try await client.call(
            "Encrypt", AWSKMSAction.Encrypt(EncryptionContext: context.dictionary, KeyId: root, Plaintext: plaintext))
        return wrapped(sealed.CiphertextBlob)
    }

    public func unwrap(_ wrapped: WrappedKey, context: KeyContext) async throws(KeyError) -> SymmetricKey {
        try await requireKnown(wrapped)
        var opened: AWSKMSAction.Plaintext = try await client.call(
            "Decrypt",
            AWSKMSAction.Decrypt(
                CiphertextBlob: Data(wrapped.bytes), EncryptionContext: context.dictionary, KeyId: root))
        defer { opened.Plaintext.wipe() }
        return try Self.key(opened.Plaintext)
    }

    public func rewrap(_ wrapped: WrappedKey, context: KeyContext) async throws(KeyError) -> WrappedKey {
        try await requireKnown(wrapped)
        let moved: AWSKMSAction.Ciphertext = try await client.call(
            "ReEncrypt",
            AWSKMSAction.ReEncrypt(
                CiphertextBlob: Data(wrapped.bytes), DestinationEncryptionContext: context.dictionary,
                DestinationKeyId: root, SourceEncryptionContext: context.dictionary, SourceKeyId: root))
        return self.wrapped(moved.CiphertextBlob)
    }

    /// Rotates the key's material on demand, and waits until KMS lists the rotation.
    public func rotateRoot(now: Int64) async throws(KeyError) {
        let before = versions.withLock { $0.count }
        let _: AWSKMSAction.Key = try await client.call("RotateKeyOnDemand", AWSKMSAction.Key(KeyId: root))
        for _ in 0..<60 {
            try await refresh()
            if versions.withLock({ $0.count }) > before { return }
            do {
                try await retries.sleep(.seconds(1))
            } catch {
                throw KeyError(.unavailable, "AWS KMS: cancelled")
            }
        }
        throw KeyError(.unavailable, "AWS KMS: the rotation is not done yet; call again later")
    }

    public func retireRoots(before version: UInt32) async throws(KeyError) {}

    public func describe() async throws(KeyError) -> KeyProviderDescription {
        try await refresh()
        return KeyProviderDescription(
            kind: Self.kind, root: root, place: root, versions: versions.withLock { $0 }, keepsOldVersions: true)
    }

    private static let kind = "awskms"

    /// Asks which rotations there were.
    private func refresh() async throws(KeyError) {
        var found = [KeyProviderDescription.Version(number: 1, createdAt: createdAt)]
        var marker: String?
        repeat {
            let page: AWSKMSAction.Rotations = try await client.call(
                "ListKeyRotations", AWSKMSAction.ListRotations(KeyId: root, Marker: marker))
            for rotation in page.Rotations ?? [] {
                let time = rotation.RotationDate.map { Int64($0 * 1_000_000) }
                found.append(.init(number: UInt32(found.count + 1), createdAt: time))
            }
            marker = page.Truncated == true ? page.NextMarker : nil
        } while marker != nil && found.count < 10_000
        versions.withLock { [found] in $0 = found }
    }

    private func wrapped(_ blob: Data) -> WrappedKey {
        let newest = versions.withLock { $0.last?.number ?? 1 }
        return WrappedKey(provider: Self.kind, root: root, rootVersion: newest, bytes: Array(blob))
    }

    private func requireKnown(_ wrapped: WrappedKey) async throws(KeyError) {
        guard wrapped.provider == Self.kind, wrapped.root == root else {
            throw KeyError(.unknownKey, "root \(wrapped.rootVersion)")
        }
        if wrapped.rootVersion > versions.withLock({ $0.last?.number ?? 1 }) { try await refresh() }
        guard wrapped.rootVersion >= 1, wrapped.rootVersion <= versions.withLock({ $0.last?.number ?? 1 }) else {
            throw KeyError(.unknownKey, "root \(wrapped.rootVersion)")
        }
    }

    private static func key(_ plaintext: Data) throws(KeyError) -> SymmetricKey {
        guard plaintext.count == 32 else { throw KeyError(.authentication, "AWS KMS gave no key of 32 bytes") }
        return SymmetricKey(data: plaintext)
    }
}

extension KeyContext {
    /// The pairs as KMS takes them.
    fileprivate var dictionary: [String: String] { pairs.reduce(into: [:]) { $0[$1.name] = $1.value } }
}
