public import Crypto
internal import CryptoExtras

/// A root key in a file, sealed under a passphrase: for development and for single machines.
///
/// The passphrase goes through scrypt once, when the keyring is opened (about 160 ms, 32 MiB); afterwards wrapping
/// costs microseconds. The form of the file is that of ``RootFile``; it has mode 0600 and is written atomically. Root
/// keys stay in memory that is zeroed on release, as long as the keyring is in use.
public struct FileKeyring: KeyProvider {
    private let path: String
    private let file: RootFile
    private let roots: [UInt32: SymmetricKey]
    private let random: RandomSource

    /// Makes a keyring in a new file, durable on return.
    /// - Parameter now: microseconds since 1970-01-01T00:00:00Z.
    /// - Throws: ``KeyError`` with `.exists` or `.unavailable`.
    public static func create(
        at path: String, passphrase: Passphrase, now: Int64, cost: ScryptCost = .standard,
        random: RandomSource = .system
    ) throws(KeyError) -> FileKeyring {
        let id = random.bytes(16).map { byte in String(byte, radix: 16).leftPadded(to: 2) }.joined()
        var file = RootFile(id: id, scrypt: cost, salt: Base64Bytes(random.bytes(16)), roots: [])
        let root = random.key()
        let aad = file.authenticatedData(version: 1, createdAt: now)
        let sealed = try AESGCM.wrap(root, under: passphraseKey(passphrase, file), aad: aad, random: random)
        file.roots = [.init(version: 1, createdAt: now, sealed: Base64Bytes(sealed))]
        try SecretFile(path).create(RootFile.document.encode(file))
        return FileKeyring(path: path, file: file, roots: [1: root], random: random)
    }

    /// Opens the keyring in a file.
    /// - Throws: ``KeyError`` with `.missing`, `.permissions`, `.unavailable`, `.damaged`, `.newerFormat` for the file,
    ///   `.wrongPassphrase` where the file is whole and the passphrase is not its own.
    public static func open(
        at path: String, passphrase: Passphrase, random: RandomSource = .system
    ) throws(KeyError) -> FileKeyring {
        let secret = SecretFile(path)
        let file = try RootFile.document.decode(secret.read())
        guard file.scrypt.isWithinBounds, !file.roots.isEmpty else { throw KeyError(.damaged, secret.name) }
        let key = try passphraseKey(passphrase, file)
        var roots: [UInt32: SymmetricKey] = [:]
        for root in file.roots {
            let aad = file.authenticatedData(version: root.version, createdAt: root.createdAt)
            do throws(KeyError) {
                roots[root.version] = try AESGCM.unwrap(root.sealed.bytes, under: key, aad: aad)
            } catch {
                throw KeyError(roots.isEmpty ? .wrongPassphrase : .damaged, "open \(secret.name)")
            }
        }
        return FileKeyring(path: path, file: file, roots: roots, random: random)
    }

    /// Seals the root keys under another passphrase and replaces the file; wrapped keys stay as they are.
    /// - Throws: ``KeyError`` with `.unavailable`; the old passphrase then still holds.
    public func changingPassphrase(
        to passphrase: Passphrase, cost: ScryptCost = .standard
    ) throws(KeyError) -> FileKeyring {
        var changed = file
        changed.scrypt = cost
        changed.salt = Base64Bytes(random.bytes(16))
        let key = try Self.passphraseKey(passphrase, changed)
        for index in changed.roots.indices {
            let root = changed.roots[index]
            guard let open = roots[root.version] else { throw KeyError(.unknownKey, "root \(root.version)") }
            let aad = changed.authenticatedData(version: root.version, createdAt: root.createdAt)
            changed.roots[index].sealed = Base64Bytes(try AESGCM.wrap(open, under: key, aad: aad, random: random))
        }
        try SecretFile(path).replace(RootFile.document.encode(changed))
        return FileKeyring(path: path, file: changed, roots: roots, random: random)
    }

    public func generateDataKey(_ context: KeyContext) async throws(KeyError) -> GeneratedKey {
        let key = random.key()
        return GeneratedKey(key: key, wrapped: try await wrap(key, context: context))
    }

    public func wrap(_ key: SymmetricKey, context: KeyContext) async throws(KeyError) -> WrappedKey {
        let newest = file.roots[file.roots.count - 1].version
        guard let root = roots[newest] else { throw KeyError(.unknownKey, "root \(newest)") }
        let bytes = try AESGCM.wrap(key, under: root, aad: context.bytes, random: random)
        return WrappedKey(provider: Self.kind, root: file.id, rootVersion: newest, bytes: bytes)
    }

    public func unwrap(_ wrapped: WrappedKey, context: KeyContext) async throws(KeyError) -> SymmetricKey {
        guard wrapped.provider == Self.kind, wrapped.root == file.id, let root = roots[wrapped.rootVersion] else {
            throw KeyError(.unknownKey, "root \(wrapped.rootVersion)")
        }
        return try AESGCM.unwrap(wrapped.bytes, under: root, aad: context.bytes)
    }

    public func rewrap(_ wrapped: WrappedKey, context: KeyContext) async throws(KeyError) -> WrappedKey {
        try await wrap(unwrap(wrapped, context: context), context: context)
    }

    public func describe() async throws(KeyError) -> KeyProviderDescription {
        KeyProviderDescription(
            kind: Self.kind, root: file.id, place: path,
            versions: file.roots.map { .init(number: $0.version, createdAt: $0.createdAt) })
    }

    private static let kind = "file"

    private static func passphraseKey(_ passphrase: Passphrase, _ file: RootFile) throws(KeyError) -> SymmetricKey {
        do {
            return try KDF.Scrypt.deriveKey(
                from: passphrase.bytes, salt: file.salt.bytes, outputByteCount: 32, rounds: file.scrypt.n,
                blockSize: file.scrypt.r, parallelism: file.scrypt.p)
        } catch {
            throw KeyError(.damaged, "scrypt")
        }
    }
}

extension String {
    /// The text with zeros before it up to a length.
    func leftPadded(to length: Int) -> String { String(repeating: "0", count: max(0, length - count)) + self }
}
