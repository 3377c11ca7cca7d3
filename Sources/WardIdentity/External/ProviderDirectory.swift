internal import Synchronization
internal import WardDatabase

/// What is known of the provider: its document and its keys, fetched when they are needed and kept for a while.
///
/// A provider that does not answer is left alone for a second, then for 2, 4, … up to five minutes, so that neither it nor
/// this server is worn out. Requests that come together wait for one fetch.
final class ProviderDirectory: Sendable {
    private struct Kept<Value: Sendable>: Sendable {
        var value: Value
        var fetchedAt: Int64
    }

    private struct State {
        var metadata: Kept<ProviderMetadata>?
        var keys: Kept<JSONWebKeySet>?
        var failures = 0
        var retryAt = Int64.min
        var fetching: Task<Found, any Error>?
    }

    /// Both, as they were fetched together.
    struct Found: Sendable {
        var metadata: ProviderMetadata
        var keys: JSONWebKeySet
    }

    /// Microseconds that both are kept.
    private static let kept: Int64 = 3_600_000_000
    /// Microseconds before keys are fetched again for the sake of one that is not among them.
    private static let pause: Int64 = 30_000_000
    private static let longestRetry: Int64 = 300_000_000

    private let issuer: String
    private let wire: ProviderWire
    private let clock: any WallClock
    private let state = Mutex(State())

    init(issuer: String, wire: ProviderWire, clock: any WallClock) {
        self.issuer = issuer
        self.wire = wire
        self.clock = clock
    }

    /// The document and the keys.
    /// - Throws: ``ExternalSignInError`` with `.unavailable`.
    func found() async throws(ExternalSignInError) -> Found { try await found(newerThan: Self.kept) }

    /// The keys among which one of this name should be; fetched again, rarely, where it is not. Nil: the token names none.
    func keys(naming keyID: String?) async throws(ExternalSignInError) -> JSONWebKeySet {
        let known = try await found().keys
        guard let keyID, !known.contains(keyID) else { return known }
        return try await found(newerThan: Self.pause).keys
    }

    private func found(newerThan age: Int64) async throws(ExternalSignInError) -> Found {
        let now = clock.now()
        let task: Task<Found, any Error>? = try state.withLock { state throws(ExternalSignInError) in
            if let metadata = state.metadata, let keys = state.keys, (0..<age).contains(now - metadata.fetchedAt) {
                return Task { Found(metadata: metadata.value, keys: keys.value) }
            }
            if let fetching = state.fetching { return fetching }
            guard now >= state.retryAt || now < state.retryAt - Self.longestRetry else { return nil }
            let made = Task { try await fetch() }
            state.fetching = made
            return made
        }
        guard let task else { throw ExternalSignInError(.unavailable) }
        do {
            return try await task.value
        } catch {
            throw ExternalSignInError(.unavailable)
        }
    }

    private func fetch() async throws -> Found {
        do {
            let metadata = try ProviderMetadata(try await document(ProviderMetadata.address(of: issuer)), of: issuer)
            let keys = try JSONWebKeySet(json: try await document(metadata.keySetURL))
            let now = clock.now()
            state.withLock { state in
                state.metadata = Kept(value: metadata, fetchedAt: now)
                state.keys = Kept(value: keys, fetchedAt: now)
                state.failures = 0
                state.retryAt = .min
                state.fetching = nil
            }
            return Found(metadata: metadata, keys: keys)
        } catch {
            let now = clock.now()
            state.withLock { state in
                state.failures += 1
                state.retryAt = now + min(Self.longestRetry, 1_000_000 << Int64(min(state.failures - 1, 20)))
                state.fetching = nil
            }
            throw error
        }
    }

    private func document(_ url: String) async throws -> [UInt8] {
        let answer = try await wire.get(url)
        guard answer.status == 200, answer.body.count <= ProviderWire.maximumBytes else {
            throw ExternalSignInError(.unavailable)
        }
        return answer.body
    }
}
