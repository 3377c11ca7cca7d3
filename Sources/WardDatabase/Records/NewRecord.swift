/// One version of a record, sealed, ready to be written.
///
/// The engine refuses it unless `version` follows the newest version in the store (1 where there is none).
public struct NewRecord: Sendable {
    /// What names the record.
    public var key: RecordKey
    /// The patient whose compartment holds the record, or nil: its sealing key is found by it.
    public var patient: LogicalID?
    /// 1 for the first version, then one more each.
    public var version: UInt64
    /// Microseconds since 1970-01-01T00:00:00Z.
    public var updatedAt: Int64
    /// True for the version that marks a deletion; it has no content, no filter and no tokens.
    public var isDeleted: Bool
    /// Version of the data key that sealed it.
    public var keyVersion: UInt32
    /// The sealed content.
    public var sealed: [UInt8]
    /// SHA-256 of `sealed`, 32 bytes.
    public var digest: [UInt8]
    /// The sealed filter record (extracted search values); empty for a deletion and for collections without one.
    public var filter: [UInt8]
    /// Blind-index tokens of this version; they are searched as long as it is the current one.
    public var tokens: [Int64]

    /// A version to be written; see the properties for shapes and units.
    public init(
        key: RecordKey, patient: LogicalID?, version: UInt64, updatedAt: Int64, isDeleted: Bool = false, keyVersion: UInt32,
        sealed: [UInt8], digest: [UInt8], filter: [UInt8] = [], tokens: [Int64] = []
    ) {
        self.key = key
        self.patient = patient
        self.version = version
        self.updatedAt = updatedAt
        self.isDeleted = isDeleted
        self.keyVersion = keyVersion
        self.sealed = sealed
        self.digest = digest
        self.filter = filter
        self.tokens = tokens
    }
}
