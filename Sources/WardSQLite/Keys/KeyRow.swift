internal import WardDatabase

/// How keys and tombstones lie in a row. As in ``RecordRow``, a cell is read only in the one form in which this program writes it.
enum KeyRow {
    /// Largest wrapped key and largest commitment, in bytes.
    private static let wrappedBytes = 1_024
    private static let commitmentBytes = 64

    /// A wrapped key: the columns tenant, patient, version, kek_version, created_at, wrapped, commitment.
    /// - Throws: `.damaged` where a cell holds what this program does not write.
    static func key(_ row: Statement) throws(DatabaseError) -> WrappedKeyRow {
        guard let tenant = number(row, 0) else { throw damaged("its tenant is none") }
        let patient = LogicalID(row.text(1))
        guard row.isText(1), patient != nil || row.text(1).isEmpty else { throw damaged("its patient is none") }
        guard let version = number(row, 2), let kekVersion = number(row, 3), row.isInteger(4) else { throw damaged("a number of it is none") }
        let (wrapped, commitment) = (row.bytes(5), row.bytes(6))
        guard row.isBlob(5), row.isBlob(6), wrapped.count <= wrappedBytes, commitment.count <= commitmentBytes else {
            throw damaged("the wrapped key or its commitment has the form of something else")
        }
        return WrappedKeyRow(
            tenant: TenantID(rawValue: tenant), patient: patient, version: version, kekVersion: kekVersion, wrapped: wrapped,
            commitment: commitment, createdAt: row.integer(4))
    }

    /// A tombstone: the columns tenant, patient, destroyed_at, request. One whose time or request cannot be read stands for its
    /// patient all the same, under the patient's own id: destroyed keys do not come back by a cell of it.
    /// - Throws: `.damaged` where it stands for no patient.
    static func tombstone(_ row: Statement) throws(DatabaseError) -> KeyTombstone {
        guard let tenant = number(row, 0), row.isText(1), let patient = LogicalID(row.text(1)) else { throw damaged("its patient is none") }
        return KeyTombstone(
            tenant: TenantID(rawValue: tenant), patient: patient, destroyedAt: row.isInteger(2) ? row.integer(2) : 0,
            request: request(row) ?? patient)
    }

    /// What a tombstone holds that this program does not write; nil where it is as it must be.
    static func flaw(tombstone row: Statement) -> String? {
        do throws(DatabaseError) {
            _ = try tombstone(row)
            return row.isInteger(2) && request(row) != nil ? nil : "its time or its request is none"
        } catch {
            return error.context
        }
    }

    private static func request(_ row: Statement) -> LogicalID? { row.isText(3) ? LogicalID(row.text(3)) : nil }

    private static func number(_ row: Statement, _ column: Int32) -> UInt32? {
        row.isInteger(column) ? UInt32(exactly: row.integer(column)) : nil
    }

    private static func damaged(_ what: String) -> DatabaseError { DatabaseError(.damaged, what) }
}
