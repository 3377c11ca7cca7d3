internal import ArgumentParser
internal import Foundation
internal import Hummingbird
internal import HummingbirdTLS
internal import Logging
internal import NIOCore
internal import NIOSSL

/// `ward-bench bare`: the floor of every request: a Hummingbird application of one route that answers with fixed bytes over TLS.
struct BareServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "bare", abstract: "Serve fixed bytes over TLS: the floor.", shouldDisplay: false)
    @Option var certificate: String
    @Option var key: String
    @Option var bytes: Int

    mutating func run() async throws {
        let chain = try NIOSSLCertificate.fromPEMFile(certificate).map { NIOSSLCertificateSource.certificate($0) }
        let tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
        let body = ByteBuffer(repeating: UInt8(ascii: "x"), count: bytes)
        let router = Router()
        router.get("/") { _, _ in Response(status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: body)) }
        var quiet = Logger(label: "bare")
        quiet.logLevel = .critical
        let application = Application(
            router: router, server: try .tls(.http1(), tlsConfiguration: tls),
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                FileHandle.standardOutput.write(Data("ready :\(channel.localAddress?.port ?? 0)\n".utf8))
            }, logger: quiet)
        try await application.runService()
    }
}
