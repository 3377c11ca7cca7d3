public import WardDatabase

/// The audit log in an SQLite database of its own.
///
/// One writer commits what waits together with one flush (WAL, `synchronous=FULL`); readers see each commit that
/// returned before they began. Opened for reading it works beside a server that writes, and every write throws
/// `.unavailable`.
public final class SQLiteAuditStore {
    private let writer: GroupWriter?
    let readers: ReaderPool

    /// Opens the log for writing and creates it where it is missing.
    /// - Throws: ``DatabaseError``: `.newerSchema`, `.corrupt`, `.full` or `.unavailable`.
    public static func open(path: String) throws(DatabaseError) -> SQLiteAuditStore {
        let file = Self.file(path)
        let connection = try file.openForWriting()
        let checkpointer = try Checkpointer(file: file, pages: 2_048)
        let writer = GroupWriter(connection: connection, checkpointer: checkpointer)
        return SQLiteAuditStore(writer: writer, readers: try ReaderPool(file: file, count: 2))
    }

    /// Opens an existing log for reading, also beside a running writer.
    /// - Throws: ``DatabaseError`` as ``open(path:)``, and `.unavailable` where there is no log.
    public static func openForReading(path: String) throws(DatabaseError) -> SQLiteAuditStore {
        SQLiteAuditStore(writer: nil, readers: try ReaderPool(file: Self.file(path), count: 2))
    }

    private init(writer: GroupWriter?, readers: ReaderPool) {
        self.writer = writer
        self.readers = readers
    }

    private static func file(_ path: String) -> DatabaseFile {
        DatabaseFile(path: path, format: .audit, pageSize: 8_192, writerCacheKiB: 8_192, readerCacheKiB: 4_096)
    }

    /// Commits what waits and closes the database.
    public func close() async {
        // Readers first: the last connection copies the write-ahead log into the file, and a reading one may not.
        await readers.close()
        await writer?.close()
    }
}

extension SQLiteAuditStore: AuditStore {
    public func state() async throws(DatabaseError) -> AuditStoreState {
        try await readers.read { connection throws(DatabaseError) in
            try connection.snapshot { () throws(DatabaseError) in
                AuditStoreState(
                    nextPosition: try Self.nextPosition(connection), books: try Self.books(connection),
                    cursor: try Self.cursor(connection), expired: try Self.expired(connection))
            }
        }
    }

    public func append(_ entries: [[UInt8]]) async throws(DatabaseError) -> Range<Int64> {
        try Self.check(entries)
        return try await write { connection throws(DatabaseError) in try Self.insert(entries, connection) }
    }

    public func relay(
        _ entries: [[UInt8]], from cursor: OutboxCursor, to next: OutboxCursor
    ) async throws(DatabaseError) -> Range<Int64> {
        try Self.check(entries)
        return try await write { connection throws(DatabaseError) in
            guard try Self.cursor(connection) == cursor, next.number > cursor.number else {
                throw DatabaseError(.versionConflict, "relay: the outbox cursor is elsewhere")
            }
            let positions = try Self.insert(entries, connection)
            let update = try connection.statement("""
                INSERT INTO outbox_cursor(id, number, event) VALUES(1, ?1, ?2)
                ON CONFLICT(id) DO UPDATE SET number = ?1, event = ?2
                """)
            update.bind(1, next.number)
            update.bind(2, next.event?.bytes ?? [])
            try update.run()
            return positions
        }
    }

    public func open(_ book: AuditBook, after previous: AuditBook?, size: Int64) async throws(DatabaseError) {
        try await write { connection throws(DatabaseError) in
            let newest = try Self.books(connection).last
            let end = previous.map { $0.position(ofLeaf: size) } ?? 0
            let head = try previous.map { book throws(DatabaseError) in try Self.headSize(of: book.year,
                connection) } ?? 0
            guard newest == previous, head == size, book.start == end,
                previous.map({ $0.year < book.year }) ?? true else {
                throw DatabaseError(.versionConflict, "open: the newest book is another one")
            }
            let insert = try connection.statement("INSERT INTO book(year, start, opening) VALUES(?1, ?2, ?3)")
            insert.bind(1, Int64(book.year))
            insert.bind(2, book.start)
            insert.bind(3, book.opening)
            try insert.run()
        }
    }

