#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif
internal import WardDatabase

/// A database file: creates it with narrow rights, checks that it is ours and not newer than we are, opens connections.
///
/// The file has mode 0600, and so have its write-ahead log and shared memory, which SQLite makes with the mode of the file. A folder
/// that is made here has 0700.
struct DatabaseFile: Sendable {
    var path: String
    var format: DatabaseFormat
    /// Bytes of a page of a new file; a power of two.
    var pageSize = 8_192
    /// Page cache of the writing connection.
    var writerCacheKiB = 64 * 1_024
    /// Page cache of each reading connection.
    var readerCacheKiB = 16 * 1_024
    /// How long a connection waits for a lock of another process.
    var busyTimeout: Duration = .seconds(5)
    /// Whether the file is opened for reading whatever its tables are: for what looks at them by itself (``SchemaCheck``) and names
    /// what is wrong. No connection runs a trigger or a view.
    var isLenient = false

    /// Opens the file for writing, creates it where it is missing, and brings its tables up to date.
    /// - Throws: `.newerSchema`, `.corrupt`, `.foreign`, `.forbidden`, `.full`, or `.unavailable` (no folder, locked).
    func openForWriting() throws(DatabaseError) -> Connection {
        try refuseOthers()
        return try namingCauses(writes: true) { () throws(DatabaseError) in try openOrCreate() }
    }

    private func openOrCreate() throws(DatabaseError) -> Connection {
        try createFile()
        let connection = try Connection(
            path: path, isReadOnly: false, cacheKiB: writerCacheKiB, busyTimeout: busyTimeout)
        if try isBegun(connection) {
            try check(connection)
            try refuseActing(connection)
        } else {
            try connection.execute("PRAGMA page_size = \(pageSize); PRAGMA auto_vacuum = NONE")
        }
        try connection.execute("PRAGMA journal_mode = WAL")
        try upgrade(connection)
        try checkTables(connection)
        if let flaw = try SchemaCheck.flaws(of: connection, format).first(where: \.isFatal) {
            throw DatabaseError(.corrupt, "open: \(flaw.place): \(flaw.what); restore the file from its backup")
        }
        return connection
    }

    /// Opens the file, whose tables are up to date, once more for its checkpoints.
    func openForCheckpoints() throws(DatabaseError) -> Connection {
        try Connection(path: path, isReadOnly: false, cacheKiB: 1_024, busyTimeout: busyTimeout)
    }

    /// Opens the file for reading; it must exist, and its version must be the one of this program.
    /// - Throws: as ``openForWriting()``, and `.olderSchema`.
    func openForReading() throws(DatabaseError) -> Connection {
        try refuseOthers()
        let connection = try namingCauses(writes: false) { () throws(DatabaseError) in
            let connection = try Connection(path: path, isReadOnly: true, cacheKiB: readerCacheKiB, busyTimeout: busyTimeout)
            try check(connection)
            return connection
        }
        let version = try connection.integer("PRAGMA user_version")
        guard version == format.version else {
            throw DatabaseError(.olderSchema, "\(path): is of version \(version), and this program reads \(format.version)")
        }
        if isLenient { return connection }
        try refuseActing(connection)
        try checkTables(connection)
        return connection
    }

    /// Whether anything was made in the file. Where its maker died before the first table was there, nothing was.
    /// - Throws: as ``openForReading()``.
    func isBegun() throws(DatabaseError) -> Bool {
        try refuseOthers()
        return try namingCauses(writes: false) { () throws(DatabaseError) in
            guard access(path, F_OK) == 0 || errno != ENOENT else { return false }
            return try isBegun(Connection(path: path, isReadOnly: true, cacheKiB: 64, busyTimeout: busyTimeout))
        }
    }

    private func isBegun(_ connection: Connection) throws(DatabaseError) -> Bool {
        if try connection.integer("SELECT count(*) FROM sqlite_schema") > 0 { return true }
        return try connection.integer("PRAGMA application_id") != 0
    }

    /// Refuses the file of another program, or of a newer one, and one that says of itself that it is older than its tables are.
    private func check(_ connection: Connection) throws(DatabaseError) {
        guard try connection.integer("PRAGMA application_id") == Int64(format.applicationID) else {
            let what = try isBegun(connection) ? "its application_id is another's" : "it is empty"
            throw DatabaseError(.corrupt, "open: \(path): \(what)")
        }
        let version = try connection.integer("PRAGMA user_version")
        guard version <= format.version else {
            throw DatabaseError(.newerSchema, "open: \(path): its user_version is \(version), and this program writes \(format.version)")
        }
        guard version < format.version, try !SchemaCheck.hasTables(connection, of: version, format) else { return }
        let said = "open: its user_version is \(version), and its tables are"
        if try SchemaCheck.flaws(of: connection, format).contains(where: \.isFatal) {
            throw DatabaseError(.corrupt, "\(said) not of that version")
        }
        throw DatabaseError(
            .corrupt, "\(said) those of version \(format.version)",
            remedy: "keep a copy of the file as evidence; PRAGMA user_version = \(format.version) sets it right where nothing else was done")
    }

    /// Refuses a file in which somebody left what acts by itself: a trigger or a view.
    private func refuseActing(_ connection: Connection) throws(DatabaseError) {
        guard let flaw = try SchemaCheck.acting(in: connection).first else { return }
        throw DatabaseError(.corrupt, "open: \(flaw.place): \(flaw.what)")
    }

    /// Refuses a file from which somebody took a table.
    private func checkTables(_ connection: Connection) throws(DatabaseError) {
        for name in format.tables.sorted() {
            let count = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '\(name)'"
            guard try connection.integer(count) == 1 else {
                throw DatabaseError(.corrupt, "open: the table \(name) is missing")
            }
        }
    }

    private func upgrade(_ connection: Connection) throws(DatabaseError) {
        let version = Int(try connection.integer("PRAGMA user_version"))
        guard version < format.steps.count else { return }
        try connection.execute("BEGIN IMMEDIATE")
        do {
            for step in format.steps[version...] { try connection.execute(step) }
            try connection.execute("PRAGMA application_id = \(format.applicationID)")
            try connection.execute("PRAGMA user_version = \(format.version)")
            try connection.execute("COMMIT")
        } catch {
            try? connection.execute("ROLLBACK")
            throw error
        }
    }

    private func createFile() throws(DatabaseError) {
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            _ = mkdir(String(path[..<slash]), 0o700)
        }
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw DatabaseError(errno == ENOSPC ? .full : .unavailable, "open: errno \(errno)")
        }
        _ = Self.close(descriptor)
    }

    private static func close(_ descriptor: Int32) -> Int32 {
        #if canImport(Glibc)
        Glibc.close(descriptor)
        #else
        Darwin.close(descriptor)
        #endif
    }
}
