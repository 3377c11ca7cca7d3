internal import Synchronization

/// Networks from which somebody signed in lately. While strangers flood the doors, sign-ins from there go first, so that a
/// flood locks nobody out of a house that is in use.
///
/// It looks at the network alone, never at the name: a name that is waited for longer tells nothing.
final class FamiliarNetworks: Sendable {
    /// How long a network is remembered after a sign-in; microseconds.
    static let lifetime: Int64 = 30 * 86_400_000_000

    private let limit: Int
    private let seen = Mutex<[String: Int64]>([:])

    /// Remembers so many networks; where there are more, the half that was seen longest ago goes.
    init(limit: Int = 4_096) { self.limit = limit }

    /// Somebody signed in from this address.
    func note(_ source: String, now: Int64) {
        let network = SignInPlaces.network(of: source)
        seen.withLock { seen in
            if seen[network] == nil, seen.count >= limit {
                let middle = seen.values.sorted()[seen.count / 2]
                var spare = seen.count - seen.count / 2
                seen = seen.filter { _, time in
                    guard spare > 0, time <= middle else { return true }
                    spare -= 1
                    return false
                }
            }
            seen[network] = now
        }
    }

    /// Whether somebody signed in from there.
    func standing(of source: String, now: Int64) -> HashingThreads.Standing {
        let network = SignInPlaces.network(of: source)
        guard let time = seen.withLock({ $0[network] }), abs(now - time) < Self.lifetime else { return .stranger }
        return .familiar
    }

    /// How many networks are remembered.
    var count: Int { seen.withLock { $0.count } }
}
