internal import NIOCore
internal import WardAudit

/// Holds the end of a connection until it shows whether the other side has read everything.
///
/// Below TLS, it lets the connection go only after the other side ended it in order (FIN): one that closes while bytes
/// lie unread resets it instead (RST), and then nothing is confirmed, even where the closure alert had come before.
final class OrderlyEnd: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    /// Fulfilled where the other side read everything.
    let promise: EventLoopPromise<Void>
    private var isAnswered = false
    private var hasInputEnded = false
    private var waiting: EventLoopPromise<Void>?
    private var isSettled = false

    init(promise: EventLoopPromise<Void>) {
        self.promise = promise
    }

    /// The closure alert was answered. The other side's end of the bytes is waited for, without sending ours before: a
    /// reset could not be told from an end then.
    func answered() { isAnswered = true }

    func handlerRemoved(context: ChannelHandlerContext) {
        fail(AuditError(.unavailable, "the connection to the receiver of syslog was not made"))
    }

    /// Something went wrong: nothing is confirmed.
    func fail(_ error: any Error) {
        guard !isSettled else { return }
        isSettled = true
        promise.fail(error)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all, !hasInputEnded, !isSettled else { return context.close(mode: mode, promise: promise) }
        waiting = promise
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            hasInputEnded = true
            if isAnswered, !isSettled {
                isSettled = true
                promise.succeed()
            }
            fail(AuditError(.unavailable, "the receiver of syslog ended the connection before it confirmed"))
            context.close(mode: .all, promise: waiting)
            waiting = nil
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(AuditError(.unavailable, "the connection to the receiver of syslog broke before it confirmed"))
        context.fireErrorCaught(error)
        context.close(mode: .all, promise: waiting)
        waiting = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(AuditError(.unavailable, "the connection to the receiver of syslog broke before it confirmed"))
        waiting?.succeed()
        waiting = nil
        context.fireChannelInactive()
    }
}

/// Above TLS: hears the answer to the closure alert, and what goes wrong.
final class ReceiverConversation: ChannelInboundHandler, ChannelOutboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private let end: OrderlyEnd
    private var hasClosed = false

    init(end: OrderlyEnd) {
        self.end = end
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        hasClosed = true
        context.close(mode: mode, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Above TLS, the end of the input is the closure alert of the other side. One that came by itself answers nothing.
        if let event = event as? ChannelEvent, event == .inputClosed {
            if hasClosed { end.answered() } else { end.fail(AuditError(.unavailable, "the receiver of syslog is stopping")) }
            if !hasClosed { context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end.fail(error)
        context.close(promise: nil)
    }
}
