internal import HummingbirdCore
public import Logging
internal import NIOCore
internal import NIOPosix
public import ServiceLifecycle

/// The HTTPS listener: accepts connections, answers requests, and drains when it is told to stop.
///
/// There is no other listener and no plain one. Stopping: new connections are refused, idle ones closed, requests
/// under way get ``ServerConfiguration/drainTimeout``, then their connections are closed too.
public struct WardServer: Service {
    private let configuration: ServerConfiguration
    private let certificates: CertificateStore
    private let connections: OpenConnections
    private let respond: @Sendable (Request, any Channel) async -> Response
    private let bound: @Sendable (_ authority: String) -> Void
    private let ready: @Sendable (BoundAddress) async -> Void

    /// Where the server answers.
    public struct BoundAddress: Sendable, Hashable {
        /// The configured host.
        public var host: String
        /// The port in use, also where 0 was configured.
        public var port: Int
        /// `https://host:port`, with brackets where the host is an IPv6 address.
        public var url: String { "https://" + authority }
        /// `host:port`, with brackets where the host is an IPv6 address; `localhost` where it stands for every address.
        public var authority: String {
            switch host {
            case "0.0.0.0", "::": "localhost:\(port)"
            default: host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
            }
        }
    }

    /// A server. `ready` is called once, when the port is bound and connections are accepted.
    public init(
        configuration: ServerConfiguration, certificates: CertificateStore, services: EdgeServices,
        metrics: PrometheusRegistry, logger: Logger = Logger(label: "ward.http"),
        ready: @escaping @Sendable (BoundAddress) async -> Void
    ) {
        let responder = EdgeResponder(
            configuration: configuration, services: services, metrics: metrics, logger: logger)
        self.init(
            configuration: configuration, certificates: certificates, ready: ready,
            bound: { responder.bound(to: $0) }, respond: { await responder.respond(to: $0, on: $1) })
        metrics.collect("ward_http_connections_open", kind: .gauge) { [connections] in
            [.init(labels: [], value: Double(connections.count))]
        }
        metrics.collect("ward_http_connections_refused_total", kind: .counter) { [connections] in
            [.init(labels: [], value: Double(connections.refused))]
        }
    }

    /// A server with other answers than those of the route table.
    init(
        configuration: ServerConfiguration, certificates: CertificateStore,
        ready: @escaping @Sendable (BoundAddress) async -> Void, bound: @escaping @Sendable (_ authority: String) -> Void,
        respond: @escaping @Sendable (Request, any Channel) async -> Response
    ) {
        self.configuration = configuration
        self.certificates = certificates
        connections = OpenConnections(limitPerAddress: configuration.maximumConnectionsPerAddress)
        self.ready = ready
        self.bound = bound
        self.respond = respond
    }

    /// Serves until it is told to stop. Throws ``ServerError`` where the port cannot be bound.
    public func run() async throws {
        let channel = SecureChannel(
            certificates: certificates, configuration: configuration, connections: connections,
            responder: { [respond] request, writer, channel in
                let response = await respond(request, channel)
                try await writer.write(response: response.head, body: response.body)
            })
        // Its messages quote addresses and errors of peers; ours say what an operator needs.
        var quiet = Logger(label: "hummingbird")
        quiet.logLevel = .critical
        let server = Server(
            childChannelSetup: channel,
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port), backlog: 1_024,
                availableConnectionsDelegate: .maximum(configuration.maximumConnections, logger: quiet)),
            onServerRunning: { [ready, bound, configuration] listener in
                let address = BoundAddress(
                    host: configuration.host, port: listener.localAddress?.port ?? configuration.port)
                bound(configuration.publicAuthority ?? address.authority)
                await ready(address)
            },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: quiet)
        do {
            try await run(server, connections)
        } catch let error as IOError {
            throw ServerError(error, configuration)
        } catch let error as NIOConnectionError {
            throw ServerError(.unknownHost, configuration, String(describing: type(of: error)))
        }
    }

    private func run(_ server: Server<SecureChannel>, _ connections: OpenConnections) async throws {
        let drain = configuration.drainTimeout
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask {
                try? await gracefulShutdown()
                try? await Task.sleep(for: drain)
                connections.closeAll()
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
