public import WardDatabase

extension SQLiteKeyStore {
    @discardableResult
    public func destroy(_ tombstone: KeyTombstone) async throws(DatabaseError) -> Int {
        let count = try await requireWriter().write { connection throws(DatabaseError) in
            let mark = try connection.statement("""
                INSERT INTO tombstone (tenant, patient, destroyed_at, request) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING
                """)
            mark.bind(1, Int64(tombstone.tenant.rawValue))
            mark.bind(2, tombstone.patient.text)
            mark.bind(3, tombstone.destroyedAt)
            mark.bind(4, tombstone.request.text)
            try mark.run()
            let delete = try connection.statement("DELETE FROM wrapped_key WHERE tenant = ?1 AND patient = ?2")
            delete.bind(1, Int64(tombstone.tenant.rawValue))
            delete.bind(2, tombstone.patient.text)
            try delete.run()
            return connection.changes
        }
        try await cutLog()
        return count
    }

    public func tombstones(tenant: TenantID) async throws(DatabaseError) -> [KeyTombstone] {
        try await readers.read { connection throws(DatabaseError) in
            let statement = try connection.statement(
                "SELECT tenant, patient, destroyed_at, request FROM tombstone WHERE tenant = ?1 ORDER BY patient")
            statement.bind(1, Int64(tenant.rawValue))
            var found: [KeyTombstone] = []
            try statement.forEachRow { row throws(DatabaseError) in
                // What stands for no patient closes nobody's keys; a verification names it.
                if let tombstone = try? KeyRow.tombstone(row) { found.append(tombstone) }
                return true
            }
            return found
        }
    }

    public func tombstone(of patient: LogicalID, tenant: TenantID) async throws(DatabaseError) -> KeyTombstone? {
        try await readers.read { connection throws(DatabaseError) in
            try Self.tombstone(of: patient, tenant, connection)
        }
    }

    static func tombstone(
        of patient: LogicalID, _ tenant: TenantID, _ connection: Connection
    ) throws(DatabaseError) -> KeyTombstone? {
        let statement = try connection.statement(
            "SELECT tenant, patient, destroyed_at, request FROM tombstone WHERE tenant = ?1 AND patient = ?2")
        statement.bind(1, Int64(tenant.rawValue))
        statement.bind(2, patient.text)
        defer { statement.reset() }
        return try statement.step() ? KeyRow.tombstone(statement) : nil
    }
}
