internal import HTTPTypes
internal import HummingbirdCore
internal import WardIdentity

/// Lets pages of registered apps talk to what is made for apps: FHIR, tokens, and what describes both. Nobody else's, and
/// with no cookie ever. Source: Fetch Standard, CORS protocol; SMART App Launch 2.2, "Considerations for CORS".
struct CrossOrigin: Sendable {
    let clients: ClientRegister

    /// The origin of an app whose page sends the request; nil where it is none, or the path is not for apps.
    func origin(of request: Request) async -> String? {
        guard let origin = request.headers[.origin], Self.isForApps(request.head.path ?? "") else { return nil }
        return await clients.isHome(origin) ? origin : nil
    }

    /// The answer to what a browser asks before such a request; nil where the request is none of these.
    static func preflight(_ request: Request) -> Response? {
        guard request.method == .options, request.headers[.accessControlRequestMethod] != nil else { return nil }
        return Response(
            status: .noContent,
            headers: [
                .accessControlAllowMethods: "GET, HEAD, POST, PUT, PATCH, DELETE",
                .accessControlAllowHeaders:
                    "Authorization, Content-Type, Accept, Prefer, If-Match, If-None-Match, If-None-Exist, If-Modified-Since",
                .accessControlMaxAge: "600",
            ])
    }

    /// Lets the page see the answer.
    static func open(_ response: inout Response, to origin: String) {
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.accessControlExposeHeaders] =
            "Content-Location, ETag, Last-Modified, Location, Retry-After, WWW-Authenticate, X-Request-Id"
    }

    private static func isForApps(_ target: String) -> Bool {
        let path = target.prefix { $0 != "?" }
        return path == "/fhir" || path.hasPrefix("/fhir/") || path.hasPrefix("/.well-known/")
            || ["/auth/token", "/auth/revoke", "/auth/introspect", "/auth/jwks", "/auth/register"].contains(path)
    }
}
