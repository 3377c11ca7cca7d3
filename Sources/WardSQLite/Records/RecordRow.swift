internal import WardDatabase

/// How ids and versions lie in a row.
///
/// A cell is read only in the one form in which this program writes it. SQLite would read others as well (a text as a
/// number, a number as a text), and compares them otherwise than it reads them: a row that opens would be missed by searches.
enum RecordRow {
    /// Sequences lie between 1 and this number, exclusive.
    static let sequences: Int64 = 1 << 62

    /// The columns that ``read(_:tenant:type:)`` expects, after `record` was named in a FROM clause; content last.
    /// - Throws: `.damaged` where a cell holds what this program does not write.
    static func read(
        _ row: Statement, tenant: TenantID, type: String, includesContent: Bool = true
    ) throws(DatabaseError) -> StoredRecord {
        guard let id = id(row, 1) else { throw damaged("its id is none") }
        let patient = row.isNull(2) ? nil : Self.id(row, 2)
        guard row.isNull(2) || patient != nil else { throw damaged("the id of its patient is none") }
        guard (3...7).allSatisfy({ row.isInteger($0) }), let keyVersion = UInt32(exactly: row.integer(7)) else {
            throw damaged("a number beside it is none")
        }
        let sequence = row.integer(0), version = row.integer(3)
        guard sequence > 0, sequence < sequences else { throw damaged("its sequence is none that is given") }
        guard version > 0 else { throw damaged("its version is none") }
        guard (0...1).contains(row.integer(5)), (0...1).contains(row.integer(6)) else {
            throw damaged("whether it is current or deleted is neither yes nor no")
        }
        guard row.isBlob(8), row.isBlob(9), !includesContent || row.isBlob(10) else {
            throw damaged("what is sealed, or its digest, has the form of something else")
        }
        return StoredRecord(
            sequence: sequence, key: RecordKey(tenant: tenant, type: type, id: id), patient: patient,
            version: UInt64(version), updatedAt: row.integer(4), isDeleted: row.flag(5), isCurrent: row.flag(6),
            keyVersion: keyVersion, sealed: includesContent ? row.bytes(10) : [], digest: row.bytes(8), filter: row.bytes(9))
    }

    /// The same, where tenant and type stand in the two columns that follow.
    /// - Throws: `.damaged`.
    static func read(
        _ row: Statement, at column: Int32, _ types: RecordTypes, _ connection: Connection, includesContent: Bool = true
    ) throws(DatabaseError) -> StoredRecord {
        guard row.isInteger(column), let tenant = UInt32(exactly: row.integer(column)) else { throw damaged("its tenant is none") }
        return try read(
            row, tenant: TenantID(rawValue: tenant), type: type(row, column + 1, types, connection),
            includesContent: includesContent)
    }

    /// What can be told of a row that cannot be read.
    static func damage(
        _ row: Statement, at column: Int32, _ types: RecordTypes, _ connection: Connection, _ error: DatabaseError
    ) -> DamagedRow {
        var key: RecordKey?
        if let id = id(row, 1), let tenant = UInt32(exactly: row.integer(column)),
            let type = try? type(row, column + 1, types, connection) {
            key = RecordKey(tenant: TenantID(rawValue: tenant), type: type, id: id)
        }
        return DamagedRow(sequence: row.integer(0), key: key, what: error.context)
    }

    /// Binds a UUID as its sixteen bytes and any other id as text, so that no two ids fall together.
    static func bind(_ id: LogicalID, _ statement: Statement, _ index: Int32) {
        if let bytes = id.uuidBytes { statement.bind(index, bytes) } else { statement.bind(index, id.text) }
    }

    /// The id in a column, or nil where it is not in the form in which ``bind(_:_:_:)`` writes it.
    static func id(_ row: Statement, _ column: Int32) -> LogicalID? {
        if row.isBlob(column) {
            let bytes = row.bytes(column)
            return bytes.count == 16 ? LogicalID(uuid: bytes) : nil
        }
        guard row.isText(column), let id = LogicalID(row.text(column)), id.uuidBytes == nil else { return nil }
        return id
    }

    private static func type(
        _ row: Statement, _ column: Int32, _ types: RecordTypes, _ connection: Connection
    ) throws(DatabaseError) -> String {
        guard row.isInteger(column) else { throw damaged("its type is none") }
        return try types.name(of: row.integer(column), connection)
    }

    static func damaged(_ what: String) -> DatabaseError { DatabaseError(.damaged, what) }
}
