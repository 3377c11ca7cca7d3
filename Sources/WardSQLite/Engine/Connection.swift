internal import GRDB
internal import GRDBSQLite
internal import WardDatabase

/// One open SQLite connection. It belongs to one thread at a time: ``GroupWriter`` and ``ReaderPool`` see to that.
///
/// GRDB opens, configures and closes it; hot paths use prepared statements of the raw handle.
final class Connection {
    /// Pages in the write-ahead log after the last commit of this connection.
    var walPages: Int { Int(walPagesStorage.pointee) }

    private let queue: DatabaseQueue
    private let handle: OpaquePointer
    private let walPagesStorage: UnsafeMutablePointer<Int32>
    private var statements: [UnsafePointer<UInt8>: Statement] = [:]
    private var isOpen = true

    /// Opens `path`; it creates no file.
    init(path: String, isReadOnly: Bool, cacheKiB: Int, busyTimeout: Duration) throws(WardDatabase.DatabaseError) {
        var configuration = Configuration()
        configuration.readonly = isReadOnly
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(busyTimeout / .seconds(1))
        configuration.label = "ward"
        configuration.prepareDatabase { database in
            try database.execute(sql: """
                PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = OFF;
                PRAGMA cache_size = -\(cacheKiB); PRAGMA mmap_size = 0; PRAGMA trusted_schema = OFF;
                """)
        }
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            guard let raw = try queue.inDatabase({ try Connection.detach($0) }) else {
                throw WardDatabase.DatabaseError(.unavailable, "open: no handle")
            }
            handle = raw
        } catch let error as WardDatabase.DatabaseError {
            throw error
        } catch let error as GRDB.DatabaseError {
            throw WardDatabase.DatabaseError(sqlite: error.extendedResultCode.rawValue, "open")
        } catch {
            throw WardDatabase.DatabaseError(.unavailable, "open")
        }
        walPagesStorage = .allocate(capacity: 1)
        walPagesStorage.initialize(to: 0)
        // What somebody put into the file as a trigger or a view is not run: the statement that it is for fails instead.
        sqlite3_set_authorizer(handle, { _, _, _, _, _, within in within == nil ? SQLITE_OK : SQLITE_DENY }, nil)
        // Replaces the automatic checkpoint, which would stall commits: `Checkpointer` does it on its own thread.
        sqlite3_wal_hook(handle, { storage, _, _, pages in
            storage?.assumingMemoryBound(to: Int32.self).pointee = pages
            return SQLITE_OK
        }, walPagesStorage)
    }

    deinit {
        close()
        walPagesStorage.deallocate()
    }

    /// Closes the connection; using it afterwards is an error.
    func close() {
        guard isOpen else { return }
        isOpen = false
        statements = [:]
        sqlite3_wal_hook(handle, nil, nil)
        try? queue.close()
    }

    /// The prepared form of a literal, made once for each connection.
    func statement(_ sql: StaticString) throws(WardDatabase.DatabaseError) -> Statement {
        guard isOpen else { throw WardDatabase.DatabaseError(.closed, "statement") }
        if let known = statements[sql.utf8Start] { return known }
        let made = try sql.utf8Start.withMemoryRebound(to: CChar.self, capacity: sql.utf8CodeUnitCount + 1) {
            pointer throws(WardDatabase.DatabaseError) in
            try Statement(pointer, connection: handle)
        }
        statements[sql.utf8Start] = made
        return made
    }

    /// Runs SQL that yields no rows and holds no values: schema, pragmas.
    func execute(_ sql: String) throws(WardDatabase.DatabaseError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        if code != SQLITE_OK { throw WardDatabase.DatabaseError(sqlite: code, "execute") }
    }

    /// The single integer that `sql` yields, such as a pragma; 0 without a row.
    func integer(_ sql: String) throws(WardDatabase.DatabaseError) -> Int64 {
        try Statement(sql, connection: handle).first { $0.integer(0) } ?? 0
    }

    /// The number of rows that the last INSERT, UPDATE or DELETE changed.
    var changes: Int { Int(sqlite3_changes(handle)) }

    /// The row id of the last INSERT.
    var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }

    /// True inside a transaction. SQLite leaves one by itself on some errors, such as a full disk.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Copies pages from the write-ahead log to the file as far as readers allow, without waiting for anyone.
    /// - Returns: pages in the log and how many of them are in the file now, or nil if another checkpoint is under way.
    func checkpoint() throws(WardDatabase.DatabaseError) -> (logged: Int, copied: Int)? {
        var logged: Int32 = 0
        var copied: Int32 = 0
        let code = sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, &logged, &copied)
        if code & 0xFF == SQLITE_BUSY { return nil }
        guard code == SQLITE_OK else { throw WardDatabase.DatabaseError(sqlite: code, "checkpoint") }
        return (Int(logged), Int(copied))
    }

    /// Takes GRDB's observers off the raw handle: nothing here is observed, and each commit would call them.
    private static func detach(_ database: Database) throws -> OpaquePointer? {
        guard let raw = database.sqliteConnection else { return nil }
        sqlite3_commit_hook(raw, nil, nil)
        sqlite3_rollback_hook(raw, nil, nil)
        return raw
    }
}

extension Connection {
    /// Runs `body` in a transaction that only reads, so that all its statements see one state of the database.
    func snapshot<Value>(
        _ body: () throws(WardDatabase.DatabaseError) -> Value
    ) throws(WardDatabase.DatabaseError) -> Value {
        try statement("BEGIN DEFERRED").run()
        defer { try? statement("COMMIT").run() }
        return try body()
    }
}
