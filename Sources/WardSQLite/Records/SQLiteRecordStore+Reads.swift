public import WardDatabase

extension SQLiteRecordStore {
    public func newest(_ key: RecordKey) async throws(DatabaseError) -> StoredRecord? {
        try await history(of: key, before: nil, limit: 1).first
    }

    public func version(_ version: UInt64, of key: RecordKey) async throws(DatabaseError) -> StoredRecord? {
        guard version < UInt64(Int64.max) else { return nil }
        return try await history(of: key, before: version + 1, limit: 1).first { $0.version == version }
    }

    public func history(
        of key: RecordKey, before: UInt64?, limit: Int
    ) async throws(DatabaseError) -> [StoredRecord] {
        try await readers.read { [types] connection throws(DatabaseError) in
            guard let type = try types.number(of: key.type, connection) else { return [] }
            let statement = try connection.statement("""
                SELECT sequence, id, patient, version, updated_at, deleted, current, key_version, digest, filter, sealed
                FROM record WHERE tenant = ?1 AND type = ?2 AND id = ?3 AND version < ?4 ORDER BY version DESC LIMIT ?5
                """)
            statement.bind(1, Int64(key.tenant.rawValue))
            statement.bind(2, type)
            RecordRow.bind(key.id, statement, 3)
            statement.bind(4, Int64(clamping: before ?? UInt64(Int64.max)))
            statement.bind(5, Int64(max(0, limit)))
            var found: [StoredRecord] = []
            try statement.forEachRow { row throws(DatabaseError) in
                found.append(try RecordRow.read(row, tenant: key.tenant, type: key.type))
                return true
            }
            return found
        }
    }

    public func records(_ sequences: [Int64]) async throws(DatabaseError) -> [StoredRecord] {
        try await readers.read { [types] connection throws(DatabaseError) in
            try connection.snapshot { () throws(DatabaseError) in
                var found: [StoredRecord] = []
                found.reserveCapacity(sequences.count)
                for sequence in sequences {
                    if let record = try Self.record(sequence, types, connection) { found.append(record) }
                }
                return found
            }
        }
    }

    public func newestSequence() async throws(DatabaseError) -> Int64 {
        try await readers.read { connection throws(DatabaseError) in
            try max(0, connection.statement("SELECT max(sequence) FROM record WHERE sequence < 4611686018427387904").first { $0.integer(0) } ?? 0)
        }
    }

    public func scan(after sequence: Int64, limit: Int) async throws(DatabaseError) -> ScanPage {
        try await readers.read { [types] connection throws(DatabaseError) in
            let statement = try connection.statement("""
                SELECT sequence, id, patient, version, updated_at, deleted, current, key_version, digest, filter, sealed,
                    tenant, type
                FROM record WHERE sequence > ?1 ORDER BY sequence LIMIT ?2
                """)
            statement.bind(1, sequence)
            statement.bind(2, Int64(max(0, limit)))
            var page = ScanPage()
            try statement.forEachRow { row throws(DatabaseError) in
                page.last = row.integer(0)
                do throws(DatabaseError) {
                    page.rows.append(try RecordRow.read(row, at: 11, types, connection))
                } catch {
                    guard error.code == .damaged else { throw error }
                    page.damaged.append(RecordRow.damage(row, at: 11, types, connection, error))
                }
                return true
            }
            return page
        }
    }

    private static func record(
        _ sequence: Int64, _ types: RecordTypes, _ connection: Connection
    ) throws(DatabaseError) -> StoredRecord? {
        let statement = try connection.statement("""
            SELECT sequence, id, patient, version, updated_at, deleted, current, key_version, digest, filter, sealed,
                tenant, type
            FROM record WHERE sequence = ?1
            """)
        statement.bind(1, sequence)
        defer { statement.reset() }
        return try statement.step() ? RecordRow.read(statement, at: 11, types, connection) : nil
    }
}
