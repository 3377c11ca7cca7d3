internal import Foundation
internal import WardDatabase
internal import WardKeys
internal import WardSQLite
internal import WardVault

/// Keys and stores of a home in this process, without a server: what sealing costs by itself.
struct BareHome {
    /// Tenant keys, a keyring file and two databases in a folder that must not exist.
    let folder: String
    let keyring: Keyring
    let dataKeys: DataKeyring
    let records: SQLiteRecordStore
    let keyStore: SQLiteKeyStore
    let vault: Vault

    /// Makes everything; the passphrase of the root is cheap, since opening it is not measured.
    static func make(in folder: String) async throws -> BareHome {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        guard let cost = ScryptCost(n: 2, r: 1, p: 1) else { throw BenchError("no cost of a passphrase") }
        let root = try FileKeyring.create(at: folder + "/root.key", passphrase: .random(), now: 0, cost: cost)
        let keyring = try await Keyring.create(
            in: folder, provider: root, settings: .init(environment: "development", deployment: "bench"), now: 0)
        let keyStore = try SQLiteKeyStore(path: folder + "/wrapped.db")
        let dataKeys = DataKeyring(tenant: try keyring.tenant(TenantID.first.rawValue), store: keyStore, cache: KeyCache())
        let records = try SQLiteRecordStore(path: folder + "/records.db")
        return BareHome(
            folder: folder, keyring: keyring, dataKeys: dataKeys, records: records, keyStore: keyStore,
            vault: Vault(store: records, keys: dataKeys))
    }

    /// Closes the stores and removes the folder.
    func remove() async {
        await records.close()
        await keyStore.close()
        try? FileManager.default.removeItem(atPath: folder)
    }
}
