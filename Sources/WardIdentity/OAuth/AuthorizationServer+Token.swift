internal import WardDatabase
internal import WardVault

extension AuthorizationServer {
    /// Answers a request to the token endpoint. Source: RFC 6749 §3.2, RFC 8705 §3.
    /// - Parameter certificate: SHA-256 of the certificate that the client's connection showed, where it showed one.
    /// - Throws: ``OAuthError``. Each refusal is an entry of the audit log.
    public func token(
        _ form: TokenForm, source: String, certificate: [UInt8]? = nil
    ) async throws(OAuthError) -> TokenAnswer {
        var client: CollectionItem<Client>?
        do {
            let known = try await authentication.client(form, audiences: audiences)
            client = known
            let bound = known.value.isCertificateBound == true ? certificate : nil
            guard known.value.isCertificateBound != true || bound != nil else {
                throw OAuthError(.invalidRequest, "tokens of this client are bound to its certificate; connect with it")
            }
            switch try form.needed("grant_type") {
            case "client_credentials": return try await clientCredentials(form, known, bound, source)
            case "authorization_code": return try await exchange(form, known, bound, source)
            case "refresh_token": return try await refresh(form, known, bound, source)
            default:
                throw OAuthError(
                    .unsupportedGrantType, "grant_type is authorization_code, refresh_token or client_credentials")
            }
        } catch {
            throw await refused(error, client, source)
        }
    }

    /// A token for a service that acts for itself. Source: RFC 6749 §4.4, SMART App Launch 2.2, backend services.
    private func clientCredentials(
        _ form: TokenForm, _ client: CollectionItem<Client>, _ certificate: [UInt8]?, _ source: String
    ) async throws -> TokenAnswer {
        guard client.value.kind == .backend, client.value.hasKeys else {
            throw OAuthError(.unauthorizedClient, "only a backend service acts for itself")
        }
        guard let wanted = GrantedScopes(try form.needed("scope")), let ceiling = GrantedScopes(client.value.scopes) else {
            throw OAuthError(.invalidScope, "the list of scopes is too long")
        }
        let scopes = narrowed(wanted.within(ceiling), to: .service)
        guard !scopes.resources.isEmpty else {
            throw OAuthError(.invalidScope, "none of the scopes is one that this client was approved for and that opens anything")
        }
        let now = clock.now()
        let id = TimeOrderedIDs().nextLogicalID()
        let grant = Grant(
            client: client.id.text, clientEpoch: client.value.epoch, factors: [.clientKey], scopes: scopes.text,
            certificate: certificate, source: source, createdAt: now, expiresAt: now + AccessTokens.lifetimeSeconds * 1_000_000)
        let event = try trail.outbox(
            .client(.tokenIssued(grant: id, client: client.id, .clientCredentials)), actor(of: client, id, source))
        let item = try await grants.put(id, grant, expecting: nil, events: [event])
        return try await answer(item, scopes)
    }

    /// The first tokens for a code. Source: RFC 6749 §4.1.3, RFC 7636 §4.5.
    private func exchange(
        _ form: TokenForm, _ client: CollectionItem<Client>, _ certificate: [UInt8]?, _ source: String
    ) async throws -> TokenAnswer {
        let text = try form.needed("code")
        let verifier = try form.needed("code_verifier")
        let redirect = try form.needed("redirect_uri")
        guard let code = AuthorizationCode(text), let item = try await grants.get(code.grant),
            let pending = item.value.code, ConstantTime.equal(pending.hash, code.hash),
            item.value.client == client.id.text
        else { throw Self.invalidGrant }
        if item.value.isCodeUsed {
            try await revoke(item, .reuse, actor(of: client, item.id, source))
            throw Self.invalidGrant
        }
        guard clock.now() < pending.expiresAt, pending.redirectURI == redirect,
            PKCE.matches(verifier: verifier, challenge: pending.challenge),
            let scopes = GrantedScopes(item.value.scopes),
            try await tokens.holder(of: item, scopes: scopes, source) != nil
        else { throw Self.invalidGrant }
        var grant = item.value
        grant.isCodeUsed = true
        grant.certificate = certificate
        grant.expiresAt = clock.now() + Self.lifetime(of: scopes)
        if scopes.others.contains(.offlineAccess) || scopes.others.contains(.onlineAccess) {
            grant.refresh = RefreshChain(secret: SecureRandom.bytes(32))
        }
        let written = try await write(item, grant, .authorizationCode, client, source)
        return try await answer(written, scopes, nonce: pending.nonce, isFirst: true)
    }

