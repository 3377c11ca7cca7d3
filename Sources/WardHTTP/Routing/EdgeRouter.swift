internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import WardFHIR
internal import WardIdentity
internal import WardRecords

/// Builds the router from the route table, and from nothing else.
struct EdgeRouter {
    private let services: EdgeServices
    private let configuration: ServerConfiguration
    private let registry: PrometheusRegistry
    private let readiness: Readiness
    private let base: BaseURL
    private let logger: Logger
    private let bodies: BodyCollector
    private let fhir: FHIRRoute
    private let audit: AuditRoute

    init(
        configuration: ServerConfiguration, services: EdgeServices, registry: PrometheusRegistry, base: BaseURL,
        logger: Logger
    ) {
        self.configuration = configuration
        self.services = services
        self.registry = registry
        self.base = base
        self.logger = logger
        readiness = Readiness(checks: services.readiness, logger: logger)
        bodies = BodyCollector(
            limit: configuration.maximumBodyBytes, inFlight: RequestGate(limit: configuration.maximumBodyBytesInFlight))
        audit = AuditRoute(services: services, configuration: configuration, logger: logger)
        fhir = FHIRRoute(services: services, bodies: bodies, configuration: configuration, base: base, logger: logger)
    }

    func build(_ table: [Endpoint] = Endpoint.all) -> RouterResponder<EdgeContext> {
        let router = Router(context: EdgeContext.self)
        router.add(middleware: UnknownRoutes())
        for endpoint in table { mount(endpoint, on: router) }
        return router.buildResponder()
    }

    private func mount(_ endpoint: Endpoint, on router: Router<EdgeContext>) {
        for path in paths(of: endpoint) {
            for method in Endpoint.knownMethods {
                let responder: any HTTPResponder<EdgeContext> =
                    if endpoint.methods.contains(method) {
                        protected(endpoint)
                    } else {
                        refusal(endpoint)
                    }
                add(responder, path, method, router)
            }
        }
    }

    private func add(
        _ responder: some HTTPResponder<EdgeContext>, _ path: RouterPath, _ method: String,
        _ router: Router<EdgeContext>
    ) {
        guard let method = HTTPRequest.Method(rawValue: method) else { return }
        router.on(path, method: method, responder: responder)
    }

    private func paths(of endpoint: Endpoint) -> [RouterPath] {
        let path = RouterPath(endpoint.path)
        return endpoint.name == .fhir || endpoint.name == .audit ? [path, path.appendingPath("**")] : [path]
    }

    /// The endpoint behind the credential that the table asks for.
    private func protected(_ endpoint: Endpoint) -> any HTTPResponder<EdgeContext> {
        let open: Bool =
            switch endpoint.credential {
            case .none: true
            case .bearer: false
            case .bearerUnlessOpened: configuration.openMetrics
            }
        let authentication = BearerAuthentication(services: services, path: endpoint.path, logger: logger)
        return CallbackResponder<EdgeContext> { request, context in
            context.trace.route = endpoint.template
            if open { return try await answer(endpoint, request, context) }
            if endpoint.credential == .bearerUnlessOpened, await isMonitor(request, context) {
                return try await answer(endpoint, request, context)
            }
            return try await authentication.handle(request, context: context) { request, context in
                try await answer(endpoint, request, AuthenticatedContext(context: context))
            }
        }
    }

    /// Whether the request comes from a monitoring system: over a connection that proved the key of a certificate of the
    /// configuration. Who shows a token is judged by that.
    private func isMonitor(_ request: Request, _ context: EdgeContext) async -> Bool {
        guard !configuration.metricsCertificates.isEmpty, !request.headers.contains(.authorization),
            let shown = await ClientCertificate.fingerprint(on: context.channel)
        else { return false }
        return configuration.metricsCertificates.contains(shown)
    }

