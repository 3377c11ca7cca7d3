internal import ArgumentParser
internal import Foundation
internal import Logging
internal import ServiceLifecycle
internal import UnixSignals
internal import WardAudit
internal import WardHTTP
internal import WardPHI

extension WitnessCommand {
    /// `ward witness --home DIR --port P`
    struct Serve: AuditedCommand {
        static let events: [EventPromise] = []
        static let configuration = CommandConfiguration(commandName: "serve", abstract: "Answer logs, over TLS, until it is told to stop.")
        @Option(help: "Address to listen on.") var host = "127.0.0.1"
        @Option(help: "TLS port to listen on; 0 takes a free one.") var port = 8_444
        @Option(help: "PEM file of the certificate chain; self-made, under an authority in DIR/tls, where not given.")
        var certificate: String?
        @Option(help: "PEM file of the certificate's private key.") var key: String?
        @OptionGroup var options: Options
        @OptionGroup var form: OutputOptions

        mutating func run() async throws {
            let folder = try options.existing()
            guard (0...65_535).contains(port) else { throw Failure("--port must be 0 to 65535") }
            let lock = try await HomeLock.take(Home(folder.path), purpose: "witness (serve)")
            defer { lock.release() }
            try folder.check()
            signal(SIGHUP, SIG_IGN)
            LoggingSystem.bootstrap { RedactingLogHandler(label: $0, format: .text, level: .info) }
            let certificates = try certificates(folder)
            var configuration = ServerConfiguration()
            configuration.host = host
            configuration.port = port
            let isJSON = form.output == .json
            let server = WitnessServer(
                witness: try Witness(folder: folder), configuration: configuration, certificates: certificates
            ) { address in
                print(isJSON ? #"{"ready":"\#(address.url)"}"# : "ready \(address.url)")
                fflush(nil)
            }
            let group = ServiceGroup(configuration: .init(
                services: [
                    .init(service: CertificateReloader(store: certificates), successTerminationBehavior: .ignore),
                    .init(
                        service: server, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .cancelGroup),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "ward.witness")))
            try await group.run()
        }

        private func certificates(_ folder: WitnessFolder) throws -> CertificateStore {
            switch (certificate, key) {
            case (let certificate?, let key?):
                return try CertificateStore(files: CertificateFiles(certificatePath: certificate, keyPath: key))
            case (nil, nil):
                let made = DevelopmentCertificates(folder: folder.path + "/tls")
                try made.ensure()
                return try CertificateStore(files: made.files)
            default:
                throw Failure("--certificate and --key go together")
            }
        }
    }
}
