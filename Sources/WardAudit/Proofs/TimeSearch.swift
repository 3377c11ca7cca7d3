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
    public func position(of time: Int64) async throws -> Int64 {
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

    /// The first position that is still there: earlier entries may have expired.
    private func first() async throws -> Int64 {
        try await store.entries(from: 0, limit: 1, maximumBytes: 1).positions.first ?? 0
    }
}
