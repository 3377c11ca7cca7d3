internal import Synchronization
internal import WardDatabase

/// What was turned away unseen because there was too much of it.
enum Untold: String, Sendable, Hashable, CaseIterable {
    /// Sign-ins from an address that tries too often.
    case throttled
    /// Sign-ins while too many waited.
    case busy
    /// Links of invitations, from an address that tries too often.
    case invitations = "throttled-invitations"
    /// Changes of a password, of an account that asks for too many.
    case passwords = "throttled-passwords"
    /// Requests without a caller, or by one who may not, from an address that sends too many.
    case requests = "throttled-requests"
    /// Listings of what is somebody's own, of an account that asks for too many.
    case listings = "throttled-listings"
}

/// Counts attempts that are turned away without an entry of their own, until an entry tells how many there were: a flood
/// must neither fill the log nor go unaccounted for.
///
/// So many pairs of address and kind are counted apart as `limit` says; the rest is counted together.
final class UntoldRefusals: Sendable {
    /// The source of an entry that tells of several addresses.
    static let severalSources = "several addresses"

    private struct Key: Hashable {
        var what: Untold
        var source: String
    }

    private let limit: Int
    private let counts = Mutex<[Key: Int]>([:])

    /// Tells addresses apart up to this number.
    init(limit: Int = 256) { self.limit = limit }

    /// One more was turned away.
    func add(_ what: Untold, from source: String, count: Int = 1) {
        counts.withLock { counts in
            var key = Key(what: what, source: String(source.prefix(64)))
            if counts[key] == nil, counts.count >= limit { key.source = Self.severalSources }
            counts[key, default: 0] += count
        }
    }

    /// Writes an entry for each address and kind, and begins anew. What cannot be written is counted further.
    func tell(_ trail: IdentityTrail, tenant: TenantID) async throws {
        var taken = counts.withLock { counts in
            defer { counts = [:] }
            return counts
        }
        defer { for (key, count) in taken { add(key.what, from: key.source, count: count) } }
        for (key, count) in taken.sorted(by: { ($0.key.source, $0.key.what.rawValue) < ($1.key.source, $1.key.what.rawValue) }) {
            try await trail.record(.notTold(key.what, count: count), TrailActor(source: key.source, tenant: tenant))
            taken[key] = nil
        }
    }
}
