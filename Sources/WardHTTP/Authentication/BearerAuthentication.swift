internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import WardIdentity

/// Looks at the credential of a request before anything else of it, and puts the caller into the context.
///
/// No header, a second one, another scheme, a broken or unknown token: all the same 401. Source: RFC 6750 §2.1 and
/// §3.
struct BearerAuthentication: MiddlewareProtocol {
    let services: EdgeServices
    /// Of the endpoint, as it stands in the table of routes.
    let path: String
    let logger: Logger

    func handle(
        _ request: Request, context: EdgeContext, next: (Request, EdgeContext) async throws -> Response
    ) async throws -> Response {
        guard let token = Self.token(of: request.headers) else { throw await refusal(context) }
        var context = context
        do {
            let caller = try await services.authenticate(token, context.source)
            context.caller =
                caller?.authorization?.certificate == nil
                ? caller : caller?.holding(certificate: await ClientCertificate.fingerprint(on: context.channel))
        } catch {
            logger.error(
                "callers cannot be authenticated", error: error, metadata: ["request_id": "\(context.trace.id)"])
            throw EdgeError.unavailable
        }
        guard context.caller != nil else { throw await refusal(context) }
        return try await next(request, context)
    }

    /// The one 401, once it is in the audit log; where that cannot be written, 503.
    private func refusal(_ context: EdgeContext) async -> EdgeError {
        do {
            try await services.refused(401, path, context.source, nil)
            return .unauthenticated
        } catch {
            logger.error("a refusal cannot be recorded", error: error, metadata: ["request_id": "\(context.trace.id)"])
            return .unavailable
        }
    }

    /// An access token names its scopes.
    private static let maximumBytes = 8 << 10

    /// The token of the only `Authorization` field, if it is one.
    static func token(of fields: HTTPFields) -> String? {
        var found: String?
        for field in fields where field.name == .authorization {
            if found != nil { return nil }
            found = field.value
        }
        guard let value = found, value.utf8.count <= maximumBytes, value.utf8.count > 7 else { return nil }
        guard value.utf8.prefix(7).elementsEqual("bearer ".utf8, by: { $0 | 0x20 == $1 }) else { return nil }
        let token = value.utf8.dropFirst(7)
        return token.allSatisfy(isTokenByte) ? String(Substring(token)) : nil
    }

    /// `b64token` of RFC 6750 §2.1.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E, 0x2B, 0x2F, 0x3D: true
        default: false
        }
    }
}
