public import WardDatabase

extension SQLiteRecordStore {
    public func stale(
        _ type: String, tenant: TenantID, before time: Int64, limit: Int
    ) async throws(DatabaseError) -> [StoredRecord] {
        try await readers.read { [types] connection throws(DatabaseError) in
            guard let number = try types.number(of: type, connection) else { return [] }
            let living = try connection.statement("""
                SELECT sequence, id, patient, version, updated_at, deleted, current, key_version, digest, filter, sealed
                FROM record INDEXED BY record_current
                WHERE tenant = ?1 AND type = ?2 AND current = 1 AND deleted = 0 AND updated_at < ?3 ORDER BY updated_at, sequence LIMIT ?4
                """)
            let deleted = try connection.statement("""
                SELECT sequence, id, patient, version, updated_at, deleted, current, key_version, digest, filter, sealed
                FROM record INDEXED BY record_deleted
                WHERE tenant = ?1 AND type = ?2 AND current = 1 AND deleted = 1 AND updated_at < ?3 ORDER BY updated_at, sequence LIMIT ?4
                """)
            var found: [StoredRecord] = []
            for statement in [living, deleted] {
                statement.bind(1, Int64(tenant.rawValue))
                statement.bind(2, number)
                statement.bind(3, time)
                statement.bind(4, Int64(max(0, limit)))
                try statement.forEachRow { row throws(DatabaseError) in
                    do throws(DatabaseError) {
                        found.append(try RecordRow.read(row, tenant: tenant, type: type))
                    } catch {
                        // It stays as evidence, and holds up no other.
                        guard error.code == .damaged else { throw error }
                    }
                    return true
                }
            }
            found.sort { ($0.updatedAt, $0.sequence) < ($1.updatedAt, $1.sequence) }
            return Array(found.prefix(max(0, limit)))
        }
    }

    /// Takes records away with all their versions. Entries of the index that name them are voided, and leave it as those of
    /// superseded versions do.
    /// - Parameter since: the sequence of a version of the same batch: what leaves the index does so after it.
    /// - Returns: what leaves the index, by the number of its set of tables.
    static func remove(
        _ removals: [WriteBatch.Removal], since: Int64, _ types: RecordTypes, _ epochs: [TokenEpoch], _ connection: Connection
    ) throws(DatabaseError) -> [Int: [TokenChange]] {
        var changes: [Int: [TokenChange]] = [:]
        for removal in removals {
            guard let type = try types.number(of: removal.key.type, connection),
                let newest = try newest(removal.key, type, connection), newest.version == removal.version
            else { throw DatabaseError(.versionConflict, "commit: a record that was to go has changed") }
            let current = try connection.statement("SELECT current FROM record WHERE sequence = ?1")
            current.bind(1, newest.sequence)
            if try current.first({ $0.flag(0) }) == true {
                for epoch in epochs {
                    changes[epoch.tables.number, default: []] += try drop(newest.sequence, since: since, epoch.tables, connection)
                }
            }
            let delete = try connection.statement("DELETE FROM record WHERE tenant = ?1 AND type = ?2 AND id = ?3")
            delete.bind(1, Int64(removal.key.tenant.rawValue))
            delete.bind(2, type)
            RecordRow.bind(removal.key.id, delete, 3)
            try delete.run()
        }
        return changes
    }
}
