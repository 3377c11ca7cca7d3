internal import HTTPTypes
internal import HummingbirdCore
internal import WardIdentity

/// Lets pages of registered apps talk to what is made for apps: FHIR and tokens. What describes both anybody's page may read. No cookie
/// goes with any of it. Source: Fetch Standard, CORS protocol; SMART App Launch 2.2, "Considerations for CORS"; decision 0033.
struct CrossOrigin: Sendable {
    let clients: ClientRegister

    /// To which origin the answer is open: that of an app whose page sends the request, `*` for what describes this server; nil: to none.
    func openTo(_ request: Request) async -> String? {
        guard let origin = request.headers[.origin] else { return nil }
        let path = (request.head.path ?? "").prefix { $0 != "?" }
        if Self.descriptions.contains(String(path)) { return "*" }
        guard Self.isForApps(path) else { return nil }
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

    private static let descriptions: Set<String> = [
        "/fhir/metadata", "/fhir/.well-known/smart-configuration", "/.well-known/oauth-authorization-server", "/auth/jwks",
    ]

    private static func isForApps(_ path: Substring) -> Bool {
        path == "/fhir" || path.hasPrefix("/fhir/")
            || ["/auth/token", "/auth/revoke", "/auth/introspect", "/auth/register"].contains(path)
    }
}
