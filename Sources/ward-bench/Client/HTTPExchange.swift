internal import NIOCore
internal import NIOTLS
internal import Synchronization

/// One connection's requests and answers.
final class HTTPExchange: Sendable {
    private let begin: NIODeadline
    private let end: NIODeadline
    private let status: Int
    private let request: @Sendable (Int) -> ByteBuffer
    private let result = Mutex<(microseconds: [UInt32], failure: String?)>(([], "the connection closed before the end"))

    /// Answers from `begin` on are counted; after `end` the connection is closed.
    init(from begin: NIODeadline, until end: NIODeadline, status: Int, request: @escaping @Sendable (Int) -> ByteBuffer) {
        self.begin = begin
        self.end = end
        self.status = status
        self.request = request
    }

    /// The times of the answers.
    /// - Throws: ``BenchError`` where an answer had another status, or the connection broke.
    func outcome() throws -> [UInt32] {
        let (times, failure) = result.withLock { ($0.microseconds, $0.failure) }
        if let failure { throw BenchError(failure) }
        return times
    }

    /// The handler that does it.
    func handler() -> some ChannelInboundHandler { Handler(self) }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let exchange: HTTPExchange
        private var number = 0
        private var sent = NIODeadline.now()
        private var times: [UInt32] = []
        private var held = ByteBuffer()
        /// Bytes of the answer under way, head and body; 0 while its head is not whole.
        private var expected = 0

        init(_ exchange: HTTPExchange) {
            self.exchange = exchange
            times.reserveCapacity(1 << 16)
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case TLSUserEvent.handshakeCompleted = event { send(context) }
            context.fireUserInboundEventTriggered(event)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = unwrapInboundIn(data)
            if held.readableBytes == 0 { held = bytes } else { held.writeBuffer(&bytes) }
            if expected == 0 {
                guard let head = AnswerHead(held.readableBytesView) else { return }
                guard head.status == exchange.status else { return fail(context, "an answer had the status \(head.status)") }
                guard let length = head.contentLength else { return fail(context, "an answer had no Content-Length") }
                expected = head.byteCount + length
            }
            guard held.readableBytes >= expected else { return }
            held.moveReaderIndex(forwardBy: expected)
            expected = 0
            let now = NIODeadline.now()
            if sent >= exchange.begin { times.append(UInt32(clamping: (now - sent).nanoseconds / 1_000)) }
            guard now < exchange.end else { return finish(context, nil) }
            send(context)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { fail(context, "a connection failed: \(type(of: error))") }

        private func send(_ context: ChannelHandlerContext) {
            let bytes = exchange.request(number)
            number += 1
            sent = .now()
            context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        }

        private func fail(_ context: ChannelHandlerContext, _ failure: String) { finish(context, failure) }

        private func finish(_ context: ChannelHandlerContext, _ failure: String?) {
            exchange.result.withLock { [times] in $0 = (times, failure) }
            context.close(promise: nil)
        }
    }
}

/// What a client must know of the head of an answer in HTTP/1.1.
struct AnswerHead {
    let status: Int
    /// Bytes up to the body.
    let byteCount: Int
    let contentLength: Int?

    /// Nil while the head is not whole.
    init?(_ bytes: ByteBufferView) {
        guard let end = bytes.firstRange(of: [13, 10, 13, 10]) else { return nil }
        byteCount = end.upperBound - bytes.startIndex
        let lines = bytes[..<end.lowerBound].split(separator: 10)
        status = lines.first.flatMap { line in Int(String(decoding: line.dropFirst(9).prefix(3), as: UTF8.self)) } ?? 0
        var length: Int?
        for line in lines.dropFirst() where line.count > 15 {
            guard line.prefix(15).elementsEqual("content-length:".utf8, by: { $0 | 0x20 == $1 | 0x20 }) else { continue }
            length = line.dropFirst(15).reduce(0) { (48...57).contains($1) ? $0 * 10 + Int($1) - 48 : $0 }
        }
        contentLength = length
    }
}
