internal import Synchronization
public import WardDatabase

/// Wrapped data keys in an SQLite file of their own, apart from the records.
///
/// WAL, `synchronous=FULL`: what ``put(_:)`` returned survives the loss of power; puts that wait together share one
/// flush. Deleted keys are overwritten with zeros, and the write-ahead log is copied back and cut before
/// ``destroy(_:)`` and ``purge()`` return. What the file system or the disk keeps of old blocks is beyond a database; the keys
/// there are wrapped.
public final class SQLiteKeyStore: WrappedKeyStore {
    private let writer: GroupWriter?
    let readers: ReaderPool
    private let file: DatabaseFile

    /// Opens the store in the file at `path`; creates it, mode 0600, where it is missing.
    /// - Throws: `.newerSchema`, `.corrupt`, `.full` or `.unavailable`.
    public init(path: String, readers: Int = 2) throws(DatabaseError) {
        file = DatabaseFile(path: path, format: .keys, pageSize: 4_096, writerCacheKiB: 4_096, readerCacheKiB: 4_096)
        let connection = try file.openForWriting()
        try connection.execute("PRAGMA secure_delete = ON")
        writer = GroupWriter(connection: connection, checkpointer: try Checkpointer(file: file, pages: 1_000))
        self.readers = try ReaderPool(file: file, count: readers)
    }

    /// Opens the store at `path` for reading only, also beside a running server. It must exist; writing throws `.unavailable`. What is
    /// wrong with its tables does not hold it up: ``flaws(tenant:)`` names it.
    /// - Throws: `.newerSchema`, `.corrupt` or `.unavailable`.
    public init(readingAt path: String, readers: Int = 1) throws(DatabaseError) {
        file = DatabaseFile(
            path: path, format: .keys, pageSize: 4_096, writerCacheKiB: 4_096, readerCacheKiB: 4_096, isLenient: true)
        writer = nil
        self.readers = try ReaderPool(file: file, count: readers)
    }

    /// Finishes what waits and closes the file.
    public func close() async {
        await readers.close()
        await writer?.close()
    }

    func requireWriter() throws(DatabaseError) -> GroupWriter {
        guard let writer else { throw DatabaseError(.unavailable, "keys: open for reading only") }
        return writer
    }

    public func put(_ keys: [WrappedKeyRow]) async throws(DatabaseError) -> [WrappedKeyRow] {
        try await requireWriter().write { connection throws(DatabaseError) in
            var held: [WrappedKeyRow] = []
            held.reserveCapacity(keys.count)
            for key in keys {
                if let patient = key.patient, try Self.tombstone(of: patient, key.tenant, connection) != nil {
                    throw DatabaseError(.destroyed, "keys: this patient's keys were destroyed")
                }
                try Self.insert(key, connection)
                held.append(connection.changes > 0 ? key : try Self.stored(like: key, connection) ?? key)
            }
            return held
        }
    }

    public func keys(of patient: LogicalID?, tenant: TenantID) async throws(DatabaseError) -> [WrappedKeyRow] {
        try await readers.read { connection throws(DatabaseError) in
            let statement = try connection.statement("""
                SELECT tenant, patient, version, kek_version, created_at, wrapped, commitment FROM wrapped_key
                WHERE tenant = ?1 AND patient = ?2
                    AND NOT EXISTS (SELECT 1 FROM tombstone WHERE tenant = ?1 AND patient = ?2) ORDER BY version
                """)
            statement.bind(1, Int64(tenant.rawValue))
            statement.bind(2, patient?.text ?? "")
            return try Self.rows(statement)
        }
    }

    public func list(
        tenant: TenantID, after place: WrappedKeyPlace?, limit: Int
    ) async throws(DatabaseError) -> [WrappedKeyRow] {
        try await readers.read { connection throws(DatabaseError) in
            let statement = try connection.statement("""
                SELECT tenant, patient, version, kek_version, created_at, wrapped, commitment FROM wrapped_key
                WHERE tenant = ?1 AND (patient, version) > (?2, ?3) ORDER BY patient, version
                """)
            statement.bind(1, Int64(tenant.rawValue))
            statement.bind(2, place?.patient?.text ?? "")
            statement.bind(3, place.map { Int64($0.version) } ?? -1)
            var rows: [WrappedKeyRow] = []
            guard limit > 0 else { return rows }
            try statement.forEachRow { row throws(DatabaseError) in
                if let key = try? KeyRow.key(row) { rows.append(key) }
                return rows.count < limit
            }
            return rows
        }
    }