    /// 405, to those only who may know that the path exists.
    private func refusal(_ endpoint: Endpoint) -> any HTTPResponder<EdgeContext> {
        let allow = endpoint.methods.joined(separator: ", ")
        let authentication = BearerAuthentication(services: services, path: endpoint.path, logger: logger)
        return CallbackResponder<EdgeContext> { request, context in
            context.trace.route = endpoint.template
            let error = EdgeError(
                405, .notSupported, "The method is not supported here.",
                allow: endpoint.name == .fhir ? Self.allow(at: request) : allow)
            if endpoint.credential == .none { throw error }
            return try await authentication.handle(request, context: context) { _, context in
                guard endpoint.name == .fhir || endpoint.name == .audit else { throw error }
                throw await services.told(error, endpoint.path, try AuthenticatedContext(context: context).caller)
            }
        }
    }

    /// What a path below `/fhir` takes.
    private static func allow(at request: Request) -> String {
        let target = try? RequestTarget(request.head.path ?? "", maximumParameters: .max)
        return Interaction.methods(at: Array((target?.path ?? []).dropFirst())).joined(separator: ", ")
    }

    /// What needs no caller.
    private func answer(_ endpoint: Endpoint, _ request: Request, _ context: EdgeContext) async throws -> Response {
        switch endpoint.name {
        case .live: return Self.json { $0.name("status"); $0.string("live") }
        case .ready: return await ready()
        case .metrics: return metrics()
        case .capability: return try await metadata(request)
        case .signIn:
            let pages = BrowserSignInRoute(services: services, bodies: bodies)
            if request.method != .post { return try await pages.page(request, context) }
            if MediaTypes.matches(request.headers[.contentType], MediaTypes.form) {
                return try await pages.submit(request, context)
            }
            return try await SignInRoute(services: services, bodies: bodies).respond(to: request, context: context)
        case .external: return try await ExternalRoute(services: services).begin(request, context)
        case .externalReturn: return try await ExternalRoute(services: services).complete(request, context)
        case .leave: return try await BrowserSignInRoute(services: services, bodies: bodies).leave(request, context)
        case .authorize:
            let route = AuthorizeRoute(services: services, bodies: bodies, base: base)
            return request.method == .post
                ? try await route.submit(request, context) : try await route.page(request, context)
        case .activate:
            let route = ActivationRoute(accounts: services.accounts, bodies: bodies)
            return request.method == .post
                ? try await route.submit(request, context) : try await route.page(request, context)
        case .account: return try await AccountRoute(services: services, bodies: bodies).page(request, context)
        case .changeAccount: return try await AccountRoute(services: services, bodies: bodies).submit(request, context)
        case .passkeyScript: return PasskeyScript.response()
        case .style: return StyleSheet.response()
        case .register, .token, .introspect, .revoke, .keys, .oauthMetadata, .smartConfiguration:
            return try await OAuthRoute(
                server: services.oauth, bodies: bodies, asksForCertificates: configuration.asksForClientCertificates
            ).respond(endpoint.name, request, context)
        case .signOut, .password, .recoveryCodes, .sessions, .endSession, .grants, .endGrant, .notices, .stepUp, .launch, .audit, .fhir:
            throw EdgeError.unauthenticated
        }
    }

    /// What needs a caller.
    private func answer(
        _ endpoint: Endpoint, _ request: Request, _ context: AuthenticatedContext
    ) async throws -> Response {
        let own = OwnAccountRoute(accounts: services.accounts, bodies: bodies)
        switch endpoint.name {
        case .password: return try await own.changePassword(request, context)
        case .recoveryCodes: return try await own.makeRecoveryCodes(request, context)
        case .sessions: return try await own.sessions(context)
        case .endSession: return try await own.endSession(request, context)
        case .grants: return try await own.grants(context)
        case .endGrant: return try await own.endGrant(request, context)
        case .stepUp: return try await own.stepUp(request, context)
        case .notices: return try await own.notices(context)
        case .launch:
            return try await LaunchRoute(services: services, bodies: bodies, base: base).respond(request, context)
        case .metrics:
            guard case .permit = services.observe(context.caller) else {
                try await services.refused(403, endpoint.path, context.caller.source, context.caller)
                throw EdgeError.forbidden
            }
            return metrics()
        case .signOut:
            do { try await services.signOut(context.caller) } catch {
                logger.error(
                    "a session could not be ended", error: error, metadata: ["request_id": "\(context.trace.id)"])
                throw EdgeError.unavailable
            }
            return Response(status: .noContent)
        case .audit:
            return try await audit.respond(to: request, context: context)
        case .fhir:
            return try await fhir.respond(to: request, context: context).http(base: base.fhir)
        case .live, .ready, .capability, .signIn, .external, .externalReturn, .activate, .account, .changeAccount,
            .passkeyScript, .style, .leave, .authorize, .register, .token, .introspect, .revoke, .keys, .oauthMetadata, .smartConfiguration:
            throw EdgeError.notFound
        }
    }

