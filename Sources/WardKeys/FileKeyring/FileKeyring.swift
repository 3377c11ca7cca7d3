public import Crypto
internal import CryptoExtras
internal import Synchronization

/// A root key in a file, sealed under a passphrase: for development and for single machines.
///
/// The passphrase goes through scrypt once, when the keyring is opened (about 160 ms, 32 MiB); afterwards wrapping
/// costs microseconds. The form of the file is that of ``RootFile``; it has mode 0600 and is written atomically. Root
/// keys, and the key that seals them, stay in memory that is zeroed on release, as long as the keyring is in use.
public final class FileKeyring: KeyProvider {
    private struct State {
        var file: RootFile
        var roots: [UInt32: SymmetricKey]
        /// Seals the roots in the file.
        var sealing: SymmetricKey
    }

    private let path: String
    private let random: RandomSource
    private let state: Mutex<State>

    private init(path: String, state: State, random: RandomSource) {
        self.path = path
        self.random = random
        self.state = Mutex(state)
    }

    /// Makes a keyring in a new file, durable on return.
    /// - Parameter now: microseconds since 1970-01-01T00:00:00Z.
    /// - Throws: ``KeyError`` with `.exists` or `.unavailable`.
    public static func create(
        at path: String, passphrase: Passphrase, now: Int64, cost: ScryptCost = .standard,
        random: RandomSource = .system
    ) throws(KeyError) -> FileKeyring {
        let id = random.bytes(16).map { byte in String(byte, radix: 16).leftPadded(to: 2) }.joined()
        let file = RootFile(id: id, scrypt: cost, salt: Base64Bytes(random.bytes(16)), roots: [])
        var state = State(file: file, roots: [:], sealing: try passphraseKey(passphrase, file))
        try add(random.key(), version: 1, now: now, to: &state, random)
        try SecretFile(path).create(RootFile.document.encode(state.file))
        return FileKeyring(path: path, state: state, random: random)
    }

    /// Opens the keyring in a file.
    /// - Throws: ``KeyError`` with `.missing`, `.permissions`, `.unavailable`, `.damaged`, `.newerFormat` for the file,
    ///   `.wrongPassphrase` where the file is whole and the passphrase is not its own.
    public static func open(
        at path: String, passphrase: Passphrase, random: RandomSource = .system
    ) throws(KeyError) -> FileKeyring {
        let secret = SecretFile(path)
        let file = try RootFile.document.decode(secret.read())
        guard file.scrypt.isWithinBounds else {
            throw KeyError(.damaged, "\(secret.name) asks for more work than a passphrase takes")
        }
        guard !file.roots.isEmpty else { throw KeyError(.damaged, secret.name) }
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
        return FileKeyring(path: path, state: State(file: file, roots: roots, sealing: key), random: random)
    }

    /// The id of the root in a file, without a passphrase.
    /// - Throws: ``KeyError`` as ``open(at:passphrase:random:)``, but for the passphrase.
    public static func id(at path: String) throws(KeyError) -> String {
        try RootFile.document.decode(SecretFile(path).read()).id
    }

    /// Seals the root keys under another passphrase and replaces the file; wrapped keys stay as they are.
    /// - Throws: ``KeyError`` with `.unavailable`; the old passphrase then still holds.
    public func changePassphrase(to passphrase: Passphrase, cost: ScryptCost = .standard) throws(KeyError) {
        try change { state throws(KeyError) in
            state.file.scrypt = cost
            state.file.salt = Base64Bytes(random.bytes(16))
            state.sealing = try Self.passphraseKey(passphrase, state.file)
            let roots = state.file.roots
            state.file.roots = []
            for root in roots {
                guard let open = state.roots[root.version] else { throw KeyError(.unknownKey, "root \(root.version)") }
                try Self.add(open, version: root.version, now: root.createdAt, to: &state, random)
            }
        }
    }

    public func generateDataKey(_ context: KeyContext) async throws(KeyError) -> GeneratedKey {
        let key = random.key()
        return GeneratedKey(key: key, wrapped: try await wrap(key, context: context))
    }

