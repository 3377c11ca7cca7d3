import Foundation
import WardDatabase
import WardKeys
import WardSQLite
import WardVault

/// Keys of a home made for one test, with a key store on disk.
final class VaultKeys: Sendable {
    let tenant: TenantKeys
    let ring: Keyring
    let root: FileKeyring
    let store: SQLiteKeyStore
    private let folder: URL

    init(partitions: UInt8 = 4) async throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("ward-vault-keys-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        root = try FileKeyring.create(
            at: folder.path + "/root.key", passphrase: .random(), now: 0,
            cost: ScryptCost(n: 2, r: 1, p: 1) ?? .standard)
        let settings = Keyring.Settings(environment: "development", deployment: "test", partitions: partitions)
        ring = try await Keyring.create(in: folder.path, provider: root, settings: settings, now: 0)
        tenant = try ring.tenant(1)
        store = try SQLiteKeyStore(path: folder.path + "/wrapped.db")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Destroys the key-encryption keys that nothing needs, and tells which.
    func retire() async throws -> [String] {
        let keyring = keyring()
        return try await ring.retireKEKs(1) { () async throws(KeyError) in Set(try await keyring.counts().keys) }.destroyed
    }

    /// A new process, as it were: nothing is cached.
    func keyring() -> DataKeyring { DataKeyring(tenant: tenant, store: store, cache: KeyCache()) }
}