    public func publish(_ step: TreeExtension) async throws(DatabaseError) {
        try await write { connection throws(DatabaseError) in
            guard try Self.headSize(of: step.year, connection) == step.previousSize,
                step.checkpoint.size > step.previousSize else {
                throw DatabaseError(.versionConflict, "publish: the head is another one")
            }
            let tile = try connection.statement("""
                INSERT INTO tile(year, level, number, hashes) VALUES(?1, ?2, ?3, ?4)
                ON CONFLICT DO UPDATE SET hashes = ?4
                """)
            for item in step.tiles {
                tile.bind(1, Int64(step.year))
                tile.bind(2, Int64(item.level))
                tile.bind(3, item.number)
                tile.bind(4, item.hashes)
                try tile.run()
            }
            if !step.keepsPrevious {
                let delete = try connection.statement("DELETE FROM checkpoint WHERE year = ?1 AND size = ?2")
                delete.bind(1, Int64(step.year))
                delete.bind(2, step.previousSize)
                try delete.run()
            }
            let insert = try connection.statement("INSERT INTO checkpoint(year, size, note) VALUES(?1, ?2, ?3)")
            insert.bind(1, Int64(step.year))
            insert.bind(2, step.checkpoint.size)
            insert.bind(3, step.checkpoint.note)
            try insert.run()
        }
    }

    public func expire(_ range: Range<Int64>, under tombstone: [UInt8]) async throws(DatabaseError) {
        try await write { connection throws(DatabaseError) in
            let next = try Self.nextPosition(connection)
            guard !range.isEmpty, try Self.expired(connection) == range.lowerBound,
                next > range.upperBound || next == range.lowerBound else {
                throw DatabaseError(.versionConflict, "expire: other entries come next")
            }
            let insert = try connection.statement("INSERT INTO tombstone(start, end, note) VALUES(?1, ?2, ?3)")
            insert.bind(1, range.lowerBound)
            insert.bind(2, range.upperBound)
            insert.bind(3, tombstone)
            try insert.run()
            let delete = try connection.statement("DELETE FROM entry WHERE position < ?1")
            delete.bind(1, range.upperBound)
            try delete.run()
        }
    }

    // MARK: Reading

    public func tombstones() async throws(DatabaseError) -> [[UInt8]] {
        try await readers.read { connection throws(DatabaseError) in
            var notes: [[UInt8]] = []
            let query = try connection.statement("SELECT note FROM tombstone ORDER BY start")
            try query.forEachRow { row throws(DatabaseError) in
                notes.append(row.blob(0))
                return true
            }
            return notes
        }
    }

    public func entries(from position: Int64, limit: Int, maximumBytes: Int) async throws(DatabaseError) -> EntryBlock {
        try await readers.read { connection throws(DatabaseError) in
            var block = EntryBlock()
            block.reserve(rows: limit, bytes: min(maximumBytes + 1_024, limit * 320))
            let query = try connection.statement(
                "SELECT position, bytes FROM entry WHERE position >= ?1 AND position < ?3 ORDER BY position LIMIT ?2")
            query.bind(1, position)
            query.bind(2, Int64(limit))
            query.bind(3, AuditLimits.positions)
            try query.forEachRow { row throws(DatabaseError) in
                let number = row.integer(0)
                // In a damaged file a row can stand where its number does not belong.
                guard block.positions.last.map({ $0 < number }) ?? (number >= position) else {
                    throw DatabaseError(.corrupt, "the rows of the audit log are not in their order")
                }
                row.withBytes(1) { block.append(position: number, entry: $0, isPlain: row.isBlob(1)) }
                return block.bytes.count < maximumBytes
            }
            return block
        }
    }

    public func tiles(
        of year: Int, level: Int, from number: Int64, limit: Int
    ) async throws(DatabaseError) -> [AuditTile] {
        try await readers.read { connection throws(DatabaseError) in
            var tiles: [AuditTile] = []
            let query = try connection.statement("""
                SELECT number, hashes FROM tile WHERE year = ?1 AND level = ?2 AND number >= ?3 ORDER BY number LIMIT ?4
                """)
            query.bind(1, Int64(year))
            query.bind(2, Int64(level))
            query.bind(3, number)
            query.bind(4, Int64(limit))
            try query.forEachRow { row throws(DatabaseError) in
                tiles.append(AuditTile(level: level, number: row.integer(0), hashes: row.blob(1)))
                return true
            }
            return tiles
        }
    }

    public func checkpoints(
        of year: Int, after size: Int64, limit: Int
    ) async throws(DatabaseError) -> [StoredCheckpoint] {
        try await readers.read { connection throws(DatabaseError) in
            var checkpoints: [StoredCheckpoint] = []
            let query = try connection.statement(
                "SELECT size, note FROM checkpoint WHERE year = ?1 AND size > ?2 ORDER BY size LIMIT ?3")
            query.bind(1, Int64(year))
            query.bind(2, size)
            query.bind(3, Int64(limit))
            try query.forEachRow { row throws(DatabaseError) in
                checkpoints.append(StoredCheckpoint(size: row.integer(0), note: row.blob(1)))
                return true
            }
            return checkpoints
        }
    }