    public func wrap(_ key: SymmetricKey, context: KeyContext) async throws(KeyError) -> WrappedKey {
        let (id, newest, root) = state.withLock { state in
            let newest = state.file.roots[state.file.roots.count - 1].version
            return (state.file.id, newest, state.roots[newest])
        }
        guard let root else { throw KeyError(.unknownKey, "root \(newest)") }
        let bytes = try AESGCM.wrap(key, under: root, aad: context.bytes, random: random)
        return WrappedKey(provider: Self.kind, root: id, rootVersion: newest, bytes: bytes)
    }

    public func unwrap(_ wrapped: WrappedKey, context: KeyContext) async throws(KeyError) -> SymmetricKey {
        let root = state.withLock { $0.file.id == wrapped.root ? $0.roots[wrapped.rootVersion] : nil }
        guard wrapped.provider == Self.kind, let root else { throw KeyError(.unknownKey, "root \(wrapped.rootVersion)") }
        return try AESGCM.unwrap(wrapped.bytes, under: root, aad: context.bytes)
    }

    public func rewrap(_ wrapped: WrappedKey, context: KeyContext) async throws(KeyError) -> WrappedKey {
        try await wrap(unwrap(wrapped, context: context), context: context)
    }

    public func rotateRoot(now: Int64) async throws(KeyError) {
        try change { state throws(KeyError) in
            guard let newest = state.file.roots.last?.version, newest < .max else { throw KeyError(.exhausted, "root") }
            try Self.add(random.key(), version: newest + 1, now: now, to: &state, random)
        }
    }

    public func retireRoots(before version: UInt32) async throws(KeyError) {
        try change { state throws(KeyError) in
            guard state.roots[version] != nil else { throw KeyError(.unknownKey, "root \(version)") }
            state.file.roots.removeAll { $0.version < version }
            state.roots = state.roots.filter { $0.key >= version }
        }
    }

    public func describe() async throws(KeyError) -> KeyProviderDescription {
        let file = state.withLock { $0.file }
        return KeyProviderDescription(
            kind: Self.kind, root: file.id, place: path,
            versions: file.roots.map { .init(number: $0.version, createdAt: $0.createdAt) })
    }

    /// Changes the file and then what is in memory; nothing where the file cannot be written.
    private func change(_ body: (inout State) throws(KeyError) -> Void) throws(KeyError) {
        try state.withLock { state -> Result<Void, KeyError> in
            do throws(KeyError) {
                var changed = state
                try body(&changed)
                try SecretFile(path).replace(RootFile.document.encode(changed.file))
                state = changed
                return .success(())
            } catch {
                return .failure(error)
            }
        }.get()
    }

    private static func add(
        _ root: SymmetricKey, version: UInt32, now: Int64, to state: inout State, _ random: RandomSource
    ) throws(KeyError) {
        let aad = state.file.authenticatedData(version: version, createdAt: now)
        let sealed = try AESGCM.wrap(root, under: state.sealing, aad: aad, random: random)
        state.file.roots.append(.init(version: version, createdAt: now, sealed: Base64Bytes(sealed)))
        state.roots[version] = root
    }

    private static let kind = "file"

    private static func passphraseKey(_ passphrase: Passphrase, _ file: RootFile) throws(KeyError) -> SymmetricKey {
        try passphrase.withBytes { bytes throws(KeyError) in
            try scrypt(bytes, salt: file.salt.bytes, cost: file.scrypt, count: 32)
        }
    }

    /// The key that scrypt makes. Source: RFC 7914.
    static func scrypt(_ passphrase: [UInt8], salt: [UInt8], cost: ScryptCost, count: Int) throws(KeyError) -> SymmetricKey {
        do {
            return try KDF.Scrypt.deriveKey(
                from: passphrase, salt: salt, outputByteCount: count, rounds: cost.n, blockSize: cost.r,
                parallelism: cost.p)
        } catch {
            throw KeyError(.damaged, "scrypt")
        }
    }
}

extension String {
    /// The text with zeros before it up to a length.
    func leftPadded(to length: Int) -> String { String(repeating: "0", count: max(0, length - count)) + self }
}
