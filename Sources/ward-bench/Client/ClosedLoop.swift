internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// Clients that each send a request, wait for its answer, and send the next: on one thread, with as little work of their own as can be,
/// because they share the machine with the server.
struct ClosedLoop: Sendable {
    /// Where to: 127.0.0.1 and this port.
    let port: Int
    /// PEM file of the authority to trust.
    let authority: String
    let connections: Int
    let duration: Duration
    /// The status that every answer must have.
    let status: Int
    /// The bytes of the n-th request of a connection.
    let request: @Sendable (_ connection: Int, _ number: Int) -> ByteBuffer

    /// Warms up for a fifth of the time, then measures.
    func run() throws -> Latencies {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(authority)
        tls.applicationProtocols = ["http/1.1"]
        let context = try NIOSSLContext(configuration: tls)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        defer { try? group.syncShutdownGracefully() }
        let start = NIODeadline.now()
        let begin = start + TimeAmount(duration / 5)
        let end = begin + TimeAmount(duration)
        let exchanges = (0..<connections).map { number in
            HTTPExchange(from: begin, until: end, status: status) { [request] in request(number, $0) }
        }
        let ends = try exchanges.map { exchange in
            try ClientBootstrap(group: group)
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
                        try pipeline.addHandler(exchange.handler())
                    }
                }
                .connect(host: "127.0.0.1", port: port).wait().closeFuture
        }
        for end in ends { try end.wait() }
        var all: [UInt32] = []
        for exchange in exchanges { all += try exchange.outcome() }
        return Latencies(microseconds: all, elapsed: duration)
    }
}
