internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Bounds a request on its way in and its answer on the way out, on one HTTP/1.1 connection or one HTTP/2 stream.
///
/// - A request whose body dawdles past the limit of time has its connection (or stream) closed.
/// - When the answer is out and the body still comes (it was refused), the rest is thrown away for a moment, so
///   that the client can read the answer, and then the connection is closed.
/// - A client that does not take its answer has its connection closed.
final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    struct Limits: Sendable {
        var requestTimeout: TimeAmount
        var responseTimeout: TimeAmount
        var bodyBytes: Int
        var linger = TimeAmount.seconds(2)

        init(_ configuration: ServerConfiguration) {
            requestTimeout = TimeAmount(configuration.requestTimeout)
            responseTimeout = TimeAmount(configuration.responseTimeout)
            bodyBytes = configuration.maximumBodyBytes
        }
    }

    private let limits: Limits
    private var requestsBegun = 0
    private var answersEnded = 0
    private var reading = false
    private var discarding = false
    private var bodyBytes = 0
    private var readTimer: Scheduled<Void>?
    private var writeTimer: Scheduled<Void>?

    init(limits: Limits) { self.limits = limits }

    func handlerRemoved(context: ChannelHandlerContext) {
        readTimer?.cancel()
        writeTimer?.cancel()
        readTimer = nil
        writeTimer = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            requestsBegun += 1
            reading = true
            discarding = false
            bodyBytes = 0
        case .body(let buffer):
            bodyBytes += buffer.readableBytes
            // One chunk past the limit is let through: the collector above sees the excess and answers 413.
            if bodyBytes - buffer.readableBytes > limits.bodyBytes { discarding = true }
            if discarding { return }
        case .end:
            reading = false
            readTimer?.cancel()
            readTimer = nil
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if reading, readTimer == nil { readTimer = closing(context, after: limits.requestTimeout) }
        context.fireChannelReadComplete()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            answersEnded += 1
            if reading, answersEnded == requestsBegun {
                discarding = true
                readTimer?.cancel()
                readTimer = closing(context, after: limits.linger)
            }
        }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        writeTimer?.cancel()
        writeTimer = context.channel.isWritable ? nil : closing(context, after: limits.responseTimeout)
        context.fireChannelWritabilityChanged()
    }

    private func closing(_ context: ChannelHandlerContext, after delay: TimeAmount) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: delay) { context.close(promise: nil) }
    }
}
