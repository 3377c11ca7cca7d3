/// What an audit store holds at a moment.
public struct AuditStoreState: Sendable, Equatable {
    /// The position that the next entry gets: one more than the greatest in the store; ``expired`` where there is none.
    public var nextPosition: Int64
    /// The books, oldest first.
    public var books: [AuditBook]
    /// How far the outbox is relayed.
    public var cursor: OutboxCursor

    /// Entries below this position were removed under tombstones: 0 where none was.
    public var expired: Int64

    /// A state; stores make it.
    public init(nextPosition: Int64, books: [AuditBook], cursor: OutboxCursor, expired: Int64 = 0) {
        self.nextPosition = nextPosition
        self.books = books
        self.cursor = cursor
        self.expired = expired
    }
}

/// The last outbox row that is in the audit log.
public struct OutboxCursor: Sendable, Hashable {
    /// The number of the row; 0 before the first.
    public var number: Int64
    /// The id of its event; nil before the first. It shows when the outbox was set back to an older state.
    public var event: EventID?

    /// A place in the outbox.
    public init(number: Int64, event: EventID?) {
        self.number = number
        self.event = event
    }

    /// Before the first row.
    public static let start = OutboxCursor(number: 0, event: nil)
}
