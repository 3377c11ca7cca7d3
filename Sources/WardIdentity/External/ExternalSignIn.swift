internal import Synchronization
internal import WardDatabase
internal import WardVault

/// Signs people in by the provider of their organisation: authorization code with PKCE, `state` and `nonce`.
///
/// - Who somebody is there is linked to an account by issuer and subject alone. An administrator links it, or the provider
///   makes the account; a name or an e-mail address that is the same links nothing.
/// - Two factors are needed all the same: the provider proves the second by `amr` or `acr`, or the person shows that of
///   their account here.
/// - Nothing is kept between the way there and the way back: the state vouches for itself, nonce and verifier are made of
///   it by a key that this process alone has, and it works once, for five minutes, for the browser that began.
///
/// Source: OpenID Connect Core 1.0, OpenID Connect Discovery 1.0, RFC 7636, RFC 9207, RFC 9700 §2.1.
public final class ExternalSignIn: Sendable {
    let provider: ExternalProvider?
    let signIn: SignIn
    let signer: TokenSigner
    let ids: UserIDs
    let clock: any WallClock
    let directory: ProviderDirectory?
    let wire: ProviderWire?
    private let challenges = PasskeyChallenges()
    private let base = Mutex("https://localhost")

    init(
        provider: ExternalProvider?, wire: ProviderWire?, signIn: SignIn, signer: TokenSigner, ids: UserIDs,
        clock: any WallClock
    ) {
        self.provider = provider
        self.signIn = signIn
        self.signer = signer
        self.ids = ids
        self.clock = clock
        self.wire = wire
        directory = provider.flatMap { provider in
            wire.map { ProviderDirectory(issuer: provider.issuer, wire: $0, clock: clock) }
        }
    }

    /// What people know the provider by; nil where there is none.
    public var label: String? { provider?.label }

    /// Tells where this server is reached.
    public func bound(to authority: String) { base.withLock { $0 = "https://\(authority)" } }

    /// Where to send the browser.
    /// - Parameters:
    ///   - binding: what the browser alone holds, and brings back.
    ///   - isAnew: whether the person must show there anew who they are.
    /// - Throws: ``ExternalSignInError``.
    public func begin(boundTo binding: String, isAnew: Bool, source: String) async throws(ExternalSignInError) -> String {
        guard let provider, let directory else { throw ExternalSignInError(.off) }
        try await admit(source)
        let metadata = try await directory.found().metadata
        signIn.limiter.giveBack(source)
        let state = challenges.make(.external, boundTo: binding, now: clock.now())
        let challenge = PKCE.challenge(of: Base64URL.encode(challenges.secret("verifier", of: state)))
        var parameters = [
            ("response_type", "code"), ("client_id", provider.clientID), ("redirect_uri", returnAddress),
            ("scope", "openid profile"), ("state", Base64URL.encode(state)), ("nonce", nonce(of: state)),
            ("code_challenge", challenge), ("code_challenge_method", "S256"),
        ]
        if isAnew { parameters.append(("prompt", "login")) }
        let query = parameters.map { $0.0 + "=" + PercentEncoding.encode($0.1) }.joined(separator: "&")
        let address = metadata.authorizationEndpoint
        return address + (address.contains("?") ? "&" : "?") + query
    }

    /// The session of whoever comes back from the provider with this answer.
    /// - Returns: the session, and whether both factors were shown; else nothing is open yet but to show the second.
    /// - Throws: ``ExternalSignInError``.
    public func complete(
        _ answer: TokenForm, boundTo binding: String, source: String, device: String? = nil
    ) async throws(ExternalSignInError) -> (session: IssuedSession, isProven: Bool) {
        guard let provider else { throw ExternalSignInError(.off) }
        try await admit(source)
        do {
            let claims = try await claims(answer, provider, boundTo: binding)
            let result = try await accept(claims, provider, source: source, device: device)
            signIn.limiter.giveBack(source)
            return result
        } catch let error as ExternalSignInError {
            if error.code == .unavailable { signIn.limiter.giveBack(source) }
            throw error
        } catch where error is JOSEError || error is WrongAnswer {
            try await refuse(nil, .wrongProviderAnswer, source)
            throw ExternalSignInError(.refused)
        } catch {
            signIn.limiter.giveBack(source)
            throw ExternalSignInError(.unavailable)
        }
    }

    /// The answer of the provider, or of somebody who says to be it, is none that was asked for.
    struct WrongAnswer: Error {}

    var returnAddress: String { issuer + "/auth/external/return" }

    /// This server's identifier.
    var issuer: String { base.withLock { $0 } }

    private func nonce(of state: [UInt8]) -> String { Base64URL.encode(challenges.secret("nonce", of: state)) }

    /// Lets a try from this address go on, or throws.
    private func admit(_ source: String) async throws(ExternalSignInError) {
        guard case .heldBack(let seconds, let isFirst) = signIn.limiter.admit(source, now: clock.now()) else { return }
        if !isFirst { signIn.untold.add(.throttled, from: source) }
        if isFirst { try await refuse(nil, .throttled, source) }
        throw ExternalSignInError(.throttled(retryAfterSeconds: seconds))
    }

    /// Tells the audit log of a refusal, before it is answered.
    func refuse(_ user: LogicalID?, _ fault: SignInFault, _ source: String) async throws(ExternalSignInError) {
        do {
            try await signIn.record(.signInRefused(user: user, fault), source)
        } catch {
            throw ExternalSignInError(.unavailable)
        }
    }

    /// What the provider says of the person, once all of it has held.
    private func claims(
        _ answer: TokenForm, _ provider: ExternalProvider, boundTo binding: String
    ) async throws -> ExternalClaims {
        guard let directory, let text = answer["state"], let state = Base64URL.decode(text),
            challenges.isGood(state, .external, boundTo: binding, now: clock.now()),
            challenges.use(state, now: clock.now())
        else { throw WrongAnswer() }
        let found = try await directory.found()
        // An answer of another provider must not be taken for one of this. Source: RFC 9207 §2.4.
        guard answer["iss"].map({ $0 == provider.issuer }) ?? !found.metadata.namesItself else { throw WrongAnswer() }
        guard answer["error"] == nil, let code = answer["code"], code.utf8.count <= 2_048 else { throw WrongAnswer() }
        let verifier = Base64URL.encode(challenges.secret("verifier", of: state))
        let token = try SignedToken(
            try await exchange(code, verifier: verifier, provider, found.metadata), mayNameNoKey: true)
        return try ExternalClaims(
            token, keys: try await directory.keys(naming: token.namedKeyID), provider: provider, nonce: nonce(of: state),
            now: clock.now())
    }
}
