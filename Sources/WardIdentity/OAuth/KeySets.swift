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
/// A key that is not in what is kept makes one more fetch, at most each 30 seconds, so that a client may rotate and
/// nobody makes this server fetch at will. Source: SMART App Launch 2.2, client-confidential-asymmetric.
final class KeySets: Sendable {
    private struct Kept {
        var keys: JSONWebKeySet
        var fetchedAt: Int64
        var until: Int64
    }

    private static let longest: Int64 = 300
    private static let pause: Int64 = 30_000_000
    private static let limit = 1_000

    private let source: KeySetSource
    private let clock: @Sendable () -> Int64
    private let kept = Mutex<[String: Kept]>([:])

    init(source: KeySetSource, clock: @escaping @Sendable () -> Int64) {
        self.source = source
        self.clock = clock
    }

    /// The keys of a client among which `keyID` should be.
    func keys(of client: Client, keyID: String) async throws -> JSONWebKeySet {
        if let text = client.keySet { return try JSONWebKeySet(json: Array(text.utf8)) }
        guard let url = client.keySetURL else { throw JOSEError(.unknownKey) }
        let now = clock()
        if let found = kept.withLock({ $0[url] }), now < found.until, now >= found.fetchedAt,
            found.keys.contains(keyID) || now - found.fetchedAt < Self.pause
        {
            return found.keys
        }
        let (json, seconds) = try await source.fetch(url)
        let keys = try JSONWebKeySet(json: json)
        let until = now + max(0, min(Int64(seconds), Self.longest)) * 1_000_000
        kept.withLock { kept in
            if kept.count >= Self.limit { kept.removeAll() }
            kept[url] = Kept(keys: keys, fetchedAt: now, until: until)
        }
        return keys
    }
}
