internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import WardAudit

/// A receiver of syslog messages over TLS, to which this side shows a certificate of its own.
///
/// Source: RFC 5425. Port 6514 where none is named; TLS 1.2 and later; the receiver's certificate is checked against its
/// name or address.
struct SyslogReceiver: Sendable {
    private let host: String
    private let port: Int
    private let context: NIOSSLContext

    /// The longest time of one delivery.
    private static let limit: TimeAmount = .seconds(60)

    /// - Parameters:
    ///   - address: `HOST` or `HOST:PORT`; an IPv6 address stands in brackets.
    ///   - authority: PEM file of the authority of the receiver's certificate; nil: the system's.
    /// - Throws: ``ConfigurationError`` that names the key.
    init(address: String, certificate: String, key: String, authority: String?) throws(ConfigurationError) {
        guard let url = URLComponents(string: "syslog://\(address)"), let host = url.host, !host.isEmpty, url.path.isEmpty,
              url.user == nil, url.query == nil, (1...65_535).contains(url.port ?? 6_514) else {
            throw ConfigurationError(
                "audit.syslog.address takes HOST or HOST:PORT, such as logs.example.org:6514, with a port of 1 to 65535")
        }
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        port = url.port ?? 6_514
        do {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.minimumTLSVersion = .tlsv12
            tls.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
            if let authority { tls.trustRoots = .file(authority) }
            tls.shutdownTimeout = Self.limit
            context = try NIOSSLContext(configuration: tls)
        } catch {
            throw ConfigurationError("""
                audit.syslog.certificate, audit.syslog.key or audit.syslog.authority: cannot be read as PEM, or do not belong \
                to each other
                """)
        }
    }

    /// Sends messages over a connection of their own and returns when the receiver has read them all.
    /// - Throws: ``AuditError`` with `.unavailable`: then nobody knows how much of it was read.
    func send(_ frames: [UInt8]) async throws {
        let isAddress = (try? SocketAddress(ipAddress: host, port: port)) != nil
        let (host, context) = (host, context)
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.seconds(10))
                .channelOption(.allowRemoteHalfClosure, value: true)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let end = OrderlyEnd(promise: channel.eventLoop.makePromise())
                        try channel.pipeline.syncOperations.addHandlers([
                            end, try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host),
                            ReceiverConversation(end: end),
                        ])
                    }
                }
                .connect(host: self.host, port: port).get()
            try await converse(frames, over: channel)
        } catch let error as AuditError {
            throw error
        } catch {
            throw AuditError(.unavailable, "the receiver of syslog \(Self.words(error))")
        }
    }

    private func converse(_ frames: [UInt8], over channel: any Channel) async throws {
        let confirmed = try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: OrderlyEnd.self).promise.futureResult
        }.get()
        let limit = channel.eventLoop.scheduleTask(in: Self.limit) {
            channel.pipeline.fireErrorCaught(ChannelError.connectTimeout(Self.limit))
        }
        defer { limit.cancel() }
        channel.writeAndFlush(ByteBuffer(bytes: frames)).whenComplete { _ in
            // The closure alert goes out after every message; the receiver answers when it has read so far.
            channel.close(promise: nil)
        }
        try await confirmed.get()
    }

    /// What went wrong, by the fixed words of the TLS library.
    private static func words(_ error: any Error) -> String {
        if error is NIOConnectionError || error is ChannelError || error is IOError {
            return "cannot be reached, or broke the connection"
        }
        let text = String(describing: error)
        if text.contains("CERTIFICATE_VERIFY_FAILED") || text.contains("CertificateToValidate") {
            return "shows a certificate that is not trusted (audit.syslog.authority)"
        }
        if text.contains("ALERT") { return "does not trust the certificate of this side (audit.syslog.certificate)" }
        if case .uncleanShutdown? = error as? NIOSSLError { return "ended TLS without the closure alert" }
        return "ended TLS, or does not speak it"
    }
}
