internal import WardDatabase
internal import WardVault

/// Finds out which client sends a request to the token endpoint, and makes it prove that.
///
/// A client with keys signs an assertion (`private_key_jwt`); one without is public and proves nothing: PKCE guards its
/// codes. There are no client secrets. Source: RFC 7521 §4.2, RFC 7523 §3, SMART App Launch 2.2.
struct ClientAuthentication: Sendable {
    static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    /// Seconds. Source: SMART App Launch 2.2: no more than five minutes.
    static let longestAssertion: Int64 = 300

    let clients: ClientRegister
    let keySets: KeySets
    let replay: AssertionReplay
    let clock: any WallClock

    /// The client, if it is registered, approved, and proves who it is as it is registered.
    /// - Parameter audiences: what `aud` may name: this token endpoint, or this issuer.
    /// - Throws: ``OAuthError`` with `.invalidClient`; nothing tells an unknown client from a wrong key.
    func client(_ form: TokenForm, audiences: Set<String>) async throws -> CollectionItem<Client> {
        guard let assertion = form["client_assertion"] else { return try await publicClient(form) }
        guard form["client_assertion_type"] == Self.assertionType else { throw Self.refused }
        do {
            let token = try SignedToken(assertion)
            guard let name = token.claimedIssuer, form["client_id"].map({ $0 == name }) ?? true,
                let item = try await clients.approved(name), item.value.hasKeys,
                token.keySetURL.map({ $0 == item.value.keySetURL }) ?? true
            else { throw Self.refused }
            let keys = try await keySets.keys(of: item.value, keyID: token.keyID)
            let claims = try TokenClaims(
                token.verified(by: keys, allowing: SignatureAlgorithm.clientAssertions, kind: .general))
            guard try claims.text("iss") == item.id.text, try claims.text("sub") == item.id.text else {
                throw JOSEError(.wrongIssuer)
            }
            guard !audiences.isDisjoint(with: claims.audiences) else { throw JOSEError(.wrongAudience) }
            let expiry = try claims.checkTimes(now: clock.now(), lifetime: Self.longestAssertion)
            let jti = try claims.text("jti")
            guard jti.utf8.count <= 256 else { throw JOSEError(.claimMissing) }
            try await replay.take(jti, of: item.id, expiresAt: expiry)
            return item
        } catch let error as JOSEError {
            // The same words as for a client that nobody knows.
            throw OAuthError(.invalidClient, Self.refused.description, cause: error)
        }
    }

    private func publicClient(_ form: TokenForm) async throws -> CollectionItem<Client> {
        guard let name = form["client_id"], let item = try await clients.approved(name), !item.value.hasKeys,
            item.value.kind == .app
        else { throw Self.refused }
        return item
    }

    static let refused = OAuthError(
        .invalidClient,
        """
        the client is not known, not approved, or does not prove who it is as it is registered: a client with keys by an assertion \
        that one of them signed (its kid; RS384 or ES384), iss and sub its client_id, aud this server, exp within five minutes, jti not \
        used before
        """)
}
