internal import NIOCore
internal import NIOTLS

/// Bounds what a connection may take before and between requests: time for the handshake, and silence.
///
/// Sits right above TLS, so a client that never speaks TLS, never finishes the handshake or goes silent for good is
/// closed, whatever the protocol above would wait for.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private let handshakeTimeout: TimeAmount
    private let silence: TimeAmount
    private let connections: OpenConnections
    private var timer: Scheduled<Void>?
    private var secure = false
    private var lastRead = NIODeadline.uptimeNanoseconds(0)

    init(configuration: ServerConfiguration, connections: OpenConnections) {
        handshakeTimeout = TimeAmount(configuration.handshakeTimeout)
        // Beyond every wait that a protocol above may allow itself.
        silence = TimeAmount(configuration.idleTimeout + configuration.requestTimeout + configuration.responseTimeout)
        self.connections = connections
    }

    func handlerAdded(context: ChannelHandlerContext) {
        // Closed a turn of the event loop later, when the pipeline is whole: before a byte is read, so that it costs no handshake.
        schedule(context, after: connections.opened(context.channel) ? handshakeTimeout : .zero)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        connections.closed(context.channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastRead = .now()
        context.fireChannelRead(data)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case TLSUserEvent.handshakeCompleted:
            secure = true
            lastRead = .now()
            schedule(context, after: silence)
        case is ChannelShouldQuiesceEvent where !secure:
            context.close(promise: nil)
            return
        default:
            break
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Closes one turn of the event loop later.
    ///
    /// HTTP/2 says that a stream is closed when its last frame is written, before it is flushed; Hummingbird closes a
    /// draining connection at that word, and the answer would be lost between the two.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all else { return context.close(mode: mode, promise: promise) }
        context.eventLoop.assumeIsolated().execute { context.close(mode: mode, promise: promise) }
    }

    private func schedule(_ context: ChannelHandlerContext, after delay: TimeAmount) {
        timer?.cancel()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { self.timerFired(context) }
    }

    private func timerFired(_ context: ChannelHandlerContext) {
        let deadline = lastRead + silence
        if secure, deadline > .now() {
            schedule(context, after: deadline - .now())
        } else {
            context.close(promise: nil)
        }
    }
}
