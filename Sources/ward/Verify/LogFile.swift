internal import WardAudit
internal import WardKeys
internal import WardSQLite

/// A home's log as it lies on the disk, opened for reading beside a server that may be running.
struct LogFile {
    let store: SQLiteAuditStore
    /// Of the log's checkpoints.
    let publicKey: [UInt8]

    /// Opens the log of a home.
    /// - Throws: ``Failure`` where the log's public key is missing; `DatabaseError`.
    init(of home: Home) throws {
        publicKey = try Self.publicKey(of: home)
        store = try SQLiteAuditStore.openForReading(path: home.auditDatabase)
    }

    /// The public key of a home's log, which anybody may have.
    static func publicKey(of home: Home) throws -> [UInt8] {
        guard let key = try Keyring.logPublicKeys(in: home.keys).last else {
            throw Failure("the public key of the log is missing")
        }
        return key.bytes
    }
}