    /// Further tokens. A refresh token is good once; one that comes back ends the grant. Source: RFC 9700 §4.14.2.
    private func refresh(
        _ form: TokenForm, _ client: CollectionItem<Client>, _ certificate: [UInt8]?, _ source: String
    ) async throws -> TokenAnswer {
        guard let token = RefreshToken(try form.needed("refresh_token")), let item = try await grants.get(token.grant),
            let chain = item.value.refresh, token.isMade(by: chain), item.value.client == client.id.text,
            item.value.certificate.map({ $0 == certificate }) ?? true
        else { throw Self.invalidGrant }
        guard token.number == chain.number else {
            try await revoke(item, .reuse, actor(of: client, item.id, source))
            throw Self.invalidGrant
        }
        guard let granted = GrantedScopes(item.value.scopes) else { throw Self.invalidGrant }
        var scopes = granted
        if let wanted = form["scope"] {
            guard let list = GrantedScopes(wanted) else { throw OAuthError(.invalidScope, "the list of scopes is too long") }
            scopes = list.within(granted)
            // Source: RFC 6749 §6.
            guard scopes.names.count == Set(wanted.split(separator: " ")).count, !scopes.names.isEmpty else {
                throw OAuthError(.invalidScope, "a scope is asked for that the person did not allow")
            }
        }
        guard let holder = try await tokens.holder(of: item, scopes: scopes, source) else { throw Self.invalidGrant }
        scopes = narrowed(scopes, to: holder.role)
        var grant = item.value
        grant.refresh?.number = chain.number + 1
        let written = try await write(item, grant, .refreshToken, client, source)
        return try await answer(written, scopes)
    }

    /// Writes a step of a grant; a request that comes at the same moment with the same secret is refused.
    private func write(
        _ item: CollectionItem<Grant>, _ grant: Grant, _ way: TokenWay, _ client: CollectionItem<Client>, _ source: String
    ) async throws -> CollectionItem<Grant> {
        do {
            let event = try trail.outbox(
                .client(.tokenIssued(grant: item.id, client: client.id, way)), actor(of: client, item.id, source))
            return try await grants.put(item.id, grant, expecting: item.version, events: [event])
        } catch let error as DatabaseError where error.code == .versionConflict {
            if let newer = try await grants.get(item.id) {
                try await revoke(newer, .reuse, actor(of: client, item.id, source))
            }
            throw Self.invalidGrant
        }
    }

    private func answer(
        _ grant: CollectionItem<Grant>, _ scopes: GrantedScopes, nonce: String? = nil, isFirst: Bool = false
    ) async throws -> TokenAnswer {
        TokenAnswer(
            accessToken: try tokens.issue(grant, scopes: scopes, issuer: issuer),
            expiresInSeconds: Int(AccessTokens.lifetimeSeconds), scope: scopes.text,
            refreshToken: grant.value.refresh.flatMap { RefreshToken.make(grant.id, $0) },
            idToken: isFirst ? try await idToken(grant, scopes, nonce: nonce) : nil, patient: grant.value.patient)
    }

    /// Microseconds: 90 days for apps that work without the person, 12 hours for those that do not, and for those that
    /// ask for neither the life of the token.
    private static func lifetime(of scopes: GrantedScopes) -> Int64 {
        let seconds: Int64 =
            scopes.others.contains(.offlineAccess)
            ? 90 * 86_400 : scopes.others.contains(.onlineAccess) ? 12 * 3_600 : AccessTokens.lifetimeSeconds
        return seconds * 1_000_000
    }

    static let invalidGrant = OAuthError(.invalidGrant, "the code or refresh token is not valid, was used, or is too old")

    func actor(of client: CollectionItem<Client>, _ grant: LogicalID?, _ source: String) -> TrailActor {
        TrailActor(
            source: source, tenant: tenant, subject: .service(client.id, name: client.value.name), role: .service,
            session: grant)
    }

    /// What to answer to a fault; told to the audit log first.
    func refused(_ error: any Error, _ client: CollectionItem<Client>?, _ source: String) async -> OAuthError {
        let answer = (error as? OAuthError) ?? .unavailable
        guard answer.code != .temporarilyUnavailable else { return answer }
        let origin = client.map { actor(of: $0, nil, source) } ?? TrailActor(source: source, tenant: tenant)
        do {
            let fact = IdentityFact.client(.tokenRefused(client: client?.id, answer.code))
            // Nobody has shown yet who asks: an address has so many entries, and the rest is counted.
            try await refusals.record(fact, origin, source: source)
            return answer
        } catch {
            return .unavailable
        }
    }
}
