internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import WardFHIR
internal import WardIdentity

/// The endpoints of the authorization server that applications talk to.
struct OAuthRoute: Sendable {
    let server: AuthorizationServer
    let bodies: BodyCollector
    /// Whether the listener asks clients for certificates.
    let asksForCertificates: Bool

    /// Answers one of them.
    func respond(_ name: Endpoint.Name, _ request: Request, _ context: EdgeContext) async throws -> Response {
        do {
            switch name {
            case .token:
                let answer = try await server.token(
                    form(request, context), source: context.source,
                    certificate: asksForCertificates ? await ClientCertificate.fingerprint(on: context.channel) : nil)
                return Self.json { Self.write(answer, &$0) }
            case .introspect:
                let answer = try await server.introspect(form(request, context), source: context.source)
                return Self.json { Self.write(answer, server.issuer, &$0) }
            case .revoke:
                try await server.revoke(form(request, context), source: context.source)
                return Response(status: .ok)
            case .register: return try await RegistrationRoute(server: server, bodies: bodies).respond(request, context)
            case .keys: return Self.document(server.publicKeys)
            case .oauthMetadata: return Self.document(ServerMetadata(issuer: server.issuer, bindsTokens: asksForCertificates).oauth)
            case .smartConfiguration: return Self.document(ServerMetadata(issuer: server.issuer, bindsTokens: asksForCertificates).smart)
            default: throw EdgeError.notFound
            }
        } catch let error as OAuthError {
            return Self.refusal(error)
        }
    }

    private func form(_ request: Request, _ context: EdgeContext) async throws -> TokenForm {
        guard MediaTypes.matches(request.headers[.contentType], MediaTypes.form) else { throw EdgeError.formExpected }
        let body = try await bodies.collect(
            request, on: context.channel, trace: context.trace, limit: 3 * FormBody.maximumBytes)
        return TokenForm(try FormBody(body.bytes).all)
    }

    private static func write(_ answer: TokenAnswer, _ writer: inout JSONWriter) {
        for (name, value) in [
            ("access_token", answer.accessToken), ("token_type", "Bearer"), ("scope", answer.scope),
            ("refresh_token", answer.refreshToken), ("id_token", answer.idToken), ("patient", answer.patient),
        ] {
            guard let value else { continue }
            writer.name(name)
            writer.string(value)
        }
        writer.name("expires_in")
        writer.number(answer.expiresInSeconds)
    }

    private static func write(_ answer: Introspection, _ issuer: String, _ writer: inout JSONWriter) {
        writer.name("active")
        guard case .active(let client, let subject, let scope, let expiry, let patient, let certificate) = answer else {
            writer.bool(false)
            return
        }
        writer.bool(true)
        for (name, value) in [
            ("client_id", client), ("sub", subject), ("scope", scope), ("iss", issuer), ("token_type", "Bearer"),
            ("patient", patient),
        ] {
            guard let value else { continue }
            writer.name(name)
            writer.string(value)
        }
        writer.name("exp")
        writer.number(Int(expiry))
        guard let certificate else { return }
        writer.name("cnf")
        writer.beginObject()
        writer.name("x5t#S256")
        writer.string(certificate)
        writer.endObject()
    }

    /// Source: RFC 6749 §5.2.
    static func refusal(_ error: OAuthError) -> Response {
        var response = json { writer in
            writer.name("error")
            writer.string(error.code.rawValue)
            writer.name("error_description")
            writer.string(error.description)
        }
        response.status = .init(code: error.status)
        if error.code == .temporarilyUnavailable { response.headers[.retryAfter] = String(error.retryAfterSeconds ?? 5) }
        return response
    }

    private static func document(_ json: [UInt8]) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: json)))
    }

    static func json(_ members: (inout JSONWriter) -> Void) -> Response {
        var writer = JSONWriter(reserving: 1_024)
        writer.beginObject()
        members(&writer)
        writer.endObject()
        return document(writer.bytes)
    }
}
