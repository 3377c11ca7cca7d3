internal import WardDatabase

/// A request to destroy the keys of a patient, as it lies sealed in its collection, from the asking to the end.
public struct ShredRequest: Codable, Sendable, Equatable {
    /// The name of the sealed collection.
    public static let collectionName = "_shredding"

    /// The fields by which requests are looked up.
    public static let lookups: [String: @Sendable (ShredRequest) -> String?] = ["patient": { $0.patient }]

    /// How long a request may wait for its second person, in microseconds: seven days.
    static let lifetime: Int64 = 7 * 86_400_000_000

    /// The patient's logical id.
    public var patient: String
    /// Why, in the words of who asked; empty where it was repeated from a tombstone alone.
    public var reason: String
    /// Nil where it was repeated from a tombstone alone.
    public var askedBy: Person?
    /// Microseconds since 1970-01-01T00:00:00Z.
    public var askedAt: Int64
    public var confirmedBy: Person?
    /// Microseconds since 1970-01-01T00:00:00Z.
    public var confirmedAt: Int64?
    public var state: State
    /// How many versions of the patient's data key were destroyed.
    public var destroyedKeys = 0
    /// The newest version of the key-encryption key when they were: it wrapped them, or an older one did, so backups of
    /// the key store open until both are gone.
    public var keyEncryptionKey: UInt32 = 0
    /// How far the store was walked through, by sequence.
    public var walkedThrough: Int64 = 0
    /// How many versions of records were taken out of searches.
    public var withdrawnVersions = 0
    /// The newest epoch of the index when the last of them was: tokens of the patient may lie in it, and in older ones.
    public var indexEpoch: UInt32 = 0
    /// How many records name the patient beside others, and so stay readable under the shared key; counted when it was
    /// asked for, and again when it was confirmed. Nil where nobody asked.
    public var sharedRecords: Int?
    /// What the key service keeps although nothing needs it any more.
    public var kept: [String] = []

    /// How far a request is. The order is that of the steps.
    public enum State: String, Codable, Sendable, CaseIterable, Comparable {
        /// It waits for a second person.
        case asked
        /// Two persons want it; what follows is not taken back.
        case confirmed
        /// The patient's data keys are destroyed.
        case keysDestroyed = "keys-destroyed"
        /// No search finds a record of the patient.
        case withdrawn
        /// What had wrapped the keys is destroyed as well, so that no backup of them opens.
        case keysRenewed = "keys-renewed"
        /// The index was made anew, and the key that made the patient's tokens is destroyed.
        case indexRenewed = "index-renewed"
        /// And what had wrapped that key.
        case done

        /// Whether the step comes before another.
        public static func < (left: State, right: State) -> Bool { left.order < right.order }

        private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// Somebody with an account.
    public struct Person: Codable, Sendable, Hashable {
        /// The account's id.
        public var id: String
        /// The account's name, at the time.
        public var name: String
    }
}

/// A request as it may be seen, with its id.
public struct ShreddingStatus: Codable, Sendable, Equatable {
    public var id: String
    public var request: ShredRequest
    /// How far the index is, while it is made anew for it.
    public var index: IndexRebuild.Progress?

    init(_ id: LogicalID, _ request: ShredRequest, index: IndexRebuild.Progress? = nil) {
        self.id = id.text
        self.request = request
        self.index = index
    }
}
