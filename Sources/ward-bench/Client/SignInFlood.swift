internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import NIOTLS
internal import Synchronization

/// Sign-ins of nobody, at a steady pace, from many addresses of this machine: what an attacker with many machines does.
final class SignInFlood: Sendable {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let answers = Mutex<(count: [Int: Int], failure: String?)>(([:], nil))

    /// Each has its own address, so that no limit of one address ends the flood.
    private static let connections = 50

    /// Begins at once, and goes on until ``finish()``.
    init(port: Int, authority: String, perSecond: Int) throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(authority)
        tls.applicationProtocols = ["http/1.1"]
        let context = try NIOSSLContext(configuration: tls)
        let pace = TimeAmount.nanoseconds(1_000_000_000 / Int64(perSecond) * Int64(Self.connections))
        for number in 0..<Self.connections {
            _ = try ClientBootstrap(group: group)
                .bind(to: SocketAddress(ipAddress: "127.1.\(number).1", port: 0))
                .channelInitializer { [self] channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
                        try pipeline.addHandler(Handler(self, number, pace))
                    }
                }
                .connect(host: "127.0.0.1", port: port).wait()
        }
    }

    /// Ends it.
    /// - Returns: how many answers had which status.
    /// - Throws: ``BenchError`` where one was not a polite refusal.
    func finish() throws -> [Int: Int] {
        try group.syncShutdownGracefully()
        let (count, failure) = answers.withLock { ($0.count, $0.failure) }
        if let failure { throw BenchError(failure) }
        guard !count.isEmpty else { throw BenchError("no sign-in was answered") }
        return count
    }

    private func answered(_ status: Int) {
        answers.withLock { answers in
            answers.count[status, default: 0] += 1
            if ![401, 429, 503].contains(status) { answers.failure = "a sign-in of nobody was answered with \(status)" }
        }
    }

    /// Asks at each beat; where the answer before is still awaited, the beat is let go by.
    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let flood: SignInFlood
        private let number: Int
        private let pace: TimeAmount
        private var asked = 0
        private var isWaiting = false
        private var held = ByteBuffer()
        private var beat: RepeatedTask?

        init(_ flood: SignInFlood, _ number: Int, _ pace: TimeAmount) {
            self.flood = flood
            self.number = number
            self.pace = pace
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case TLSUserEvent.handshakeCompleted = event {
                let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
                let delay = TimeAmount.nanoseconds(pace.nanoseconds * Int64(number) / Int64(SignInFlood.connections))
                beat = context.eventLoop.scheduleRepeatedTask(initialDelay: delay, delay: pace) { _ in
                    let (handler, context) = bound.value
                    handler.ask(context)
                }
            }
            context.fireUserInboundEventTriggered(event)
        }

        func channelInactive(context: ChannelHandlerContext) {
            beat?.cancel()
            context.fireChannelInactive()
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = unwrapInboundIn(data)
            held.writeBuffer(&bytes)
            guard let head = AnswerHead(held.readableBytesView), let length = head.contentLength,
                held.readableBytes >= head.byteCount + length
            else { return }
            held.clear()
            isWaiting = false
            flood.answered(head.status)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        private func ask(_ context: ChannelHandlerContext) {
            guard !isWaiting else { return }
            isWaiting = true
            asked += 1
            let body = #"{"name":"nobody-\#(number)-\#(asked)","password":"Wrong-Horse-77","code":"000000"}"#
            context.writeAndFlush(
                wrapOutboundOut(
                    ByteBuffer(
                        string: "POST /auth/sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")), promise: nil)
        }
    }
}
