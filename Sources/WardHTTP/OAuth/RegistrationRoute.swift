internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import WardFHIR
internal import WardIdentity

/// `POST /auth/register`: an application asks to be registered, and waits for its approval. Source: RFC 7591.
struct RegistrationRoute: Sendable {
    let server: AuthorizationServer
    let bodies: BodyCollector

    func respond(_ request: Request, _ context: EdgeContext) async throws -> Response {
        guard MediaTypes.matches(request.headers[.contentType], "application/json") else {
            throw EdgeError(415, .notSupported, "The body must be application/json.")
        }
        let body = try await bodies.collect(request, on: context.channel, trace: context.trace, limit: 64 << 10)
        guard let root = (try? JSONDocument(parsing: body.bytes))?.root, root.kind == .object else {
            throw EdgeError.badBody
        }
        do {
            let made = try await server.register(Self.registration(root), source: context.source)
            return Self.answer(made)
        } catch {
            return OAuthRoute.refusal(error)
        }
    }

    /// What was asked for. Members that mean nothing here are left alone.
    /// - Throws: ``OAuthError`` naming a member that has another form than it should.
    private static func registration(_ root: JSONNode) throws(OAuthError) -> ClientRegistration {
        let grants = try texts("grant_types", root) ?? ["authorization_code"]
        let isBackend = grants.contains("client_credentials")
        let allowed: Set<String> = isBackend ? ["client_credentials"] : ["authorization_code", "refresh_token"]
        guard allowed.isSuperset(of: grants) else {
            throw .invalidMetadata("grant_types are authorization_code and refresh_token, or client_credentials alone")
        }
        if let types = try texts("response_types", root), !types.allSatisfy({ $0 == "code" }) {
            throw .invalidMetadata("response_types must be code")
        }
        let hasKeys = root["jwks"] != nil || root["jwks_uri"] != nil
        let method = try text("token_endpoint_auth_method", root)
        guard method == nil || method == "none" || method == "private_key_jwt" else {
            throw .invalidMetadata("token_endpoint_auth_method must be none or private_key_jwt: there are no client secrets here")
        }
        guard method != "private_key_jwt" || hasKeys else {
            throw .invalidMetadata("private_key_jwt needs jwks or jwks_uri")
        }
        guard root["jwks"].map({ $0.kind == .object }) ?? true else { throw .invalidMetadata("jwks must be an object") }
        let bound = root["tls_client_certificate_bound_access_tokens"]
        guard bound == nil || bound?.bool != nil else {
            throw .invalidMetadata("tls_client_certificate_bound_access_tokens must be true or false")
        }
        return ClientRegistration(
            name: try text("client_name", root) ?? "", kind: isBackend ? .backend : .app,
            redirectURIs: try texts("redirect_uris", root, or: OAuthError.invalidRedirects) ?? [],
            launchURL: try text("initiate_login_uri", root), scopes: try text("scope", root) ?? "",
            keySet: root["jwks"]?.serialized(), keySetURL: try text("jwks_uri", root), isCertificateBound: bound?.bool == true)
    }

    private static func text(_ name: String, _ root: JSONNode) throws(OAuthError) -> String? {
        guard let node = root[name] else { return nil }
        guard let text = node.string else { throw .invalidMetadata("\(name) must be a string") }
        return text
    }

    private static func texts(
        _ name: String, _ root: JSONNode, or fault: (String) -> OAuthError = OAuthError.invalidMetadata
    ) throws(OAuthError) -> [String]? {
        guard let node = root[name] else { return nil }
        let texts = node.kind == .array ? node.elements.map(\.string) : [nil]
        guard texts.allSatisfy({ $0 != nil }) else { throw fault("\(name) must be a list of strings") }
        return texts.compactMap(\.self)
    }

    /// Everything that was registered, also what this server put in place of what was asked for. Source: RFC 7591 §3.2.1.
    private static func answer(_ made: ClientSummary) -> Response {
        let isApp = made.kind == .app
        var response = OAuthRoute.json { writer in
            for (name, value) in [
                ("client_id", made.idText), ("client_name", made.name), ("scope", made.scopes),
                ("token_endpoint_auth_method", made.hasKeys ? "private_key_jwt" : "none"),
                ("initiate_login_uri", made.launchURL), ("jwks_uri", made.keySetURL), ("status", made.status.rawValue),
            ] {
                guard let value else { continue }
                writer.name(name)
                writer.string(value)
            }
            for (name, values) in [
                ("redirect_uris", made.redirectURIs), ("response_types", isApp ? ["code"] : []),
                ("grant_types", isApp ? ["authorization_code", "refresh_token"] : ["client_credentials"]),
            ] {
                writer.name(name)
                writer.beginArray()
                for value in values { writer.string(value) }
                writer.endArray()
            }
            if let keys = made.keySet {
                writer.name("jwks")
                writer.raw(Array(keys.utf8))
            }
            writer.name("tls_client_certificate_bound_access_tokens")
            writer.bool(made.isCertificateBound)
            writer.name("client_id_issued_at")
            writer.number(Int(made.createdAt / 1_000_000))
        }
        response.status = .created
        return response
    }
}
