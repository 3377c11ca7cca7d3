internal import WardDatabase

extension AuthorizationServer {
    /// When to ask again where as many wait as may: they go when an administrator looks at them, which takes a while.
    private static let waitSeconds = 3_600

    /// Registers an application that asks by itself. It can do nothing before an administrator approves it. Addresses that
    /// ask often are held back, and only so many applications may wait. Source: RFC 7591.
    public func register(
        _ registration: ClientRegistration, source: String
    ) async throws(OAuthError) -> ClientSummary {
        if case .heldBack(let seconds, _) = registrations.admit(source, now: clock.now()) {
            throw OAuthError(
                .temporarilyUnavailable, "this address asked for registrations too often", retryAfterSeconds: seconds)
        }
        do {
            return try await clients.propose(registration, by: TrailActor(source: source, tenant: tenant))
        } catch {
            switch error.code {
            case .redirectInvalid, .redirectNeeded: throw OAuthError(.invalidRedirectURI, error.description)
            case .tooManyWait: throw OAuthError(.temporarilyUnavailable, error.description, retryAfterSeconds: Self.waitSeconds)
            case .unavailable, .notFound, .notPermitted: throw .unavailable
            default: throw OAuthError(.invalidClientMetadata, error.description)
            }
        }
    }
}
