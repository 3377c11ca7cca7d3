internal import Crypto
internal import WardDatabase
internal import WardFHIR
internal import WardVault

/// Issues and checks access tokens: `at+jwt`, ES256, five minutes, each hanging on a grant that can be revoked at any
/// moment. Source: RFC 9068.
///
/// The token says nothing that is believed by itself: grant, client and account are looked at too, once, and again
/// whenever one of them changes.
struct AccessTokens: Sendable {
    static let lifetimeSeconds: Int64 = 300

    let grants: any CollectionStore<Grant>
    let clients: any CollectionStore<Client>
    let users: any CollectionStore<User>
    let signer: TokenSigner
    let cache: AccessTokenCache
    let demand: PasskeyDemand
    let clock: any WallClock
    let tenant: TenantID

    /// A token of a grant.
    func issue(_ grant: CollectionItem<Grant>, scopes: GrantedScopes, issuer: String) throws -> String {
        let now = clock.now() / 1_000_000
        var writer = JSONWriter(reserving: 512)
        writer.beginObject()
        for (name, value) in [
            ("iss", issuer), ("aud", issuer + "/fhir"), ("sub", grant.value.user ?? grant.value.client),
            ("client_id", grant.value.client), ("grant", grant.id.text), ("scope", scopes.text),
            ("jti", Base64URL.encode(SecureRandom.bytes(16))),
        ] {
            writer.name(name)
            writer.string(value)
        }
        if let certificate = grant.value.certificate { Self.confirm(certificate, &writer) }
        for (name, value) in [("iat", now), ("exp", now + Self.lifetimeSeconds)] {
            writer.name(name)
            writer.number(Int(value))
        }
        writer.endObject()
        return try signer.sign(writer.bytes, type: "at+jwt")
    }

    /// `cnf`: whose key must be proved by who shows the token. Source: RFC 8705 §3.1.
    private static func confirm(_ certificate: [UInt8], _ writer: inout JSONWriter) {
        writer.name("cnf")
        writer.beginObject()
        writer.name("x5t#S256")
        writer.string(Base64URL.encode(certificate))
        writer.endObject()
    }

    /// The caller who holds this token. Where the token is bound to a certificate, ``Caller/holding(certificate:)`` makes
    /// the caller good for anything.
    func caller(token text: String, source: String, issuer: String) async throws(AuthenticationError) -> Caller {
        let hash = Array(SHA256.hash(data: Array(text.utf8)))
        let key = SessionKey(hash: hash)
        for _ in 0..<16 {
            if let caller = cache.caller(key, hash: hash, now: clock.now()) { return caller.calling(from: source) }
            let generation = cache.generation
            let entry = try await load(text, hash, source: source, issuer: issuer)
            if cache.insert(entry, key, generation: generation) { return entry.caller }
        }
        throw AuthenticationError(.unavailable)
    }

    private func load(
        _ text: String, _ hash: [UInt8], source: String, issuer: String
    ) async throws(AuthenticationError) -> AccessTokenCache.Entry {
        do {
            return try await entry(text, hash, source: source, issuer: issuer)
        } catch is JOSEError {
            throw AuthenticationError(.notAuthenticated)
        } catch let error as AuthenticationError {
            throw error
        } catch {
            throw AuthenticationError(.unavailable)
        }
    }

    private func entry(
        _ text: String, _ hash: [UInt8], source: String, issuer: String
    ) async throws -> AccessTokenCache.Entry {
        let claims = try TokenClaims(
            SignedToken(text).verified(by: signer.keySet, allowing: [.es256], kind: .accessToken))
        guard try claims.text("iss") == issuer else { throw JOSEError(.wrongIssuer) }
        guard claims.audiences == [issuer + "/fhir"] else { throw JOSEError(.wrongAudience) }
        let expiry = try claims.checkTimes(now: clock.now(), lifetime: Self.lifetimeSeconds)
        guard clock.now() < expiry * 1_000_000 else { throw JOSEError(.expired) }
        guard let id = LogicalID(try claims.text("grant")), let grant = try await grants.get(id),
            let holder = try await holder(of: grant, scopes: GrantedScopes(try claims.text("scope")) ?? .none, source)
        else { throw AuthenticationError(.notAuthenticated) }
        return AccessTokenCache.Entry(
            hash: hash, caller: holder, grant: grant.id, expiresAt: min(expiry * 1_000_000, grant.value.expiresAt))
    }

    /// Who holds a token of a grant; nil where the grant, the client or the account is over.
    func holder(of grant: CollectionItem<Grant>, scopes: GrantedScopes, _ source: String) async throws -> Caller? {
        guard grant.value.isLive(at: clock.now()), let clientID = LogicalID(grant.value.client),
            let client = try await clients.get(clientID), client.value.status == .approved,
            client.value.epoch == grant.value.clientEpoch
        else { return nil }
        let authorization = Authorization(
            client: clientID, scopes: scopes, patient: grant.value.patient.flatMap { LogicalID($0) },
            certificate: grant.value.certificate)
        guard let user = grant.value.user else {
            return Caller(
                subject: .service(clientID, name: client.value.name), role: .service, session: grant.id,
                factors: Set(grant.value.factors), authorization: authorization, tenant: tenant, source: source)
        }
        guard let userID = LogicalID(user), let account = try await users.get(userID), !account.value.isDisabled,
            account.value.sessionEpoch == grant.value.userEpoch
        else { return nil }
        return Caller(
            subject: .user(userID, name: account.value.name), role: account.value.role,
            patient: account.value.boundPatient, session: grant.id,
            factors: Set(grant.value.factors), authorization: authorization, tenant: tenant, source: source,
            owesPasskey: demand.isOwed(by: account.value, having: grant.value.factors))
    }
}

extension Caller {
    /// The same, from another address.
    func calling(from source: String) -> Caller {
        guard source != self.source else { return self }
        return Caller(
            subject: subject, role: role, patient: patient, session: session, factors: factors, authorization: authorization,
            tenant: tenant, source: source, owesPasskey: owesPasskey, isFresh: isFresh)
    }
}
