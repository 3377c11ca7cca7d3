internal import Hummingbird
internal import Logging
internal import NIOCore
internal import WardIdentity

/// What a request's context is made from.
struct EdgeSource: RequestContextSource {
    let logger: Logger
    let trace: RequestTrace
    let channel: any Channel
}

/// State of a request whose sender is not known.
struct EdgeContext: RequestContext {
    typealias Source = EdgeSource

    var coreContext: CoreRequestContextStorage
    let trace: RequestTrace
    let channel: any Channel
    /// Who sends it, once the credential was looked at.
    var caller: Caller?

    init(source: EdgeSource) {
        coreContext = .init(source: source)
        trace = source.trace
        channel = source.channel
    }

    /// The client's network address, without port.
    var source: String { channel.remoteAddress?.ipAddress ?? "unknown" }
}

/// State of a request whose sender has been authenticated: the caller is there, by type.
struct AuthenticatedContext: ChildRequestContext {
    var coreContext: CoreRequestContextStorage
    let trace: RequestTrace
    let channel: any Channel
    /// Who sends it.
    let caller: Caller

    init(context: EdgeContext) throws {
        guard let caller = context.caller else { throw EdgeError.unauthenticated }
        coreContext = context.coreContext
        trace = context.trace
        channel = context.channel
        self.caller = caller
    }
}