    /// The CapabilityStatement, in the form that is asked for.
    private func metadata(_ request: Request) async throws -> Response {
        let target = try RequestTarget(request.head.path ?? "", maximumParameters: configuration.maximumQueryParameters)
        let accept = request.headers[values: .accept].joined(separator: ", ")
        let form: Representation
        do throws(FHIRError) {
            form = try Representation(accept: accept, query: target.query)
        } catch {
            throw error.status == 406 ? EdgeError.notAcceptable : .badMetadataQuery
        }
        guard form.others.allSatisfy({ $0.name == "mode" && $0.value == "full" }) else { throw EdgeError.badMetadataQuery }
        return Self.fhir(form.body(try await services.capability(base.fhir)))
    }

    private func ready() async -> Response {
        let findings = await readiness.findings()
        let failing = findings.failing
        var response = Self.json { writer in
            writer.name("status")
            writer.string(failing.isEmpty ? "ready" : "not ready")
            for (name, checks) in [("failing", failing), ("warnings", findings.warnings)] where !checks.isEmpty {
                writer.name(name)
                writer.beginArray()
                for check in checks { writer.string(check) }
                writer.endArray()
            }
        }
        if !failing.isEmpty { response.status = .serviceUnavailable }
        return response
    }

    private func metrics() -> Response {
        Response(
            status: .ok, headers: [.contentType: MediaTypes.prometheus],
            body: .init(byteBuffer: ByteBuffer(bytes: registry.exposition())))
    }

    private static func json(_ members: (inout JSONWriter) -> Void) -> Response {
        var writer = JSONWriter(reserving: 64)
        writer.beginObject()
        members(&writer)
        writer.endObject()
        return Response(
            status: .ok, headers: [.contentType: MediaTypes.json],
            body: .init(byteBuffer: ByteBuffer(bytes: writer.bytes)))
    }

    private static func fhir(_ body: [UInt8]) -> Response {
        Response(
            status: .ok, headers: [.contentType: MediaTypes.fhir], body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}

extension Endpoint {
    /// What log and metrics call it; paths below `/fhir` are told apart once they are parsed.
    fileprivate var template: RouteTemplate {
        switch name {
        case .live: .live
        case .ready: .ready
        case .metrics: .metrics
        case .signIn: .signIn
        case .external: .external
        case .externalReturn: .externalReturn
        case .signOut: .signOut
        case .activate: .activate
        case .password: .password
        case .recoveryCodes: .recoveryCodes
        case .sessions: .sessions
        case .endSession: .endSession
        case .grants: .grants
        case .endGrant: .endGrant
        case .stepUp: .stepUp
        case .notices: .notices
        case .account: .account
        case .changeAccount: .changeAccount
        case .passkeyScript: .passkeyScript
        case .style: .style
        case .authorize: .authorize
        case .launch: .launch
        case .register: .register
        case .leave: .leave
        case .token: .token
        case .introspect: .introspect
        case .revoke: .revoke
        case .keys: .keys
        case .oauthMetadata: .oauthMetadata
        case .smartConfiguration: .smartConfiguration
        case .audit: .audit
        case .capability: .capability
        case .fhir: .other
        }
    }
}
