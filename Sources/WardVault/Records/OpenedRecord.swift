public import WardDatabase

/// One version of a record, opened. Its content is PHI.
public struct OpenedRecord: Sendable {
    /// The store's number of this version.
    public let sequence: Int64
    public let key: RecordKey
    public let patient: LogicalID?
    public let version: UInt64
    /// Microseconds since 1970-01-01T00:00:00Z.
    public let updatedAt: Int64
    public let isDeleted: Bool
    public let isCurrent: Bool
    /// SHA-256 of the sealed content.
    public let digest: [UInt8]
    /// The content in the clear, byte for byte as it was given; empty for a deletion.
    public let content: [UInt8]

    init(_ row: StoredRecord, content: [UInt8]) {
        self.sequence = row.sequence
        self.key = row.key
        self.patient = row.patient
        self.version = row.version
        self.updatedAt = row.updatedAt
        self.isDeleted = row.isDeleted
        self.isCurrent = row.isCurrent
        self.digest = row.digest
        self.content = content
    }
}
