public import WardDatabase

extension SQLiteKeyStore {
    /// Flaws of one kind that are named.
    private static let flawBound = 200

    public func flaws(tenant: TenantID) async throws(DatabaseError) -> [StoreFlaw] {
        try await readers.read { connection throws(DatabaseError) in
            try connection.snapshot { () throws(DatabaseError) in
                let schema = try SchemaCheck.flaws(of: connection, .keys)
                // What is not there cannot be looked into.
                if schema.contains(where: \.isFatal) { return schema }
                let keys = try connection.statement(
                    "SELECT tenant, patient, version, kek_version, created_at, wrapped, commitment FROM wrapped_key")
                let tombstones = try connection.statement("SELECT tenant, patient, destroyed_at, request FROM tombstone")
                return try schema + Self.flaws(of: "wrapped_key", keys) { Self.flaw(key: $0, of: tenant) }
                    + Self.flaws(of: "tombstone", tombstones, KeyRow.flaw(tombstone:))
            }
        }
    }

    /// Rows of a table that this program does not write. They have no number of their own: they are counted in the order of the table.
    private static func flaws(
        of table: String, _ rows: Statement, _ flaw: (Statement) -> String?
    ) throws(DatabaseError) -> [StoreFlaw] {
        var flaws: [StoreFlaw] = []
        var number = 0
        try rows.forEachRow { row throws(DatabaseError) in
            number += 1
            if let what = flaw(row) { flaws.append(StoreFlaw("\(table) row \(number)", what)) }
            return flaws.count < flawBound
        }
        return flaws
    }

    private static func flaw(key row: Statement, of tenant: TenantID) -> String? {
        do throws(DatabaseError) {
            return try KeyRow.key(row).tenant == tenant ? nil : "it is of a tenant that is not here, and nobody's key"
        } catch {
            return error.context
        }
    }
}
