public import WardDatabase

extension SQLiteRecordStore {
    public func marks(of key: RecordKey) async throws(DatabaseError) -> [VersionMark] {
        try await readers.read { [types] connection throws(DatabaseError) in
            guard let type = try types.number(of: key.type, connection) else { return [] }
            let statement = try connection.statement("""
                SELECT version, current, digest FROM record WHERE tenant = ?1 AND type = ?2 AND id = ?3 ORDER BY version
                """)
            statement.bind(1, Int64(key.tenant.rawValue))
            statement.bind(2, type)
            RecordRow.bind(key.id, statement, 3)
            var marks: [VersionMark] = []
            try statement.forEachRow { row throws(DatabaseError) in
                marks.append(VersionMark(
                    version: UInt64(bitPattern: row.integer(0)), isCurrent: row.integer(1) == 1, digest: row.bytes(2)))
                return true
            }
            return marks
        }
    }

    public func firstSequence(since time: Int64) async throws(DatabaseError) -> Int64? {
        try await readers.read { connection throws(DatabaseError) in
            let statement = try connection.statement("SELECT min(sequence) FROM record WHERE updated_at >= ?1")
            statement.bind(1, time)
            return try statement.first { $0.isNull(0) ? nil : $0.integer(0) } ?? nil
        }
    }

    public func keyUses(
        tenant: TenantID, after sequence: Int64, limit: Int
    ) async throws(DatabaseError) -> KeyUsePage {
        try await readers.read { connection throws(DatabaseError) in
            let statement = try connection.statement("""
                SELECT sequence, tenant, patient, key_version FROM record WHERE sequence > ?1 ORDER BY sequence LIMIT ?2
                """)
            statement.bind(1, sequence)
            statement.bind(2, Int64(max(1, limit)))
            var page = KeyUsePage(uses: [], next: nil)
            var (rows, last) = (0, sequence)
            try statement.forEachRow { row throws(DatabaseError) in
                rows += 1
                last = row.integer(0)
                guard row.integer(1) == Int64(tenant.rawValue) else { return true }
                page.uses.insert(KeyUse(
                    patient: row.isNull(2) ? nil : RecordRow.id(row, 2), version: UInt32(clamping: row.integer(3))))
                return true
            }
            if rows == max(1, limit) { page.next = last }
            return page
        }
    }

    public func tokens(of sequences: [Int64]) async throws(DatabaseError) -> [[Int64]] {
        try await readers.read { connection throws(DatabaseError) in
            try connection.snapshot { () throws(DatabaseError) in
                var epochs: [(TokenTables, Settled)] = []
                for epoch in try TokenEpoch.all(connection).reversed() {
                    epochs.append((epoch.tables, try epoch.tables.settled(connection, boundary: epoch.boundary)))
                }
                var found: [[Int64]] = []
                found.reserveCapacity(sequences.count)
                for sequence in sequences { found.append(try Self.tokens(of: sequence, epochs, connection)) }
                return found
            }
        }
    }

    /// The tokens of the newest epoch in which the version has any.
    private static func tokens(
        of sequence: Int64, _ epochs: [(TokenTables, Settled)], _ connection: Connection
    ) throws(DatabaseError) -> [Int64] {
        for (tables, settled) in epochs {
            guard case .found(let tokens) = try listed(sequence, tables, connection), !tokens.isEmpty else { continue }
            var found: [Int64] = []
            found.reserveCapacity(tokens.count)
            for token in tokens {
                var isFound = settled.isRecent(sequence, token)
                if !isFound { isFound = try tables.holds(token, sequence, connection) }
                if isFound { found.append(token) }
            }
            return found
        }
        return []
    }
}
