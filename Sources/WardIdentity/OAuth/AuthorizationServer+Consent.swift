internal import WardDatabase
internal import WardVault

extension AuthorizationServer {
    /// Checks what an app asks a person for. Nothing is shown to anybody before this.
    /// - Throws: ``AuthorizationRefusal``: a page for the person where the app or its address is not to be trusted, else
    ///   a redirect to the app.
    public func request(_ form: TokenForm) async throws -> AuthorizationRequest {
        guard let id = form["client_id"], let item = try await clients.approved(id), item.value.kind == .app else {
            throw AuthorizationRefusal.page(OAuthError(.invalidClient, "the application is not known or not approved"))
        }
        guard let redirectURI = form["redirect_uri"], item.value.redirectURIs.contains(redirectURI) else {
            throw AuthorizationRefusal.page(
                OAuthError(.invalidRequest, "the address to return to is not one that the application registered"))
        }
        func back(_ code: OAuthError.Code, _ words: String) -> AuthorizationRefusal {
            let request = AuthorizationRequest(
                client: ClientSummary(item), clientEpoch: 0, redirectURI: redirectURI, state: form["state"] ?? "",
                challenge: "", nonce: nil, scopes: .none, launch: nil, prompt: AuthorizationPrompt())
            return .redirect(
                request.redirect([("error", code.rawValue), ("error_description", words)], issuer: issuer))
        }
        for (name, code) in Self.unsupported where form[name] != nil {
            throw back(code, "the parameter \(name) is not supported")
        }
        guard form["response_mode"] ?? "query" == "query" else { throw back(.invalidRequest, "response_mode must be query") }
        guard form["response_type"] == "code" else { throw back(.unsupportedResponseType, "response_type must be code") }
        guard form["code_challenge_method"] == "S256", let challenge = form["code_challenge"], PKCE.isChallenge(challenge)
        else { throw back(.invalidRequest, "PKCE with S256 is needed") }
        guard let state = form["state"], state.utf8.count <= 1_024, (form["nonce"]?.utf8.count ?? 0) <= 256 else {
            throw back(.invalidRequest, "state is missing, or state or nonce is too long")
        }
        guard form["aud"] == issuer + "/fhir" || form["aud"] == issuer + "/fhir/" else {
            throw back(.invalidRequest, "aud must be the FHIR address of this server")
        }
        guard let prompt = AuthorizationPrompt(form) else {
            throw back(.invalidRequest, "prompt is none alone, or of login, consent and select_account; max_age is a number of seconds")
        }
        guard let wanted = GrantedScopes(form["scope"] ?? ""), let ceiling = GrantedScopes(item.value.scopes) else {
            throw back(.invalidScope, "the list of scopes is too long")
        }
        let scopes = wanted.within(ceiling)
        guard !scopes.names.isEmpty else { throw back(.invalidScope, "the application was approved for none of the scopes") }
        var launch: LaunchContext?
        if scopes.others.contains(.launch) || form["launch"] != nil {
            launch = try await context(of: form["launch"] ?? "", client: item.id)
            guard launch != nil else { throw back(.invalidRequest, "the launch is not known, was used, or is too old") }
        }
        return AuthorizationRequest(
            client: ClientSummary(item), clientEpoch: item.value.epoch, redirectURI: redirectURI, state: state,
            challenge: challenge, nonce: form["nonce"], scopes: scopes, launch: launch, prompt: prompt)
    }

    /// Requests in another form than that of RFC 6749. Source: OpenID Connect Core 1.0 §3.1.2.6, RFC 9101 §6. Other parameters that
    /// are not known here are left alone, `claims` among them: RFC 6749 §3.1, OpenID Connect Core 1.0 §5.5.
    private static let unsupported: [(String, OAuthError.Code)] = [
        ("request", .requestNotSupported), ("request_uri", .requestURINotSupported),
        ("registration", .registrationNotSupported),
    ]

