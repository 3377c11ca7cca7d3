public import WardDatabase

/// Finds where in the log a time lies. Times grow along the log but for a tolerance, so halving finds the place, and a
/// reader begins a little before it.
public struct TimeSearch: Sendable {
    private let store: any AuditStore

    /// A search in a store.
    public init(store: any AuditStore) {
        self.store = store
    }

    /// The first position whose entry, read by halving, is not before a time; the end of the log where all are.
    /// - Parameter time: microseconds since 1970-01-01T00:00:00Z.
    public func position(of time: Int64) async throws(DatabaseError) -> Int64 {
        let end = try await store.state().nextPosition
        var (low, high) = (try await first(), end)
        while low < high {
            let middle = low + (high - low) / 2
            let block = try await store.entries(from: middle, limit: 1, maximumBytes: 1)
            guard block.count == 1, let header = try? EntryHeader(parsing: block[0]) else { return low }
            if header.time < time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The position of an event; nil where the log does not hold it.
    ///
    /// Entries stand in the order of their time but for a tolerance, and an entry that waited in the outbox comes
    /// later: so it is looked for from a minute before its time on.
    public func position(of event: EventID) async throws(DatabaseError) -> Int64? {
        let milliseconds = event.bytes.prefix(6).reduce(Int64(0)) { $0 << 8 | Int64($1) }
        var position = try await position(of: milliseconds * 1_000 - EmitterCheck.clockTolerance)
        while true {
            let block = try await store.entries(from: position, limit: 4_096, maximumBytes: 1 << 21)
            guard let last = block.positions.last else { return nil }
            for index in 0..<block.count where block[index].dropFirst(EntryHeader.Offset.eventID).prefix(16)
                .elementsEqual(event.bytes) {
                return block.positions[index]
            }
            position = last + 1
        }
    }

    /// The first position that is still there: earlier entries may have expired.
    private func first() async throws(DatabaseError) -> Int64 {
        try await store.entries(from: 0, limit: 1, maximumBytes: 1).positions.first ?? 0
    }
}
