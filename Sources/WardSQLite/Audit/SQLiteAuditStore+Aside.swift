public import WardDatabase

extension SQLiteAuditStore {
    public func setAside(_ positions: [Int64], telling entry: [UInt8]) async throws(DatabaseError) {
        try Self.check([entry])
        try await write { connection throws(DatabaseError) in
            let end = try Self.signedEnd(connection)
            let keep = try connection.statement("""
                INSERT INTO quarantine(position, bytes) SELECT position, CAST(bytes AS BLOB) FROM entry WHERE position = ?1 RETURNING id
                """)
            let delete = try connection.statement("DELETE FROM entry WHERE position = ?1")
            for position in positions {
                keep.bind(1, position)
                guard position < 0 || position >= end, try keep.first({ $0.integer(0) }) != nil else {
                    throw DatabaseError(.versionConflict, "set aside: a row is signed, or not there")
                }
                delete.bind(1, position)
                try delete.run()
            }
            try Self.close(from: end, connection)
            _ = try Self.insert([entry], connection)
        }
    }

    /// Numbers the rows from a position on densely; each moves down, so none meets another.
    private static func close(from end: Int64, _ connection: Connection) throws(DatabaseError) {
        var found: [Int64] = []
        let query = try connection.statement(
            "SELECT position FROM entry WHERE position >= ?1 AND position < ?2 ORDER BY position")
        query.bind(1, end)
        query.bind(2, AuditLimits.positions)
        try query.forEachRow { row throws(DatabaseError) in
            found.append(row.integer(0))
            return true
        }
        let move = try connection.statement("UPDATE entry SET position = ?2 WHERE position = ?1")
        for (index, position) in found.enumerated() where position != end + Int64(index) {
            move.bind(1, position)
            move.bind(2, end + Int64(index))
            try move.run()
        }
    }

    static func signedEnd(_ connection: Connection) throws(DatabaseError) -> Int64 {
        guard let book = try books(connection).last else { return try expired(connection) }
        let size = try headSize(of: book.year, connection)
        return book.position(ofLeaf: max(size, book.openingLeaves))
    }

    public func strays(after position: Int64, limit: Int) async throws(DatabaseError) -> EntryBlock {
        try await readers.read { connection throws(DatabaseError) in
            var block = EntryBlock()
            let query = try connection.statement(
                "SELECT position, bytes FROM entry WHERE position > ?1 AND position >= ?2 ORDER BY position LIMIT ?3")
            query.bind(1, position)
            query.bind(2, AuditLimits.positions)
            query.bind(3, Int64(limit))
            try query.forEachRow { row throws(DatabaseError) in
                row.withBytes(1) { block.append(position: row.integer(0), entry: $0) }
                return true
            }
            return block
        }
    }

    public func aside(from number: Int64, limit: Int) async throws(DatabaseError) -> [AsideRow] {
        try await readers.read { connection throws(DatabaseError) in
            var rows: [AsideRow] = []
            let query = try connection.statement(
                "SELECT id, position, bytes FROM quarantine WHERE id >= ?1 ORDER BY id LIMIT ?2")
            query.bind(1, number)
            query.bind(2, Int64(limit))
            try query.forEachRow { row throws(DatabaseError) in
                rows.append(AsideRow(number: row.integer(0), position: row.integer(1), bytes: row.blob(2)))
                return true
            }
            return rows
        }
    }

    public func countAside() async throws(DatabaseError) -> Int64 {
        try await readers.read { connection throws(DatabaseError) in
            let query = try connection.statement("SELECT count(*) FROM quarantine")
            return try query.first { $0.integer(0) } ?? 0
        }
    }

    public func keepLoss(_ note: [UInt8]) async throws(DatabaseError) {
        try await write { connection throws(DatabaseError) in
            let insert = try connection.statement("INSERT INTO loss(note) VALUES(?1)")
            insert.bind(1, note)
            try insert.run()
        }
    }

    public func losses() async throws(DatabaseError) -> [[UInt8]] {
        try await readers.read { connection throws(DatabaseError) in
            var notes: [[UInt8]] = []
            let query = try connection.statement("SELECT note FROM loss ORDER BY id")
            try query.forEachRow { row throws(DatabaseError) in
                notes.append(row.blob(0))
                return true
            }
            return notes
        }
    }
}
