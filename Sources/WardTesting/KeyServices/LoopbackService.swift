internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// A small HTTP service on 127.0.0.1 for tests, over TLS with a certificate of a ``TestPKI`` or, where none is given, in
/// the clear (only the metadata service of a cloud's instance speaks so).
public final class LoopbackService: Sendable {
    /// A request as the service sees it.
    public struct Request: Sendable {
        public var method: String
        public var path: String
        public var headers: [(name: String, value: String)]
        public var body: [UInt8]

        /// The first header of a name, whatever its case.
        public func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name }?.value
        }
    }

    /// What the service answers.
    public struct Answer: Sendable {
        public var status: Int
        public var body: [UInt8]

        /// An answer with a status and a body.
        public init(status: Int, body: [UInt8] = []) {
            self.status = status
            self.body = body
        }
    }

    /// The address, such as `https://127.0.0.1:40123`.
    public let address: String
    private let channel: any Channel

    /// Serves on a free port until ``stop()``.
    public static func start(
        _ certificate: TestPKI.Leaf?, respond: @escaping @Sendable (Request) -> Answer
    ) async throws -> LoopbackService {
        var context: NIOSSLContext?
        if let certificate {
            let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.certificatePEM.utf8))
            context = try NIOSSLContext(configuration: .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(NIOSSLPrivateKey(bytes: Array(certificate.keyPEM.utf8), format: .pem))))
        }
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { [context] channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context)) }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Responder(respond))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return LoopbackService(channel, scheme: context == nil ? "http" : "https")
    }

    private init(_ channel: any Channel, scheme: String) {
        self.channel = channel
        address = "\(scheme)://127.0.0.1:\(channel.localAddress?.port ?? 0)"
    }

    /// Takes no more connections.
    public func stop() async { try? await channel.close() }
}

/// Collects a request and answers it.
private final class Responder: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let respond: @Sendable (LoopbackService.Request) -> LoopbackService.Answer
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ respond: @escaping @Sendable (LoopbackService.Request) -> LoopbackService.Answer) { self.respond = respond }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let bytes): body += Array(bytes.readableBytesView)
        case .end:
            guard let head else { return }
            let answer = respond(.init(
                method: head.method.rawValue, path: head.uri, headers: head.headers.map { (name: $0.name, value: $0.value) },
                body: body))
            let headers = HTTPHeaders([("content-length", String(answer.body.count))])
            let status = HTTPResponseStatus(statusCode: answer.status)
            context.write(
                wrapOutboundOut(.head(.init(version: .http1_1, status: status, headers: headers))), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
