internal import WardDatabase
internal import WardVault

extension AuthorizationServer {
    /// Says what a token is good for, to a client that proves who it is by its key. A client learns of its own tokens
    /// alone. Source: RFC 7662.
    public func introspect(_ form: TokenForm, source: String) async throws(OAuthError) -> Introspection {
        do {
            let client = try await authentication.client(form, audiences: audiences)
            guard client.value.hasKeys else {
                throw OAuthError(.invalidClient, "introspection asks for a client with a key")
            }
            let text = try form.needed("token")
            if let token = RefreshToken(text) {
                return try await introspect(token, client, source)
            }
            guard let caller = try await holder(text, source), let authorization = caller.authorization,
                authorization.client == client.id, let claims = try? verifiedClaims(text), let expiry = try claims.seconds("exp")
            else { return .inactive }
            return .active(
                client: client.id.text, subject: caller.actorID, scope: authorization.scopes.text,
                expiresAtSeconds: expiry, patient: authorization.patient?.text,
                certificate: authorization.certificate.map { Base64URL.encode($0) })
        } catch {
            throw await refused(error, nil, source)
        }
    }

    /// Ends what a token hangs on, for the client that holds it; a token that is none, or another's, changes nothing and
    /// is told so to nobody. Source: RFC 7009.
    public func revoke(_ form: TokenForm, source: String) async throws(OAuthError) {
        do {
            let client = try await authentication.client(form, audiences: audiences)
            let text = try form.needed("token")
            guard let grant = try await grant(of: text), grant.value.client == client.id.text else { return }
            try await revoke(grant, .byClient, actor(of: client, grant.id, source))
        } catch {
            throw await refused(error, nil, source)
        }
    }

    private func introspect(
        _ token: RefreshToken, _ client: CollectionItem<Client>, _ source: String
    ) async throws -> Introspection {
        guard let grant = try await grants.get(token.grant), let chain = grant.value.refresh, token.isMade(by: chain),
            token.number == chain.number, grant.value.client == client.id.text,
            let scopes = GrantedScopes(grant.value.scopes),
            let caller = try await tokens.holder(of: grant, scopes: scopes, source)
        else { return .inactive }
        return .active(
            client: client.id.text, subject: caller.actorID, scope: scopes.text,
            expiresAtSeconds: grant.value.expiresAt / 1_000_000, patient: grant.value.patient,
            certificate: grant.value.certificate.map { Base64URL.encode($0) })
    }

    /// Who holds an access token; nil where nobody does.
    private func holder(_ text: String, _ source: String) async throws -> Caller? {
        do throws(AuthenticationError) {
            return try await authenticate(token: text, source: source)
        } catch {
            if error.code == .notAuthenticated { return nil }
            throw error
        }
    }

    private func verifiedClaims(_ text: String) throws(JOSEError) -> TokenClaims {
        try TokenClaims(SignedToken(text).verified(by: tokens.signer.keySet, allowing: [.es256], kind: .accessToken))
    }

    private func grant(of text: String) async throws -> CollectionItem<Grant>? {
        if let token = RefreshToken(text) {
            guard let grant = try await grants.get(token.grant), let chain = grant.value.refresh,
                token.isMade(by: chain)
            else { return nil }
            return grant
        }
        guard let claims = try? verifiedClaims(text), let id = LogicalID(claims.optionalText("grant") ?? "") else {
            return nil
        }
        return try await grants.get(id)
    }
}
