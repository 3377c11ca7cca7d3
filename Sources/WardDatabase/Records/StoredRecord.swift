/// One version of a record as the store holds it.
public struct StoredRecord: Sendable {
    /// The store's own number of this version; it grows with each version written.
    public var sequence: Int64
    public var key: RecordKey
    public var patient: LogicalID?
    public var version: UInt64
    /// Microseconds since 1970-01-01T00:00:00Z.
    public var updatedAt: Int64
    public var isDeleted: Bool
    /// True if no newer version exists.
    public var isCurrent: Bool
    public var keyVersion: UInt32
    /// The sealed content; empty where the query did not ask for it.
    public var sealed: [UInt8]
    /// SHA-256 of the sealed content as it was written, 32 bytes.
    public var digest: [UInt8]
    /// The sealed filter record; empty where there is none or the query did not ask for it.
    public var filter: [UInt8]

    /// A stored version; engines make it.
    public init(
        sequence: Int64, key: RecordKey, patient: LogicalID?, version: UInt64, updatedAt: Int64, isDeleted: Bool,
        isCurrent: Bool, keyVersion: UInt32, sealed: [UInt8], digest: [UInt8], filter: [UInt8]
    ) {
        self.sequence = sequence
        self.key = key
        self.patient = patient
        self.version = version
        self.updatedAt = updatedAt
        self.isDeleted = isDeleted
        self.isCurrent = isCurrent
        self.keyVersion = keyVersion
        self.sealed = sealed
        self.digest = digest
        self.filter = filter
    }
}
