internal import Synchronization

/// Holds back addresses from which too many sign-ins are refused: a bucket of tries for each, refilled with time.
///
/// A good sign-in costs nothing, so that a ward behind one address is not held back. IPv6 addresses count by their
/// /64. The table is bounded; where it is full, the bucket that was touched longest ago goes.
final class SourceLimiter: Sendable {
    /// What the limiter says of a try.
    enum Verdict: Sendable, Equatable {
        /// It may go on; a try was taken from the bucket.
        case admitted
        /// It may not, for so many seconds. `isFirst`: the first one since the bucket ran dry.
        case heldBack(seconds: Int, isFirst: Bool)
    }

    private struct Bucket {
        /// In microseconds of refilling: a try costs ``refill``.
        var credit: Int64
        var touchedAt: Int64
        var hasTold: Bool
    }

    private let refill: Int64
    private let capacity: Int64
    private let tableLimit: Int
    private let buckets = Mutex<[String: Bucket]>([:])

    /// A limiter that allows `burst` refusals at once and one more each `refill`.
    init(burst: Int, refill: Duration, tableLimit: Int) {
        let (seconds, attoseconds) = refill.components
        self.refill = max(1, seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
        self.capacity = Int64(burst) * self.refill
        self.tableLimit = tableLimit
    }

    /// Takes a try from the bucket of `source`, if there is one.
    func admit(_ source: String, now: Int64) -> Verdict {
        let key = AddressGroup.key(of: source)
        return buckets.withLock { buckets in
            var bucket = buckets[key] ?? Bucket(credit: capacity, touchedAt: now, hasTold: false)
            // A clock that was set back refills nothing.
            bucket.credit = min(capacity, bucket.credit + max(0, now - bucket.touchedAt))
            bucket.touchedAt = now
            let verdict: Verdict
            if bucket.credit >= refill {
                bucket.credit -= refill
                bucket.hasTold = false
                verdict = .admitted
            } else {
                verdict = .heldBack(
                    seconds: Int((refill - bucket.credit + 999_999) / 1_000_000), isFirst: !bucket.hasTold)
                bucket.hasTold = true
            }
            if buckets[key] == nil, buckets.count >= tableLimit { Self.makeRoom(&buckets) }
            buckets[key] = bucket
            return verdict
        }
    }

    /// Gives the try back: it was a good one, or none was made.
    func giveBack(_ source: String) {
        let key = AddressGroup.key(of: source)
        buckets.withLock { buckets in
            guard let credit = buckets[key]?.credit else { return }
            buckets[key]?.credit = min(capacity, credit + refill)
        }
    }

    /// How many addresses are held.
    var count: Int { buckets.withLock { $0.count } }

    /// The older half goes, so that making room costs little on average.
    private static func makeRoom(_ buckets: inout [String: Bucket]) {
        let times = buckets.values.map(\.touchedAt).sorted()
        let middle = times[times.count / 2]
        var spare = buckets.count - buckets.count / 2
        buckets = buckets.filter { _, bucket in
            guard spare > 0, bucket.touchedAt <= middle else { return true }
            spare -= 1
            return false
        }
    }
}
