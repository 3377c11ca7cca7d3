public import WardAudit
public import WardDatabase
public import WardVault

/// Who is there: accounts, sign-in and sessions of one tenant, over the sealed collections that hold them.
///
/// ```swift
/// let identity = Identity(users: users, sessions: sessions, pepper: Pepper(key: key), log: auditLog)
/// let session = try await identity.signIn.signIn(name: "ada", password: "…", code: "123456", source: "192.0.2.1")
/// let caller = try await identity.authenticator.authenticate(token: session.token, source: "192.0.2.1")
/// try await identity.signIn.signOut(caller)
/// ```
///
/// One process owns the collections at a time: it ends sessions in its own memory at once.
public struct Identity: Sendable {
    /// Signs people in and out.
    public let signIn: SignIn
    /// Checks the tokens of requests.
    public let authenticator: Authenticator
    /// Keeps the accounts.
    public let users: UserDirectory
    /// Opens accounts for people who were invited.
    public let activation: Activation
    /// What people change of their own account.
    public let ownAccount: OwnAccount
    /// Tells of requests that came to nobody.
    public let refusedRequests: RefusedRequests
    /// Passkeys and security keys.
    public let passkeys: Passkeys
    /// Signs people in by the provider of their organisation.
    public let external: ExternalSignIn
    /// Gives tokens to applications.
    public let authorizationServer: AuthorizationServer

    /// Writes to the audit log how many attempts were turned away without an entry of their own since the last time; to
    /// be called each minute, and when the server stops.
    public let tellUntold: @Sendable () async throws -> Void

    /// Opens accounts and sessions.
    /// - Parameters:
    ///   - users: the collection ``User/collectionName`` with the lookup fields ``User/lookups``.
    ///   - sessions: the collection ``Session/collectionName`` with the lookup fields ``Session/lookups``.
    ///   - passkeys: the collection ``Passkey/collectionName`` with the lookup fields ``Passkey/lookups``.
    ///   - oauth: what the authorization server is made of.
    ///   - pepper: held with the keys; without it no password can be checked.
    public init(
        users: any CollectionStore<User>, sessions: any CollectionStore<Session>,
        passkeys: any CollectionStore<Passkey>, oauth: OAuthParts, pepper: Pepper,
        log: AuditLog,
        settings: IdentitySettings = IdentitySettings(), clock: any WallClock = SystemWallClock(),
        tenant: TenantID = .first
    ) {
        self.init(
            users: users, sessions: sessions, passkeys: passkeys, oauth: oauth, pepper: pepper, trail: IdentityTrail(log), settings: settings,
            clock: clock,
            tenant: tenant)
    }

    init(
        users: any CollectionStore<User>, sessions: any CollectionStore<Session>,
        passkeys: any CollectionStore<Passkey>, oauth: OAuthParts, pepper: Pepper,
        trail: IdentityTrail,
        settings: IdentitySettings, clock: any WallClock, tenant: TenantID
    ) {
        let hasher = PasswordHasher(pepper: pepper, settings: settings.scrypt, limits: settings.hashing)
        let tokens = AccessTokenCache()
        let demand = PasskeyDemand(roles: settings.passkeyRoles)
        let register = SessionRegister(
            sessions: sessions, users: users, policy: settings.sessions, tokens: tokens, demand: demand, trail: trail, clock: clock,
            tenant: tenant)
        let untold = UntoldRefusals()
        let tries = PasswordTries(trail: trail, untold: untold, clock: clock)
        tellUntold = { try await untold.tell(trail, tenant: tenant) }
        let limiter = SourceLimiter(
            burst: settings.refusalsPerSource, refill: settings.refusalRefill, tableLimit: settings.sourcesHeld)
        refusedRequests = RefusedRequests(
            limiter: SourceLimiter(
                burst: RefusedRequests.burst, refill: RefusedRequests.refill, tableLimit: settings.sourcesHeld),
            trail: trail, untold: untold, clock: clock, tenant: tenant)
        let grants = GrantRegister(
            grants: oauth.grants, clients: oauth.clients, tokens: tokens, trail: trail, clock: clock)
        authorizationServer = Self.server(
            oauth, grants, users: users, tokens: tokens, demand: demand, trail: trail, refusals: refusedRequests, clock: clock,
            tenant: tenant)
        let ending = AccessEnding(users: users, register: register, grants: grants, trail: trail, clock: clock)
        let secrets = PageSecrets(pepper: pepper)
        let secondFactor = SecondFactor(recoveryCodes: RecoveryCodes(pepper: pepper))
        let passkeys = Passkeys(
            users: users, passkeys: passkeys, demand: demand, attestation: settings.attestation, trail: trail,
            clock: clock)
        self.passkeys = passkeys
        self.hasher = hasher
        self.register = register
        authenticator = Authenticator(register: register)
        signIn = SignIn(
            users: users, register: register, grants: grants, hasher: hasher, limiter: limiter,
            secondFactor: secondFactor, passkeys: passkeys, trail: trail, untold: untold, clock: clock,
            tenant: tenant)
        let ids = UserIDs(pepper: pepper, tenant: tenant)
        external = ExternalSignIn(
            provider: settings.provider, wire: oauth.providerWire, signIn: signIn, signer: oauth.signer, ids: ids,
            clock: clock)
        self.users = UserDirectory(
            users: users, register: register, ending: ending, hasher: hasher, policy: settings.passwords, ids: ids,
            trail: trail, clock: clock)
        activation = Activation(
            users: users, hasher: hasher, policy: settings.passwords, secondFactor: secondFactor,
            secrets: secrets, tries: tries,
            limiter: SourceLimiter(
                burst: settings.refusalsPerSource, refill: settings.refusalRefill, tableLimit: settings.sourcesHeld),
            refusals: refusedRequests, trail: trail, untold: untold, clock: clock, tenant: tenant)
        ownAccount = OwnAccount(
            users: users, register: register, hasher: hasher, policy: settings.passwords, secondFactor: secondFactor,
            passkeys: passkeys, tries: tries, refusals: refusedRequests,
            listings: OwnListings(trail: trail, untold: untold, clock: clock), ending: ending, secrets: secrets,
            trail: trail, clock: clock)
    }

    /// The parts of the authorization server, put together.
    private static func server(
        _ oauth: OAuthParts, _ register: GrantRegister, users: any CollectionStore<User>, tokens: AccessTokenCache, demand: PasskeyDemand,
        trail: IdentityTrail, refusals: RefusedRequests, clock: any WallClock, tenant: TenantID
    ) -> AuthorizationServer {
        let clients = ClientRegister(clients: oauth.clients, tokens: tokens, trail: trail, clock: clock)
        return AuthorizationServer(
            clients: clients, grants: oauth.grants, register: register, launches: oauth.launches, users: users,
            authentication: ClientAuthentication(
                clients: clients, keySets: KeySets(source: oauth.keySets, clock: { clock.now() }),
                replay: AssertionReplay(used: oauth.assertions), clock: clock),
            tokens: AccessTokens(
                grants: oauth.grants, clients: oauth.clients, users: users, signer: oauth.signer, cache: tokens,
                demand: demand, clock: clock, tenant: tenant),
            trail: trail, refusals: refusals, opened: oauth.opened, clock: clock, tenant: tenant)
    }

    let hasher: PasswordHasher
    let register: SessionRegister
}
