internal import WardDatabase
internal import WardFHIR
internal import WardVault

extension AuthorizationServer {
    /// Who signed in, signed for the client; nil where it did not ask. Source: OpenID Connect Core 1.0 §2.
    func idToken(
        _ grant: CollectionItem<Grant>, _ scopes: GrantedScopes, nonce: String?
    ) async throws -> String? {
        guard scopes.others.contains(.openid), let user = grant.value.user, let id = LogicalID(user) else { return nil }
        let now = clock.now() / 1_000_000
        var writer = JSONWriter(reserving: 512)
        writer.beginObject()
        var claims = [("iss", issuer), ("aud", grant.value.client), ("sub", user)]
        if let nonce { claims.append(("nonce", nonce)) }
        if scopes.others.contains(.fhirUser), let reference = try await users.get(id)?.value.fhirUser {
            claims.append(("fhirUser", issuer + "/fhir/" + reference))
        }
        for (name, value) in claims {
            writer.name(name)
            writer.string(value)
        }
        for (name, value) in [
            ("iat", now), ("exp", now + AccessTokens.lifetimeSeconds),
            ("auth_time", (grant.value.signedInAt ?? grant.value.createdAt) / 1_000_000),
        ] {
            writer.name(name)
            writer.number(Int(value))
        }
        writer.endObject()
        return try tokens.signer.sign(writer.bytes, type: "JWT")
    }
}
