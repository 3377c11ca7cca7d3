internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import WardFHIR
internal import WardIdentity
internal import WardPHI

/// Answers every request: bounds, routes, renders errors, adds the fields that every answer has, logs and counts.
struct EdgeResponder: Sendable {
    private let configuration: ServerConfiguration
    private let router: RouterResponder<EdgeContext>
    private let requests: RequestGate
    private let base: BaseURL
    private let oauth: AuthorizationServer
    private let passkeys: Passkeys
    private let external: ExternalSignIn
    private let crossOrigin: CrossOrigin
    private let metrics: RequestMetrics
    private let logger: Logger
    private let ids = RequestIDs()
    private let dates = DateCache()

    init(configuration: ServerConfiguration, services: EdgeServices, metrics: PrometheusRegistry, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        let base = BaseURL()
        self.base = base
        oauth = services.oauth
        passkeys = services.accounts.passkeys
        external = services.accounts.external
        crossOrigin = CrossOrigin(clients: services.oauth.clients)
        requests = RequestGate(limit: configuration.maximumRequests)
        self.metrics = RequestMetrics(registry: metrics, active: requests)
        router = EdgeRouter(
            configuration: configuration, services: services, registry: metrics, base: base, logger: logger
        ).build()
    }

    /// Tells where the server is reached, for links, tokens and passkeys.
    func bound(to authority: String) {
        base.set(authority: authority)
        oauth.bound(to: authority)
        passkeys.bound(to: authority)
        external.bound(to: authority)
    }

    /// The answer to a request. Never throws: what fails is an answer too.
    func respond(to request: Request, on channel: any Channel) async -> Response {
        let trace = RequestTrace(id: ids.next())
        var response: Response
        var app: String?
        if requests.enter() {
            app = await crossOrigin.openTo(request)
            if app != nil, let preflight = CrossOrigin.preflight(request) {
                response = preflight
            } else {
                response = await route(request, trace, channel)
            }
            requests.leave()
        } else {
            response = render(EdgeError.busy, request, trace)
        }
        if request.method == .head { response = response.createHeadResponse() }
        if let app { CrossOrigin.open(&response, to: app) }
        if request.headers.contains(.origin) { response.headers.append(HTTPField(name: .vary, value: "Origin")) }
        finish(&response, trace)
        record(request, response, trace)
        return response
    }

    private func route(_ request: Request, _ trace: RequestTrace, _ channel: any Channel) async -> Response {
        do {
            if (request.head.path?.utf8.count ?? 0) > configuration.maximumTargetBytes { throw EdgeError.targetTooLong }
            let context = EdgeContext(source: EdgeSource(logger: logger, trace: trace, channel: channel))
            return try await router.respond(to: UnknownMethods.known(request), context: context)
        } catch {
            return render(error, request, trace)
        }
    }

    private func render(_ error: any Error, _ request: Request, _ trace: RequestTrace) -> Response {
        let form = ErrorResponses.Form(for: request)
        switch error {
        case let error as EdgeError:
            return ErrorResponses.response(to: error, form, requestID: trace.id)
        case let error as FHIRError:
            return ErrorResponses.response(to: error)
        default:
            logger.error("a request failed", error: error, metadata: ["request_id": "\(trace.id)"])
            return ErrorResponses.response(to: .internalError, form, requestID: trace.id)
        }
    }

    /// Source: OWASP Secure Headers Project; RFC 6797 (HSTS).
    private static let fixed: [HTTPField] = [
        HTTPField(name: .strictTransportSecurity, value: "max-age=31536000"),
        HTTPField(name: .cacheControl, value: "no-store"),
        HTTPField(name: .xContentTypeOptions, value: "nosniff"),
        HTTPField(name: .referrerPolicy, value: "no-referrer"),
        HTTPField(name: .contentSecurityPolicy, value: "default-src 'none'; frame-ancestors 'none'"),
    ]

    private func finish(_ response: inout Response, _ trace: RequestTrace) {
        response.headers.append(HTTPField(name: .date, value: dates.text))
        response.headers.append(HTTPField(name: .requestID, value: trace.id))
        // A page names what it needs itself; everything else may load nothing.
        let hasPolicy = response.headers.contains(.contentSecurityPolicy)
        for field in Self.fixed where !(hasPolicy && field.name == .contentSecurityPolicy) {
            response.headers.append(field)
        }
    }

    private func record(_ request: Request, _ response: Response, _ trace: RequestTrace) {
        let nanoseconds = (NIODeadline.now() - trace.started).nanoseconds
        let status = response.status.code
        let route = trace.route
        metrics.record(route: route, method: request.method, status: status, nanoseconds: nanoseconds)
        let level: Logger.Level = status >= 500 ? .error : .info
        guard status >= 500 || configuration.logsRequests, level >= logger.logLevel else { return }
        logger.log(
            level: level, "request",
            metadata: [
                "request_id": .string(trace.id),
                "method": .string(RequestMetrics.name(of: request.method)),
                "route": .string(route.rawValue),
                "status": .string(String(status)),
                "duration_us": .string(String(nanoseconds / 1_000)),
                "bytes_in": .string(String(trace.bytesReceived)),
                "bytes_out": .string(String(response.body.contentLength ?? 0)),
            ])
    }
}
