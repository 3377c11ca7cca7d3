internal import WardAudit
internal import WardDatabase
internal import WardKeys
internal import WardSQLite

/// Reads entries of a home's log with the audit key, beside a running server.
struct LogReader: Sendable {
    let home: Home
    let passphraseFile: String?

    /// What opens the entries.
    func sealer(_ configuration: WardConfiguration) async throws -> EntrySealer {
        let keyring = try await HomeKeys.open(home, configuration, passphraseFile: passphraseFile)
        return EntrySealer(
            origin: try LogOrigin(deployment: HomeKeys.deployment(of: keyring)),
            keys: try AuditKeys(tenant: try keyring.tenant(TenantID.first.rawValue)))
    }

    /// The newest entries, oldest of them first.
    func newest(_ count: Int) async throws -> [AuditLine] {
        let sealer = try await sealer(try WardConfiguration(home: home))
        try LogFile.requirePresence(in: home)
        let store = try SQLiteAuditStore.openForReading(path: home.auditDatabase)
        let log = SealedLog(store: store, sealer: sealer, keys: try LogFile.keys(of: home))
        let end = try await store.state().nextPosition
        var position = max(0, end - Int64(count))
        var lines: [AuditLine] = []
        while position < end {
            let block = try await store.entries(from: position, limit: 1_024, maximumBytes: 1 << 20)
            guard block.count > 0 else { break }
            for index in 0..<block.count {
                let entry = try log.entry(Array(block[index]), at: block.positions[index])
                lines.append(AuditLine(entry.position, entry.header, entry.event))
            }
            position = block.positions[block.count - 1] + 1
        }
        await store.close()
        return lines
    }
}
