import NIOCore
import NIOPosix
import NIOSSL
import WardHTTP

/// A connection of bytes, with or without TLS, to see what no client would do.
enum RawConnection {
    /// Sends `text`, waits until the server closes or `wait` is over, and returns all that came.
    static func exchange(
        _ live: LiveServer, _ text: String, tls: Bool = true, wait: Duration = .seconds(600)
    ) async throws -> String {
        try await open(live, tls: tls) { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            return try await read(inbound, wait: wait).text
        }
    }

    static func open<Result: Sendable>(
        _ live: LiveServer, tls: Bool = true,
        _ body:
            @escaping @Sendable (
                NIOAsyncChannelInboundStream<ByteBuffer>, NIOAsyncChannelOutboundWriter<ByteBuffer>
            ) async throws -> Result
    ) async throws -> Result {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(live.folder + "/ca.pem")
        configuration.applicationProtocols = ["http/1.1"]
        let context = try NIOSSLContext(configuration: configuration)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: live.address.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: context, serverHostname: "localhost"))
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { try await body($0, $1) }
    }

    /// What comes until the server closes, and whether it did within `wait`.
    static func read(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, wait: Duration
    ) async throws -> (text: String, closed: Bool) {
        let received = Received()
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                do { for try await buffer in inbound { await received.add(String(buffer: buffer)) } } catch {}
                return !Task.isCancelled
            }
            group.addTask {
                try? await Task.sleep(for: wait)
                return false
            }
            let closed = await group.next() ?? false
            group.cancelAll()
            return (await received.text, closed)
        }
    }

    actor Received {
        var text = ""
        func add(_ more: String) { text += more }
    }
}
