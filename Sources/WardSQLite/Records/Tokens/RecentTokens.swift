internal import Synchronization

/// The newest entries of the blind index, in memory: the small level that takes every write.
///
/// Nothing here is lost with the process: `token_list` and `token_drop` hold the same facts, and ``TokenLevels/recent(_:)`` reads
/// them back. Entries come in after their commit, and leave after the commit that merged them, both on the writer's thread. A reader
/// that asks here first and begins its snapshot of the database afterwards therefore misses nothing.
final class RecentTokens: Sendable {
    private struct State {
        var buckets = [[TokenEntry]](repeating: [], count: TokenEntry.bucketCount)
        var count = 0
        var addedLately = 0
        var newestSequence: Int64 = 0
        var newestReindexed: Int64 = 0
    }

    private let state = Mutex(State())

    /// Entries held.
    var count: Int { state.withLock { $0.count } }

    /// The newest sequence whose entries are here or were merged.
    var newestSequence: Int64 { state.withLock { $0.newestSequence } }

    /// The newest sequences of both streams whose entries are here or were merged: written, and brought over.
    var newest: (sequence: Int64, reindexed: Int64) { state.withLock { ($0.newestSequence, $0.newestReindexed) } }

    /// Entries that came in since the last call.
    func takeAddedLately() -> Int {
        state.withLock { state in
            defer { state.addedLately = 0 }
            return state.addedLately
        }
    }

    /// Adds what a commit wrote, or what was brought over.
    func add(_ changes: [TokenChange], newestSequence: Int64 = 0, reindexed: Int64 = 0) {
        state.withLock { state in
            for change in changes {
                let record = change.isDrop ? -change.record : change.record
                for token in change.tokens {
                    state.buckets[TokenEntry.bucket(of: token)].append(TokenEntry(token: token, record: record))
                }
                state.count += change.tokens.count
                state.addedLately += change.tokens.count
            }
            state.newestSequence = max(state.newestSequence, newestSequence)
            state.newestReindexed = max(state.newestReindexed, reindexed)
        }
    }

    /// Holds these entries and no others: those that were read back when the store was opened, or none where an epoch
    /// begins or ends.
    func restore(_ entries: [TokenEntry], newestSequence: Int64, reindexed: Int64) {
        state.withLock { state in
            state = State()
            for entry in entries { state.buckets[TokenEntry.bucket(of: entry.token)].append(entry) }
            state.count = entries.count
            state.newestSequence = newestSequence
            state.newestReindexed = reindexed
        }
    }

    /// The buckets of a slice, each in the order of arrival.
    func slice(_ slice: Int) -> [[TokenEntry]] {
        let first = slice * TokenEntry.bucketsInSlice
        return state.withLock { Array($0.buckets[first..<first + TokenEntry.bucketsInSlice]) }
    }

    /// Removes what ``slice(_:)`` gave, once it lies in the database.
    func remove(slice: Int, counts: [Int]) {
        let first = slice * TokenEntry.bucketsInSlice
        state.withLock { state in
            for (offset, count) in counts.enumerated() where count > 0 {
                state.buckets[first + offset].removeFirst(count)
                state.count -= count
            }
        }
    }

    /// For each group, the records that one of its tokens finds here.
    func hits(_ groups: [[Int64]]) -> [[Int64]] {
        state.withLock { state in
            groups.map { tokens in
                var records: [Int64] = []
                for token in tokens {
                    for entry in state.buckets[TokenEntry.bucket(of: token)]
                    where entry.token == token && entry.record > 0 {
                        records.append(entry.record)
                    }
                }
                return records
            }
        }
    }
}

/// A version whose tokens come into the index, or leave it.
struct TokenChange: Sendable {
    var record: Int64
    var tokens: [Int64]
    var isDrop: Bool
}