    /// What to do with a request before anything is asked of who is there.
    public func next(_ request: AuthorizationRequest, _ caller: Caller?) -> AuthorizationStep {
        let step = request.next(caller, now: clock.now())
        guard step == .ask, let caller, opensNothing(request, narrowed(request, to: caller.role)) else { return step }
        return .answer(.invalidScope)
    }

    /// The request with no more scopes than what opens anything for somebody of this role: what the person is asked to allow.
    public func narrowed(_ request: AuthorizationRequest, to role: Role) -> AuthorizationRequest {
        var narrowed = request
        narrowed.scopes = self.narrowed(request.scopes, to: role)
        return narrowed
    }

    /// Whether an app that asked for health data would get none, and nothing else that is of use.
    private func opensNothing(_ request: AuthorizationRequest, _ narrowed: AuthorizationRequest) -> Bool {
        !request.scopes.resources.isEmpty && narrowed.scopes.resources.isEmpty && !narrowed.scopes.others.contains(.openid)
    }

    /// The person allows it: where to send the browser, with a code. What is granted is no more than what the account's role opens.
    /// - Parameters:
    ///   - patient: the one that the person chose and may read, where one is needed; else it is left alone.
    ///   - handle: `launch` of the request, which is used up.
    public func allow(
        _ request: AuthorizationRequest, patient: String?, handle: String?, by caller: Caller
    ) async throws -> String {
        guard caller.authorization == nil, caller.isProven, let user = caller.user,
            let account = try await users.get(user), !account.value.isDisabled
        else { throw OAuthError(.accessDenied, "the person is not signed in with the factors that are asked for") }
        let wide = request
        let request = narrowed(wide, to: account.value.role)
        guard !opensNothing(wide, request) else { return request.refused(.invalidScope, issuer: issuer) }
        if let launch = request.launch {
            guard launch.user == user.text, let handle, try await takeLaunch(handle) else {
                return request.redirect([("error", OAuthError.Code.accessDenied.rawValue)], issuer: issuer)
            }
        }
        let own = account.value.boundPatient
        // A patient's own account has no other patient to choose.
        guard account.value.role != .patient || own != nil && (request.launch?.patient ?? own?.text) == own?.text else {
            throw OAuthError(.accessDenied, "the launch is about another patient than the account")
        }
        let isAboutPatient = request.needsPatient || request.launch != nil
        let patient = isAboutPatient ? own ?? (request.launch?.patient ?? patient).flatMap { LogicalID($0) } : nil
        guard patient != nil || !request.needsPatient else { throw OAuthError(.invalidRequest, "a patient is needed") }
        let scopes = account.value.fhirUser == nil ? request.scopes.filter { $0 != "fhirUser" } : request.scopes
        let id = TimeOrderedIDs().nextLogicalID()
        guard let code = AuthorizationCode.make(for: id) else { throw OAuthError.unavailable }
        let now = clock.now()
        let grant = Grant(
            client: request.client.id.text, clientEpoch: request.clientEpoch, user: user.text,
            userEpoch: account.value.sessionEpoch, factors: caller.factors.sorted { $0.rawValue < $1.rawValue },
            scopes: scopes.text, patient: patient?.text,
            code: PendingCode(
                hash: code.hash, challenge: request.challenge, redirectURI: request.redirectURI, nonce: request.nonce,
                expiresAt: now + AuthorizationCode.lifetime),
            source: caller.source, createdAt: now, expiresAt: now + AuthorizationCode.lifetime,
            signedInAt: caller.signedInAt)
        let event = try trail.outbox(
            .client(.consented(grant: id, client: request.client.id, scopes: scopes.text)), TrailActor(caller))
        try await grants.put(id, grant, expecting: nil, events: [event])
        return request.redirect([("code", code.text)], issuer: issuer)
    }

    /// The person does not allow it: where to send the browser.
    public func deny(_ request: AuthorizationRequest, by caller: Caller) async throws -> String {
        try await trail.record(
            .client(.tokenRefused(client: request.client.id, .accessDenied)), TrailActor(caller))
        return request.redirect([("error", OAuthError.Code.accessDenied.rawValue)], issuer: issuer)
    }
}
