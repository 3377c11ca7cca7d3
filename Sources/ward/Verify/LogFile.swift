internal import Foundation
internal import WardAudit
internal import WardSystem
internal import WardKeys
internal import WardSQLite

/// A home's log as it lies on the disk, opened for reading beside a server that may be running.
struct LogFile {
    let store: SQLiteAuditStore
    /// Of the log's checkpoints.
    let keys: CheckpointKeys

    /// Opens the log of a home.
    /// - Throws: as ``requirePresence(in:)`` and ``keys(of:)``; `DatabaseError`.
    init(of home: Home) throws {
        try Self.requirePresence(in: home)
        keys = try Self.keys(of: home)
        store = try SQLiteAuditStore.openForReading(path: home.auditDatabase)
    }

    /// Refuses a home whose log is gone, or no file, or an empty one: a new one in its place would hide that.
    /// - Throws: ``Failure`` that says what is missing.
    static func requirePresence(in home: Home) throws(Failure) {
        let status = FileStatus(at: home.auditDatabase)
        guard status?.isPlain ?? true else {
            throw Failure("\(home.auditDatabase): is no plain file; the audit log is one. Move it aside, and bring the log back")
        }
        let isThere = (status?.size ?? 0) > 0
        guard !isThere, FileManager.default.fileExists(atPath: home.auditAnchor) else { return }
        throw Failure("""
            \(home.auditDatabase): the audit log is missing or empty, though data/audit-anchor tells of one; move aside what is left \
            of it, and `ward audit restore` rebuilds it from its archive
            """)
    }

    /// The public keys of a home's log, which anybody may have, and how it went from one to the next; also while a server
    /// rotates it.
    /// - Throws: `KeyError`, or `AuditError` where a handover does not hold.
    static func keys(of home: Home) throws -> CheckpointKeys {
        try CheckpointKeys(following: { try Keyring.logHistory(in: home.keys) })
    }
}
