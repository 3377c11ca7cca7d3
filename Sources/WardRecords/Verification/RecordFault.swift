internal import WardDatabase

/// Something wrong with a record: what, where, of which kind. It names the record by reference only.
public struct RecordFault: Sendable, Hashable, Codable, CustomStringConvertible {
    /// What is wrong.
    public var kind: Kind
    /// `Type/id`.
    public var record: String
    public var version: UInt64
    /// What was found, in words without values.
    public var what: String

    /// A fault; `what` must hold no value.
    public init(kind: Kind, record: String, version: UInt64, what: String) {
        self.kind = kind
        self.record = record
        self.version = version
        self.what = what
    }

    /// What of a store's own tables is not as its engine makes it.
    init(_ flaw: StoreFlaw) {
        self.init(kind: .store, record: flaw.place, version: 0, what: flaw.what)
    }

    /// Kinds of fault.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// The sealed bytes, or what the store holds in the clear beside them, are not what was written.
        case changed
        /// A version that the audit log tells of is not there.
        case removed
        /// A version is there of which the audit log tells nothing.
        case inserted
        /// The version that counts as current is not the newest one.
        case rolledBack = "rolled-back"
        /// The search values that are kept beside a resource are not those of the resource.
        case index
        /// The data key is missing.
        case keyMissing = "key-missing"
        /// The patient was shredded, and the record opens; or the patient's keys were destroyed and nobody ordered it.
        case shredding
        /// A data key does not open, or is not the one that was committed to.
        case keyDamaged = "key-damaged"
        /// A table or index of the store itself is missing or another, or a row of one is none that this program writes. It
        /// is named in the place of the record.
        case store
    }

    /// `Type/id/_history/version`; what no version can be told of stands by itself.
    public var place: String { version == 0 ? record : "\(record)/_history/\(version)" }

    public var description: String { "\(kind.rawValue): \(place): \(what)" }
}

/// What a verification of the records found.
public struct RecordReport: Sendable {
    /// Versions that were read.
    public var versions = 0
    /// Versions among them that cannot be opened because their patient was shredded; their bytes are compared with the
    /// log all the same.
    public var shredded = 0
    /// Events of writes that were compared.
    public var events = 0
    /// Versions of which the log told by entries that have expired.
    public var expired = 0
    /// Data keys that no version names, and key-encryption keys under which no data key lies, by their ids; at most
    /// ``RecordVerifier/faultBound``. They endanger nothing: a write that was refused leaves such a key behind, and so
    /// does a rotation that has not ended.
    public var unusedKeys: [String] = []
    /// How many there are.
    public var unusedKeyCount = 0
    /// Whether the records have an epoch of the index that the keyring, as it was opened, does not know. A rotation that began
    /// since looks like this too: who opened the keyring earlier opens it again.
    public internal(set) var isOfUnknownEpoch = false
    /// What is wrong; at most ``RecordVerifier/faultBound``.
    public var faults: [RecordFault] = []

    /// A report of nothing.
    public init() {}

    /// True if nothing is wrong.
    public var isWhole: Bool { faults.isEmpty }
}
