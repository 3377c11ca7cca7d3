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
            return Self.answer(made, root)
        } catch {
            return OAuthRoute.refusal(error)
        }
    }

    /// What was asked for. A member of another form than it should have counts as missing, and is named as such.
    private static func registration(_ root: JSONNode) -> ClientRegistration {
        let grants = root["grant_types"]?.elements.compactMap(\.string) ?? []
        return ClientRegistration(
            name: root["client_name"]?.string ?? "",
            kind: grants.contains("client_credentials") ? .backend : .app,
            redirectURIs: root["redirect_uris"]?.elements.compactMap(\.string) ?? [],
            launchURL: root["initiate_login_uri"]?.string, scopes: root["scope"]?.string ?? "",
            keySet: root["jwks"]?.serialized(), keySetURL: root["jwks_uri"]?.string,
            isCertificateBound: root["tls_client_certificate_bound_access_tokens"]?.bool == true)
    }

    private static func answer(_ made: ClientSummary, _ root: JSONNode) -> Response {
        var response = OAuthRoute.json { writer in
            for (name, value) in [
                ("client_id", made.idText), ("client_name", made.name), ("scope", made.scopes),
                ("token_endpoint_auth_method", made.hasKeys ? "private_key_jwt" : "none"),
                ("status", made.status.rawValue),
            ] {
                writer.name(name)
                writer.string(value)
            }
            writer.name("redirect_uris")
            writer.beginArray()
            for address in made.redirectURIs { writer.string(address) }
            writer.endArray()
        }
        response.status = .created
        return response
    }
}
