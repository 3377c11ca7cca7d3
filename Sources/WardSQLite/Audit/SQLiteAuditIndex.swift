public import WardDatabase

/// The index over the audit log in an SQLite database of its own.
public final class SQLiteAuditIndex: AuditIndexStore {
    private let writer: GroupWriter?
    private let readers: ReaderPool

    /// Opens the index and creates it where it is missing.
    /// - Throws: ``DatabaseError``: `.newerSchema`, `.corrupt`, `.full` or `.unavailable`.
    public init(path: String) throws(DatabaseError) {
        let file = Self.file(path)
        let connection = try file.openForWriting()
        writer = GroupWriter(connection: connection, checkpointer: try Checkpointer(file: file, pages: 2_048))
        readers = try ReaderPool(file: file, count: 1)
    }

    /// Opens an existing index for reading, also beside a running server: every write throws `.unavailable`. Nil where there is none, or
    /// nothing was made in its file yet.
    /// - Throws: ``DatabaseError`` as ``init(path:)``, and `.olderSchema`.
    public static func openForReading(path: String) throws(DatabaseError) -> SQLiteAuditIndex? {
        guard try file(path).isBegun() else { return nil }
        return SQLiteAuditIndex(readers: try ReaderPool(file: file(path), count: 1))
    }

    private init(readers: ReaderPool) {
        writer = nil
        self.readers = readers
    }

    private static func file(_ path: String) -> DatabaseFile {
        DatabaseFile(path: path, format: .auditIndex, pageSize: 8_192, writerCacheKiB: 32_768, readerCacheKiB: 8_192)
    }

    /// Commits what waits and closes the database.
    public func close() async {
        await readers.close()
        await writer?.close()
    }

    public func state() async throws(DatabaseError) -> AuditIndexState {
        try await readers.read { connection throws(DatabaseError) in try Self.state(connection) }
    }

    public func add(
        _ postings: [AuditPosting], from old: AuditIndexState, to new: AuditIndexState
    ) async throws(DatabaseError) {
        let ordered = postings.sorted {
            ($0.term.family.rawValue, $0.term.value, $0.position) < ($1.term.family.rawValue, $1.term.value, $1.position)
        }
        try await write { connection throws(DatabaseError) in
            guard try Self.state(connection) == old else {
                throw DatabaseError(.versionConflict, "index: the index ends elsewhere")
            }
            let insert = try connection.statement("INSERT OR IGNORE INTO posting(family, value, position) VALUES(?1, ?2, ?3)")
            let value = try connection.statement("INSERT OR IGNORE INTO value(family, value) VALUES(?1, ?2)")
            var last: AuditTerm?
            for posting in ordered {
                let family = Int64(posting.term.family.rawValue)
                insert.bind(1, family)
                insert.bind(2, posting.term.value)
                insert.bind(3, posting.position)
                try insert.run()
                guard last != posting.term, posting.term.family != .patient else { continue }
                last = posting.term
                value.bind(1, family)
                value.bind(2, posting.term.value)
                try value.run()
            }
            let update = try connection.statement("UPDATE state SET end = ?1, last = ?2 WHERE id = 1")
            update.bind(1, new.end)
            update.bind(2, new.last?.bytes ?? [])
            try update.run()
        }
    }

    public func positions(
        of term: AuditTerm, from start: Int64, below end: Int64, limit: Int
    ) async throws(DatabaseError) -> [Int64] {
        try await readers.read { connection throws(DatabaseError) in
            var positions: [Int64] = []
            let query = try connection.statement("""
                SELECT position FROM posting WHERE family = ?1 AND value = ?2 AND position >= ?3 AND position < ?4
                ORDER BY position DESC LIMIT ?5
                """)
            query.bind(1, Int64(term.family.rawValue))
            query.bind(2, term.value)
            query.bind(3, max(0, start))
            query.bind(4, min(end, AuditLimits.positions))
            query.bind(5, Int64(limit))
            try query.forEachRow { row throws(DatabaseError) in
                positions.append(row.integer(0))
                return true
            }
            return positions
        }
    }

    public func postings(after posting: AuditPosting?, limit: Int) async throws(DatabaseError) -> [AuditPosting] {
        try await readers.read { connection throws(DatabaseError) in
            var postings: [AuditPosting] = []
            let query = try connection.statement("""
                SELECT family, value, position FROM posting WHERE (family, value, position) > (?1, ?2, ?3) AND family <= ?4
                ORDER BY family, value, position LIMIT ?5
                """)
            query.bind(1, Int64(posting?.term.family.rawValue ?? 0))
            query.bind(2, posting?.term.value ?? .max)
            query.bind(3, posting?.position ?? .max)
            query.bind(4, Int64(AuditTerm.Family.allCases.map(\.rawValue).max() ?? 0))
            query.bind(5, Int64(limit))
            try query.forEachRow { row throws(DatabaseError) in
                // What only reads as a number is not found as that number.
                guard (0...2).allSatisfy(row.isInteger), let family = AuditTerm.Family(rawValue: UInt8(clamping: row.integer(0)))
                else { return true }
                postings.append(AuditPosting(AuditTerm(family, row.integer(1)), row.integer(2)))
                return true
            }
            return postings
        }
    }

    public func values(of family: AuditTerm.Family, limit: Int) async throws(DatabaseError) -> [Int64] {
        try await readers.read { connection throws(DatabaseError) in
            var values: [Int64] = []
            let query = try connection.statement("SELECT value FROM value WHERE family = ?1 ORDER BY value LIMIT ?2")
            query.bind(1, Int64(family.rawValue))
            query.bind(2, Int64(limit))
            try query.forEachRow { row throws(DatabaseError) in
                if row.isInteger(0) { values.append(row.integer(0)) }
                return true
            }
            return values
        }
    }

    public func forget(below position: Int64) async throws(DatabaseError) {
        try await write { connection throws(DatabaseError) in
            let delete = try connection.statement("DELETE FROM posting WHERE position < ?1")
            delete.bind(1, position)
            try delete.run()
            try connection.statement("""
                DELETE FROM value WHERE NOT EXISTS (
                    SELECT 1 FROM posting WHERE posting.family = value.family AND posting.value = value.value)
                """).run()
        }
    }

    public func clear() async throws(DatabaseError) {
        try await write { connection throws(DatabaseError) in
            try connection.statement("DELETE FROM posting").run()
            try connection.statement("DELETE FROM value").run()
            try connection.statement("UPDATE state SET end = 0, last = x'' WHERE id = 1").run()
        }
    }

    private func write<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws(DatabaseError) -> Value
    ) async throws(DatabaseError) -> Value {
        guard let writer else { throw DatabaseError(.unavailable, "write: the index is open for reading") }
        return try await writer.write(body)
    }

    private static func state(_ connection: Connection) throws(DatabaseError) -> AuditIndexState {
        let query = try connection.statement("SELECT end, last FROM state WHERE id = 1")
        return try query.first { AuditIndexState(end: $0.integer(0), last: EventID($0.bytes(1))) } ?? .empty
    }
}
