public import WardDatabase
internal import WardKeys

/// All that the database holds in clear of a version; each field is bound into its seal, so that none can be changed
/// and no sealed bytes moved to another place.
public struct RecordHeader: Hashable, Sendable {
    public var key: RecordKey
    /// The patient whose compartment holds the record, or nil.
    public var patient: LogicalID?
    public var version: UInt64
    /// Microseconds since 1970-01-01T00:00:00Z.
    public var updatedAt: Int64
    public var isDeleted: Bool

    /// A header; see the properties.
    public init(key: RecordKey, patient: LogicalID?, version: UInt64, updatedAt: Int64, isDeleted: Bool = false) {
        self.key = key
        self.patient = patient
        self.version = version
        self.updatedAt = updatedAt
        self.isDeleted = isDeleted
    }

    /// The header of a stored version.
    public init(_ record: StoredRecord) {
        self.init(
            key: record.key, patient: record.patient, version: record.version, updatedAt: record.updatedAt,
            isDeleted: record.isDeleted)
    }

    /// `label ‖ LP(tenant) ‖ LP(patient) ‖ LP(type) ‖ LP(id) ‖ u64 version ‖ u64 updated-at µs ‖ u8 deleted ‖ u32 key
    /// version ‖ u8 algorithm ‖ u8 compression`, with a u16 length prefix LP, a tenant of four bytes, integers big
    /// endian.
    func authenticatedData(
        _ label: StaticString, keyVersion: UInt32, algorithm: SealAlgorithm, compression: UInt8
    ) -> [UInt8] {
        var canonical = CanonicalBytes(label)
        canonical.integer(UInt16(4))
        canonical.integer(key.tenant.rawValue)
        canonical.lengthPrefixed(patient?.text ?? "")
        canonical.lengthPrefixed(key.type)
        canonical.lengthPrefixed(key.id.text)
        canonical.integer(version)
        canonical.integer(updatedAt)
        canonical.integer(UInt8(isDeleted ? 1 : 0))
        canonical.integer(keyVersion)
        canonical.integer(algorithm.rawValue)
        canonical.integer(compression)
        return canonical.bytes
    }
}
