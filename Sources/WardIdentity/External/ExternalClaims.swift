internal import WardFHIR

/// What an identity token says of a person, once every check of it has held. Source: OpenID Connect Core 1.0 §3.1.3.7.
struct ExternalClaims: Sendable {
    /// The longest that a token may be good for, in seconds.
    private static let longest: Int64 = 86_400

    let subject: String
    /// The role of the first value that stands for one.
    let role: Role?
    /// What the person would like to be called.
    let name: String?
    let hasSecondFactor: Bool
    /// When they showed who they are; seconds since 1970.
    let authenticatedAt: Int64?

    /// Checks signature, issuer, audience, times and nonce.
    /// - Throws: ``JOSEError``.
    init(
        _ token: SignedToken, keys: JSONWebKeySet, provider: ExternalProvider, nonce: String, now: Int64
    ) throws(JOSEError) {
        let claims = try TokenClaims(
            token.verified(by: keys, allowing: Set(SignatureAlgorithm.allCases), kind: .general))
        guard try claims.text("iss") == provider.issuer else { throw JOSEError(.wrongIssuer) }
        let audiences = claims.audiences
        guard audiences.contains(provider.clientID) else { throw JOSEError(.wrongAudience) }
        if audiences.count > 1 || claims.optionalText("azp") != nil {
            guard claims.optionalText("azp") == provider.clientID else { throw JOSEError(.wrongAudience) }
        }
        _ = try claims.checkTimes(now: now, lifetime: Self.longest)
        guard try claims.seconds("iat") != nil else { throw JOSEError(.claimMissing) }
        guard ConstantTime.equal(Array(try claims.text("nonce").utf8), Array(nonce.utf8)) else { throw JOSEError(.replayed) }
        subject = try claims.text("sub")
        guard ExternalIdentity.isSubject(subject) else { throw JOSEError(.claimMissing) }
        let held = Set(claims.texts(provider.roleClaim))
        role = provider.roles.first { held.contains($0.value) }?.role
        name = claims.optionalText("preferred_username")
        hasSecondFactor =
            !provider.secondFactorMethods.isDisjoint(with: claims.texts("amr"))
            || claims.optionalText("acr").map(provider.secondFactorClasses.contains) ?? false
        authenticatedAt = try claims.seconds("auth_time")
    }
}
