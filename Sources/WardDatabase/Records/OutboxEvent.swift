/// The id of an audit event: a UUID of version 7, sixteen bytes.
public struct EventID: Hashable, Sendable {
    /// Sixteen bytes.
    public let bytes: [UInt8]

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

    /// An event to commit.
    public init(id: EventID, entry: [UInt8]) {
        self.id = id
        self.entry = entry
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
}