    @discardableResult
    public func replace(_ keys: [WrappedKeyRow]) async throws(DatabaseError) -> Int {
        try await requireWriter().write { connection throws(DatabaseError) in
            var count = 0
            let statement = try connection.statement("""
                UPDATE wrapped_key SET kek_version = ?1, wrapped = ?2
                WHERE tenant = ?3 AND patient = ?4 AND version = ?5 AND commitment = ?6 AND kek_version < ?1
                """)
            for key in keys {
                statement.bind(1, Int64(key.kekVersion))
                statement.bind(2, key.wrapped)
                statement.bind(3, Int64(key.tenant.rawValue))
                statement.bind(4, key.patient?.text ?? "")
                statement.bind(5, Int64(key.version))
                statement.bind(6, key.commitment)
                try statement.run()
                count += connection.changes
            }
            return count
        }
    }

    public func counts(tenant: TenantID) async throws(DatabaseError) -> [UInt32: Int] {
        try await readers.read { connection throws(DatabaseError) in
            let statement = try connection.statement(
                "SELECT kek_version, count(*) FROM wrapped_key WHERE tenant = ?1 GROUP BY kek_version")
            statement.bind(1, Int64(tenant.rawValue))
            var counts: [UInt32: Int] = [:]
            try statement.forEachRow { row throws(DatabaseError) in
                // Which key it needs is not known, so none may be called needless.
                guard row.isInteger(0), let version = UInt32(exactly: row.integer(0)) else {
                    throw DatabaseError(.damaged, "a row of wrapped_key: a number of it is none")
                }
                counts[version] = Int(row.integer(1))
                return true
            }
            return counts
        }
    }

    public func purge() async throws(DatabaseError) {
        _ = try requireWriter()
        try await cutLog()
    }

    public func count(tenant: TenantID) async throws(DatabaseError) -> Int {
        try await readers.read { connection throws(DatabaseError) in
            let statement = try connection.statement("SELECT count(*) FROM wrapped_key WHERE tenant = ?1")
            statement.bind(1, Int64(tenant.rawValue))
            return try statement.first { Int($0.integer(0)) } ?? 0
        }
    }

    /// Copies the write-ahead log into the file and cuts it to nothing, so that no deleted key is left in it.
    func cutLog() async throws(DatabaseError) {
        let outcome: Result<Void, DatabaseError> = await withCheckedContinuation { continuation in
            WorkerThread.start { [file] in
                // It goes on when the connection is closed: who waits may put another file in the place of this one.
                let outcome: Result<Void, DatabaseError>
                do throws(DatabaseError) {
                    let connection = try file.openForCheckpoints()
                    defer { connection.close() }
                    guard try connection.integer("PRAGMA wal_checkpoint(TRUNCATE)") == 0 else {
                        throw DatabaseError(.unavailable, "cut the log: busy; call again")
                    }
                    outcome = .success(())
                } catch {
                    outcome = .failure(error)
                }
                continuation.resume(returning: outcome)
            }
        }
        try outcome.get()
    }
}

extension SQLiteKeyStore {
    private static func insert(_ key: WrappedKeyRow, _ connection: Connection) throws(DatabaseError) {
        let statement = try connection.statement("""
            INSERT INTO wrapped_key (tenant, patient, version, kek_version, created_at, wrapped, commitment)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING
            """)
        statement.bind(1, Int64(key.tenant.rawValue))
        statement.bind(2, key.patient?.text ?? "")
        statement.bind(3, Int64(key.version))
        statement.bind(4, Int64(key.kekVersion))
        statement.bind(5, key.createdAt)
        statement.bind(6, key.wrapped)
        statement.bind(7, key.commitment)
        try statement.run()
    }

    private static func stored(
        like key: WrappedKeyRow, _ connection: Connection
    ) throws(DatabaseError) -> WrappedKeyRow? {
        let statement = try connection.statement("""
            SELECT tenant, patient, version, kek_version, created_at, wrapped, commitment FROM wrapped_key
            WHERE tenant = ?1 AND patient = ?2 AND version = ?3
            """)
        statement.bind(1, Int64(key.tenant.rawValue))
        statement.bind(2, key.patient?.text ?? "")
        statement.bind(3, Int64(key.version))
        return try rows(statement).first
    }

    /// Every row, or the error of the first that is damaged: none of its owner's keys is used as long as it is there.
    private static func rows(_ statement: Statement) throws(DatabaseError) -> [WrappedKeyRow] {
        var rows: [WrappedKeyRow] = []
        try statement.forEachRow { row throws(DatabaseError) in
            do throws(DatabaseError) {
                rows.append(try KeyRow.key(row))
            } catch {
                throw DatabaseError(.damaged, "a row of wrapped_key: \(error.context)")
            }
            return true
        }
        return rows
    }
}
