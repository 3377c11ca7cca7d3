/// The id of an audit event: a UUID of version 7, sixteen bytes.
public struct EventID: Hashable, Sendable {
    /// Sixteen bytes.
    public let bytes: [UInt8]

    /// The id of no event: what stands in the place of an id that cannot be read.
    public static let none = EventID(zeros: 16)

    private init(zeros count: Int) { bytes = [UInt8](repeating: 0, count: count) }

    /// Fails unless there are sixteen bytes.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.bytes = bytes
    }
}

/// An audit event that commits with the data it tells of, and is then relayed to the audit log exactly once.
///
/// The engine keeps `entry` as it is. The relay gives the event its emitter sequence, which is the outbox row's own dense number.
public struct OutboxEvent: Sendable {
    /// The event's id.
    public var id: EventID
    /// The encoded entry, its payload sealed, its emitter sequence still zero.
    public var entry: [UInt8]
    /// Where in `entry` the digest of the sealed record stands, 32 bytes, if it may still be filled in.
    public var digestOffset: Int?

    /// An event to commit.
    public init(id: EventID, entry: [UInt8], digestOffset: Int? = nil) {
        self.id = id
        self.entry = entry
        self.digestOffset = digestOffset
    }

    /// The event with the digest of the record that it is committed with: for events that are sealed before the record is. An event that
    /// has its digest stays as it is.
    public func with(digest: [UInt8]) -> OutboxEvent {
        guard let digestOffset, digest.count == 32, digestOffset + 32 <= entry.count else { return self }
        var filled = self
        filled.entry.replaceSubrange(digestOffset..<(digestOffset + 32), with: digest)
        filled.digestOffset = nil
        return filled
    }
}

/// An outbox row that waits for its relay.
public struct OutboxRow: Sendable {
    /// Dense: 1, 2, 3, …, over the life of the store, also across restarts, whatever was rolled back.
    public var number: Int64
    public var event: OutboxEvent

    /// A row; engines make it.
    public init(number: Int64, event: OutboxEvent) {
        self.number = number
        self.event = event
    }

    /// What is to be done about a row that is no event of the log, in the same words wherever it is met.
    public static func remedy(_ number: Int64) -> String {
        """
        somebody wrote there, and nothing after it can be told to the log. Keep a copy of the file as evidence; `ward verify` says whether a \
        write lost its event; then restore the records from their backup, or take out that row alone: DELETE FROM outbox WHERE number = \(number)
        """
    }

    /// What is wrong with a row whose number the log is past, and what is to be done: its whole file may be of an earlier moment.
    public static func setBack(_ number: Int64) -> String {
        """
        it stands where the log has other events already. Where `ward verify` names more than this row, the records are of an earlier moment \
        than the log: restore the newest records.db, with the -wal beside it. Else \(remedy(number))
        """
    }
}
