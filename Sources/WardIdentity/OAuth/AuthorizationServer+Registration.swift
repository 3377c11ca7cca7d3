internal import WardDatabase

extension AuthorizationServer {
    /// Registers an application that asks by itself. It can do nothing before an administrator approves it. Addresses that
    /// ask often are held back, and only so many applications may wait. Source: RFC 7591.
    public func register(
        _ registration: ClientRegistration, source: String
    ) async throws(OAuthError) -> ClientSummary {
        guard case .admitted = registrations.admit(source, now: clock.now()) else { throw .unavailable }
        do {
            return try await clients.propose(registration, by: TrailActor(source: source, tenant: tenant))
        } catch {
            switch error.code {
            case .redirectInvalid, .redirectNeeded: throw OAuthError(.invalidRedirectURI, error.description)
            case .unavailable, .notFound, .notPermitted: throw .unavailable
            default: throw OAuthError(.invalidClientMetadata, error.description)
            }
        }
    }
}
