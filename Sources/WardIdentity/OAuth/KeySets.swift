internal import Synchronization

/// Fetches the public keys of clients from where they said; given by the program, which has a network.
public struct KeySetSource: Sendable {
    /// The document at an https address, and for how many seconds it may be kept.
    public var fetch: @Sendable (_ url: String) async throws -> (json: [UInt8], maximumAgeSeconds: Int)

    /// A source.
    public init(fetch: @escaping @Sendable (_ url: String) async throws -> (json: [UInt8], maximumAgeSeconds: Int)) {
        self.fetch = fetch
    }
}

/// The public keys of clients: by value, or fetched and kept for as long as the client allows, five minutes at most.
///
/// Whoever knows a `client_id` can ask for its keys, so nobody makes this server fetch at will:
/// - after a fetch there is no other from the same address for 30 seconds, whatever the answer said of its age and whatever
///   key is looked for; within them what was found counts;
/// - after one that failed, none for 1, 2, 4, … up to 300 seconds;
/// - requests that need the same address at once wait for one fetch;
/// - so many fetches are under way at once, over all addresses.
///
/// A client that rotates its keys is known by the new one within 30 seconds. Source: SMART App Launch 2.2,
/// client-confidential-asymmetric; OWASP ASVS 5.0 2.4.1.
final class KeySets: Sendable {
    /// What is known of one address.
    private struct Place {
        var keys: JSONWebKeySet?
        /// Until when ``keys`` may be kept; microseconds since 1970.
        var until: Int64 = 0
        /// Before this there is no further fetch; microseconds since 1970.
        var pausesUntil: Int64 = 0
        var failures = 0
        var fetch: Task<JSONWebKeySet, any Error>?
    }

    private enum Step {
        case found(JSONWebKeySet)
        case wait(Task<JSONWebKeySet, any Error>)
        case notNow
    }

    static let longest: Int64 = 300_000_000
    static let pause: Int64 = 30_000_000
    /// Fetches under way at once.
    static let width = 8
    private static let limit = 1_000

    private let source: KeySetSource
    private let clock: @Sendable () -> Int64
    private let places = Mutex<[String: Place]>([:])

    init(source: KeySetSource, clock: @escaping @Sendable () -> Int64) {
        self.source = source
        self.clock = clock
    }

    /// The keys of a client among which `keyID` should be.
    /// - Throws: ``JOSEError`` for keys by value, ``OAuthError`` with `.temporarilyUnavailable` where keys by address cannot be
    ///   had now.
    func keys(of client: Client, keyID: String) async throws -> JSONWebKeySet {
        if let text = client.keySet { return try JSONWebKeySet(json: Array(text.utf8)) }
        guard let url = client.keySetURL else { throw JOSEError(.unknownKey) }
        switch places.withLock({ step(url, keyID, &$0) }) {
        case .found(let keys): return keys
        case .notNow: throw OAuthError.unavailable
        case .wait(let fetch):
            do { return try await fetch.value } catch { throw OAuthError.unavailable }
        }
    }

    private func step(_ url: String, _ keyID: String, _ places: inout [String: Place]) -> Step {
        let now = clock()
        let place = places[url] ?? Place()
        // A clock that was set back makes nothing last longer.
        let isPausing = now < place.pausesUntil && place.pausesUntil - now <= Self.longest
        if let keys = place.keys, isPausing && place.failures == 0 || now < place.until && keys.contains(keyID) {
            return .found(keys)
        }
        if let fetch = place.fetch { return .wait(fetch) }
        guard !isPausing, places.values.count(where: { $0.fetch != nil }) < Self.width else { return .notNow }
        if places.count >= Self.limit { places = places.filter { $0.value.fetch != nil } }
        let fetch = Task { try await self.fetch(url) }
        places[url, default: place].fetch = fetch
        return .wait(fetch)
    }

    /// Fetches, and writes down what came of it. It goes on when whoever asked is gone: others may wait for it.
    private func fetch(_ url: String) async throws -> JSONWebKeySet {
        do {
            let (json, seconds) = try await source.fetch(url)
            let keys = try JSONWebKeySet(json: json)
            let now = clock()
            places.withLock { places in
                places[url] = Place(
                    keys: keys, until: now + min(Int64(max(0, min(seconds, 300))) * 1_000_000, Self.longest),
                    pausesUntil: now + Self.pause)
            }
            return keys
        } catch {
            let now = clock()
            places.withLock { places in
                var place = places[url] ?? Place()
                place.fetch = nil
                place.failures += 1
                place.pausesUntil = now + min(1_000_000 << Int64(min(place.failures - 1, 20)), Self.longest)
                places[url] = place
            }
            throw error
        }
    }
}
