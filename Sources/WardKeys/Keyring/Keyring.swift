internal import Crypto
internal import Synchronization

/// All keys of a home that are not data keys, opened once with the key provider: the tenants' keys and the log key.
///
/// ```swift
/// let root = try FileKeyring.open(at: "DIR/keys/root.key", passphrase: Passphrase(file: "DIR/keys/passphrase"))
/// let keyring = try await Keyring.open(in: "DIR/keys", provider: root)
/// let tenant = try keyring.tenant(1)
/// ```
///
/// On disk: `keyring.key` and `log.key` in one folder, mode 0600, replaced atomically. Both hold wrapped keys only.
/// Every change opens the new documents first, then makes them durable, and then puts the new keys in place for all
/// who hold the tenants' keys; a change that fails leaves everything as it was.
public final class Keyring: Sendable {
    /// The name of this home in every key's context: `ward/ENVIRONMENT/DEPLOYMENT`.
    public let application: String

    let folder: KeyringFolder
    let random: RandomSource
    let tenants: [UInt32: TenantKeys]
    private let state: Mutex<State>

    private struct State {
        var documents: KeyringDocuments
        var log: LogKey
        var nextLog: LogKey?
        var provider: any KeyProvider
    }

    private let turns = Turns()

    /// Signs the audit log's checkpoints.
    public var log: LogKey { state.withLock { $0.log } }

    /// The log key that takes over when it is handed the log; nil where no rotation of it is under way.
    public var nextLog: LogKey? { state.withLock { $0.nextLog } }

    /// The public log keys, and which part of the log each has signed.
    public var logHistory: LogKeyHistory {
        get throws(KeyError) { try LogKeyHistory(documents.log) }
    }

    /// Wraps and opens the keys.
    var provider: any KeyProvider { state.withLock { $0.provider } }

    /// What the files hold.
    var documents: KeyringDocuments { state.withLock { $0.documents } }

    private init(
        folder: KeyringFolder, random: RandomSource, documents: KeyringDocuments, opened: OpenedKeyring,
        provider: any KeyProvider
    ) {
        application = documents.keyring.application
        self.folder = folder
        self.random = random
        tenants = opened.tenants.reduce(into: [:]) { $0[$1.key] = TenantKeys(tenant: $1.key, $1.value, random) }
        state = Mutex(State(documents: documents, log: opened.log, nextLog: opened.nextLog, provider: provider))
    }

    /// Opens the keys of a home.
    /// - Throws: ``KeyError`` with `.missing`, `.permissions`, `.damaged`, `.newerFormat` or `.unavailable` for the
    ///   files, `.unknownKey` where they were wrapped by another root, `.authentication` or `.commitment` where a key
    ///   is not what the files say.
    public static func open(
        in folder: String, provider: any KeyProvider, random: RandomSource = .system
    ) async throws(KeyError) -> Keyring {
        let folder = KeyringFolder(folder)
        let documents = try folder.read()
        let opened = try await OpenedKeyring.open(documents, provider)
        return Keyring(folder: folder, random: random, documents: documents, opened: opened, provider: provider)
    }

    /// The public log keys of a home, without opening anything: all that a verifier of the log needs.
    /// - Throws: ``KeyError`` with `.missing`, `.permissions`, `.damaged`, `.newerFormat` or `.unavailable`.
    public static func logHistory(in folder: String) throws(KeyError) -> LogKeyHistory {
        try LogKeyHistory(LogKeyFile.document.decode(KeyringFolder(folder).log.read()))
    }

    /// The roots that the files need to be opened; two where a migration from one to another was interrupted.
    /// - Throws: as ``logHistory(in:)``.
    public static func roots(in folder: String) throws(KeyError) -> Set<RootName> {
        try KeyringFolder(folder).read().roots
    }

    /// The roots that wrap the keys now.
    public var roots: Set<RootName> { documents.roots }

    /// Opens every key with another provider beside the present one, as it is while keys move; nothing changes.
    /// - Throws: as ``open(in:provider:random:)``, where the two cannot be told apart.
    public func check(joining other: any KeyProvider) async throws(KeyError) {
        _ = try await OpenedKeyring.open(documents, try await KeyServices(primary: other, others: [provider]))
    }

    /// Seals the root keys of a file under another passphrase; no wrapped key changes. Crash-safe: the file is sealed
    /// under the one or the other.
    /// - Throws: ``KeyError`` with `.settings` where the root is in no file, else as
    ///   ``FileKeyring/changePassphrase(to:cost:)``.
    public func changePassphrase(to passphrase: Passphrase) async throws(KeyError) {
        guard let file = provider as? FileKeyring else {
            throw KeyError(.settings, "only a root key in a file has a passphrase")
        }
        // In turn with rotations, which write the same file.
        try await change { _ throws(KeyError) in try file.changePassphrase(to: passphrase) }
    }

    /// The keys of a tenant. Rotations reach them.
    /// - Throws: ``KeyError`` with `.unknownKey` where there is no such tenant.
    public func tenant(_ number: UInt32) throws(KeyError) -> TenantKeys {
        guard let keys = tenants[number] else { throw KeyError(.unknownKey, "tenant \(number)") }
        return keys
    }

    /// Every key by id, kind, version, age and place; never its bytes.
    /// - Parameter now: microseconds since 1970-01-01T00:00:00Z.
    public func status(now: Int64) async throws(KeyError) -> KeyringStatus {
        let (provider, documents) = state.withLock { ($0.provider, $0.documents) }
        return KeyringStatus(
            provider: try await provider.describe(), file: documents.keyring, logFile: documents.log,
            keyringPlace: folder.keyring.path, logPlace: folder.log.path, now: now)
    }

    /// Changes the documents, and then the keys in memory; one change at a time, in the order of the calls.
    /// - Throws: what `body` throws, or what opening or writing the changed documents throws; nothing changed then.
    func change<Value: Sendable>(
        provider changed: (any KeyProvider)? = nil,
        _ body: (inout KeyringDocuments) async throws(KeyError) -> Value
    ) async throws(KeyError) -> Value {
        guard await turns.take() else { throw KeyError(.unavailable, "too many changes of the keys wait; call again") }
        do throws(KeyError) {
            let value = try await changeInTurn(provider: changed, body)
            await turns.pass()
            return value
        } catch {
            await turns.pass()
            throw error
        }
    }

    private func changeInTurn<Value: Sendable>(
        provider changed: (any KeyProvider)?, _ body: (inout KeyringDocuments) async throws(KeyError) -> Value
    ) async throws(KeyError) -> Value {
        let begun = documents
        var documents = begun
        let value = try await body(&documents)
        let provider = changed ?? provider
        let opened = try await OpenedKeyring.openKeys(documents, provider)
        try documents.seal(with: opened)
        try folder.write(documents, over: begun)
        for (number, keys) in opened.tenants { tenants[number]?.replace(with: keys) }
        state.withLock { state in
            state.documents = documents
            state.log = opened.log
            state.nextLog = opened.nextLog
            state.provider = provider
        }
        return value
    }
}
