public import WardDatabase

/// One version of a record in the clear, to be sealed and written.
public struct RecordDraft: Sendable {
    /// Resource type, or the name of a collection.
    public var type: String
    public var id: LogicalID
    /// The patient whose compartment holds it, or nil.
    public var patient: LogicalID?
    /// One more than the newest version in the store; 1 for the first.
    public var version: UInt64
    /// Microseconds since 1970-01-01T00:00:00Z.
    public var updatedAt: Int64
    /// True for a deletion, which has neither content nor filter nor terms.
    public var isDeleted: Bool
    /// The content in the clear; empty for a deletion.
    public var content: [UInt8]
    /// The filter record in the clear; empty where there is none.
    public var filter: [UInt8]
    /// What it is found by.
    public var terms: [IndexTerm]
    /// The epoch of the index that the terms were made for; nil where they are the same in every epoch.
    public var indexEpoch: UInt32?

    /// A draft; see the properties.
    public init(
        type: String, id: LogicalID, patient: LogicalID?, version: UInt64, updatedAt: Int64, isDeleted: Bool = false,
        content: [UInt8], filter: [UInt8] = [], terms: [IndexTerm] = [], indexEpoch: UInt32? = nil
    ) {
        self.type = type
        self.id = id
        self.patient = patient
        self.version = version
        self.updatedAt = updatedAt
        self.isDeleted = isDeleted
        self.content = content
        self.filter = filter
        self.terms = terms
        self.indexEpoch = indexEpoch
    }
}