    public func head(of year: Int) async throws(DatabaseError) -> StoredCheckpoint? {
        try await readers.read { connection throws(DatabaseError) in
            let query = try connection.statement(
                "SELECT size, note FROM checkpoint WHERE year = ?1 ORDER BY size DESC LIMIT 1")
            query.bind(1, Int64(year))
            return try query.first { StoredCheckpoint(size: Self.bounded($0.integer(0)), note: $0.blob(1)) }
        }
    }
}

extension SQLiteAuditStore {
    public func signedYears() async throws(DatabaseError) -> [Int] {
        try await readers.read { connection throws(DatabaseError) in
            var years: [Int] = []
            // One look-up a year: there are many checkpoints of each.
            while true {
                let query = try connection.statement(
                    "SELECT year FROM checkpoint WHERE year > ?1 ORDER BY year LIMIT 1")
                query.bind(1, Int64(years.last ?? .min))
                guard let year = try query.first({ Int($0.integer(0)) }) else { return years }
                years.append(year)
            }
        }
    }
}

// MARK: Statements

extension SQLiteAuditStore {
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws(DatabaseError) -> Value
    ) async throws(DatabaseError) -> Value {
        guard let writer else { throw DatabaseError(.unavailable, "write: the audit log is open for reading") }
        return try await writer.write(body)
    }

    static func check(_ entries: [[UInt8]]) throws(DatabaseError) {
        guard (1...AuditLimits.entriesPerAppend).contains(entries.count),
              entries.allSatisfy({ $0.count <= AuditLimits.entryBytes }) else {
            throw DatabaseError(.tooCostly, "append: too many entries, none, or one too large")
        }
    }

    static func insert(_ entries: [[UInt8]], _ connection: Connection) throws(DatabaseError) -> Range<Int64> {
        let start = try nextPosition(connection)
        // Where signed entries were taken away, nothing takes their places.
        guard try start >= signedEnd(connection) else {
            throw DatabaseError(.corrupt, "append: signed entries at the end of the log are missing")
        }
        let insert = try connection.statement("INSERT INTO entry(position, bytes) VALUES(?1, ?2)")
        for (index, entry) in entries.enumerated() {
            insert.bind(1, start + Int64(index))
            insert.bind(2, entry)
            try insert.run()
        }
        return start..<start + Int64(entries.count)
    }

    private static func nextPosition(_ connection: Connection) throws(DatabaseError) -> Int64 {
        let query = try connection.statement(
            "SELECT position FROM entry WHERE position < ?1 ORDER BY position DESC LIMIT 1")
        query.bind(1, AuditLimits.positions)
        let last = try query.first { $0.integer(0) }
        guard let last, last >= 0 else { return try expired(connection) }
        return last + 1
    }

    /// A number of the store that sums are made of: one that no log reaches is read as the bound, and is wrong all the same.
    private static func bounded(_ number: Int64) -> Int64 {
        min(max(number, -AuditLimits.positions), AuditLimits.positions)
    }

    static func expired(_ connection: Connection) throws(DatabaseError) -> Int64 {
        let query = try connection.statement("SELECT end FROM tombstone ORDER BY start DESC LIMIT 1")
        return try query.first { bounded($0.integer(0)) } ?? 0
    }

    static func headSize(of year: Int, _ connection: Connection) throws(DatabaseError) -> Int64 {
        let query = try connection.statement("SELECT size FROM checkpoint WHERE year = ?1 ORDER BY size DESC LIMIT 1")
        query.bind(1, Int64(year))
        return try query.first { bounded($0.integer(0)) } ?? 0
    }

    static func books(_ connection: Connection) throws(DatabaseError) -> [AuditBook] {
        var books: [AuditBook] = []
        let query = try connection.statement("SELECT year, start, opening FROM book ORDER BY year")
        try query.forEachRow { row throws(DatabaseError) in
            books.append(AuditBook(
                year: Int(min(max(row.integer(0), 0), 9_999)), start: bounded(row.integer(1)), opening: row.blob(2)))
            return true
        }
        return books
    }

    private static func cursor(_ connection: Connection) throws(DatabaseError) -> OutboxCursor {
        let query = try connection.statement("SELECT number, event FROM outbox_cursor WHERE id = 1")
        return try query.first { OutboxCursor(number: bounded($0.integer(0)), event: EventID($0.blob(1))) } ?? .start
    }
}
