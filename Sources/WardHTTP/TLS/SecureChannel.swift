internal import HummingbirdCore
internal import HummingbirdHTTP2
internal import Logging
internal import NIOCore
internal import NIOHTTPTypes
internal import NIOSSL
internal import NIOTLS

/// Sets up each accepted connection: TLS with the certificate of the moment, then HTTP/2 or HTTP/1.1 as ALPN decides.
///
/// Hummingbird's own channel holds one TLS context for ever; this one asks the ``CertificateStore`` for each
/// connection.
struct SecureChannel: ServerChildChannel {
    private let certificates: CertificateStore
    private let configuration: ServerConfiguration
    private let connections: OpenConnections
    private let http1: HTTP1Channel
    private let http2: HTTP2Channel

    /// A connection whose protocol is known once the handshake is done.
    struct Value: ServerChildChannelValue {
        let negotiated: EventLoopFuture<Negotiated>
        let channel: any Channel
    }

    enum Negotiated: Sendable {
        case http1(HTTP1Channel.Value)
        case http2(HTTP2Channel.Value)
    }

    init(
        certificates: CertificateStore, configuration: ServerConfiguration, connections: OpenConnections,
        responder: @escaping HTTPChannelHandler.Responder
    ) {
        self.certificates = certificates
        self.configuration = configuration
        self.connections = connections
        let idle = TimeAmount(configuration.idleTimeout)
        let limits = RequestGuard.Limits(configuration)
        let stream = HTTP1Channel.Configuration(
            additionalChannelHandlers: [RequestGuard(limits: limits)], idleTimeout: idle,
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: configuration.maximumHeaderFieldBytes,
                maxHeaderListSize: configuration.maximumHeaderBytes,
                maxHeaderFieldCount: configuration.maximumHeaderFields))
        http1 = HTTP1Channel(responder: responder, configuration: stream)
        http2 = HTTP2Channel(
            responder: responder,
            configuration: .init(
                idleTimeout: configuration.idleTimeout, gracefulCloseTimeout: configuration.drainTimeout,
                streamConfiguration: stream))
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(handler())
            try pipeline.addHandler(ConnectionGuard(configuration: configuration, connections: connections))
            let negotiation = NIOTypedApplicationProtocolNegotiationHandler<Negotiated> {
                [http1, http2] result, channel in
                switch result {
                case .negotiated("h2"):
                    http2.setup(channel: channel, logger: logger).map { .http2($0) }
                default:
                    http1.setup(channel: channel, logger: logger).map { .http1($0) }
                }
            }
            try pipeline.addHandler(negotiation)
            return Value(negotiated: negotiation.protocolNegotiationResult, channel: channel)
        }
    }

    /// The server's side of TLS. A client's certificate is taken as it is: only that its key is the client's matters.
    private func handler() -> NIOSSLServerHandler {
        guard configuration.asksForClientCertificates else { return NIOSSLServerHandler(context: certificates.context) }
        return NIOSSLServerHandler(context: certificates.context) { _, promise in promise.succeed(.certificateVerified) }
    }

    func handle(value: Value, logger: Logger) async {
        // A handshake that fails closes its connection; there is nobody to tell.
        guard let negotiated = try? await value.negotiated.get() else {
            value.channel.close(promise: nil)
            return
        }
        switch negotiated {
        case .http1(let connection): await http1.handle(value: connection, logger: logger)
        case .http2(let connection): await http2.handle(value: connection, logger: logger)
        }
    }
}
