internal import WardDatabase

/// How ids and versions lie in a row.
enum RecordRow {
    /// The columns that ``read(_:tenant:type:)`` expects, after `record` was named in a FROM clause; content last.
    static func read(
        _ row: Statement, tenant: TenantID, type: String, includesContent: Bool = true
    ) throws(DatabaseError) -> StoredRecord {
        guard let id = id(row, 1) else { throw DatabaseError(.corrupt, "record id") }
        return StoredRecord(
            sequence: row.integer(0),
            key: RecordKey(tenant: tenant, type: type, id: id),
            patient: row.isNull(2) ? nil : Self.id(row, 2),
            version: UInt64(bitPattern: row.integer(3)),
            updatedAt: row.integer(4),
            isDeleted: row.flag(5),
            isCurrent: row.flag(6),
            keyVersion: UInt32(truncatingIfNeeded: row.integer(7)),
            sealed: includesContent ? row.bytes(10) : [],
            digest: row.bytes(8),
            filter: row.bytes(9))
    }

    /// Binds a UUID as its sixteen bytes and any other id as text, so that no two ids fall together.
    static func bind(_ id: LogicalID, _ statement: Statement, _ index: Int32) {
        if let bytes = id.uuidBytes { statement.bind(index, bytes) } else { statement.bind(index, id.text) }
    }

    /// The id in a column, or nil where it has not the form of one.
    static func id(_ row: Statement, _ column: Int32) -> LogicalID? {
        guard row.isBlob(column) else { return LogicalID(row.text(column)) }
        let bytes = row.bytes(column)
        return bytes.count == 16 ? LogicalID(uuid: bytes) : nil
    }
}
