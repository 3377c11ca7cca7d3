internal import Synchronization
internal import WardDatabase
internal import WardVault

/// The OAuth 2.1 authorization server of the house: gives tokens to applications that were registered and approved.
///
/// Source: draft-ietf-oauth-v2-1, RFC 7523, RFC 7662, RFC 7009, RFC 8414, RFC 9068, SMART App Launch 2.2.
public final class AuthorizationServer: Sendable {
    /// The applications.
    public let clients: ClientRegister
    let grants: any CollectionStore<Grant>
    let register: GrantRegister
    let launches: any CollectionStore<LaunchContext>
    let users: any CollectionStore<User>
    let authentication: ClientAuthentication
    let tokens: AccessTokens
    let trail: IdentityTrail
    let refusals: RefusedRequests
    let opened: @Sendable (Scope, Role) -> AccessRights
    let clock: any WallClock
    let tenant: TenantID
    /// Ten registrations from an address, then one more each minute.
    let registrations = SourceLimiter(burst: 10, refill: .seconds(60), tableLimit: 10_000)
    private let authority = Mutex<String?>(nil)

    init(
        clients: ClientRegister, grants: any CollectionStore<Grant>, register: GrantRegister,
        launches: any CollectionStore<LaunchContext>, users: any CollectionStore<User>,
        authentication: ClientAuthentication, tokens: AccessTokens, trail: IdentityTrail, refusals: RefusedRequests,
        opened: @escaping @Sendable (Scope, Role) -> AccessRights, clock: any WallClock, tenant: TenantID
    ) {
        self.opened = opened
        self.refusals = refusals
        self.clients = clients
        self.grants = grants
        self.register = register
        self.launches = launches
        self.users = users
        self.authentication = authentication
        self.tokens = tokens
        self.trail = trail
        self.clock = clock
        self.tenant = tenant
    }

    /// This server's identifier, `https://host:port`: `iss` of its tokens. Known once the port is bound.
    public var issuer: String { "https://" + (reachedAt ?? "localhost") }

    /// Where the server is reached, `host:port`; nil before that is known, and where nothing is served.
    public var reachedAt: String? { authority.withLock { $0 } }

    /// Tells where the server is reached.
    public func bound(to authority: String) { self.authority.withLock { $0 = authority } }

    /// The public keys of this server's tokens, as a JSON Web Key Set.
    public var publicKeys: [UInt8] { tokens.signer.publicKeys }

    /// The caller who holds this access token.
    public func authenticate(token: String, source: String) async throws(AuthenticationError) -> Caller {
        try await tokens.caller(token: token, source: source, issuer: issuer)
    }

    /// Whether a credential has the form of an access token; a session's token has another.
    public static func isAccessToken(_ text: String) -> Bool { text.hasPrefix("eyJ") }

    /// What `aud` of a client's assertion may name.
    var audiences: Set<String> { [issuer, issuer + "/auth/token"] }

    /// What of a list of scopes opens anything for somebody of a role. Source: RFC 6749 §3.3.
    func narrowed(_ scopes: GrantedScopes, to role: Role) -> GrantedScopes { scopes.narrowed { opened($0, role) } }

    /// Ends a grant and its tokens, at once.
    func revoke(_ grant: CollectionItem<Grant>, _ cause: GrantEnding, _ actor: TrailActor) async throws {
        try await register.revoke(grant, cause, actor)
    }
}
