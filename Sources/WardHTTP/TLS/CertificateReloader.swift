public import Logging
public import ServiceLifecycle
internal import UnixSignals
internal import WardPHI

/// Reads the certificate files again at each SIGHUP, for as long as the server runs.
public struct CertificateReloader: Service {
    private let store: CertificateStore
    private let logger: Logger

    /// A reloader for `store`.
    public init(store: CertificateStore, logger: Logger = Logger(label: "ward.tls")) {
        self.store = store
        self.logger = logger
    }

    public func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() { reload() }
    }

    /// Reads the files again and says in the log what came of it.
    public func reload() {
        do {
            try store.reload()
            let status = store.status
            logger.notice(
                "certificate reloaded",
                metadata: ["fingerprint": "\(status.fingerprint)", "expires": "\(Timestamp.text(status.expires))"])
        } catch {
            logger.error(
                "certificate not reloaded; the old one stays in use", error: error,
                metadata: ["reason": "\(error.code.rawValue)", "certificate": "\(error.path)"])
        }
    }
}
