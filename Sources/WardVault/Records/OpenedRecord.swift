public import WardDatabase
internal import WardKeys

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

    /// The filter record as the store holds it, and what opens it.
    private let sealedFilter: [UInt8]
    private let sealer: RecordSealer
    private let dataKey: DataKey

    init(_ row: StoredRecord, content: [UInt8], sealer: RecordSealer, key: DataKey) {
        self.sequence = row.sequence
        self.key = row.key
        self.patient = row.patient
        self.version = row.version
        self.updatedAt = row.updatedAt
        self.isDeleted = row.isDeleted
        self.isCurrent = row.isCurrent
        self.digest = row.digest
        self.content = content
        self.sealedFilter = row.filter
        self.sealer = sealer
        self.dataKey = key
    }

    /// The filter record in the clear; empty where there is none.
    /// - Throws: ``VaultError`` with `.notAuthentic` where it is not what was written.
    public func filter() throws(VaultError) -> [UInt8] {
        guard !sealedFilter.isEmpty else { return [] }
        let header = RecordHeader(
            key: key, patient: patient, version: version, updatedAt: updatedAt, isDeleted: isDeleted)
        do throws(SealError) {
            return try sealer.open(sealedFilter, as: .filter, header: header, key: dataKey)
        } catch {
            throw VaultError(.notAuthentic, record: key, "the filter record of version \(version) cannot be opened")
        }
    }
}
