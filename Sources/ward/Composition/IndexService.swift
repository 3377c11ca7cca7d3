internal import Logging
internal import Metrics
internal import ServiceLifecycle
internal import WardAudit
internal import WardDatabase
internal import WardRecords
internal import WardVault

/// Goes on with an index that is being made anew, whoever began it: at the start of a server, and while it serves.
struct IndexService: Service {
    let house: House
    private let left = Gauge(label: "ward_index_rebuild_versions_left")

    /// How often it looks whether there is something to do.
    private static let interval = Duration.seconds(1)
    /// The longest wait after a failure: a step that fails again and again reads the same versions each time.
    private static let longestWait = Duration.seconds(60)

    init(house: House) { self.house = house }

    func run() async throws {
        house.index.service.isRunning = true
        defer { house.index.service.isRunning = false }
        try? await cancelWhenGracefulShutdown {
            var wait = Self.interval
            while !Task.isCancelled {
                do {
                    try await finish()
                    house.index.service.failure = nil
                    wait = Self.interval
                } catch is CancellationError {
                    return
                } catch {
                    let stop = error as? IndexStop
                    let code = (stop?.cause ?? error as? VaultError)?.code.rawValue ?? (error as? DatabaseError)?.code.rawValue
                    var metadata: Logger.Metadata = ["reason": "\(code ?? "failed")"]
                    // The row at which it stops is referred to by its number: an application log names no patient's record.
                    if let stop { metadata["sequence"] = "\(stop.sequence)" }
                    house.logger.error("the index could not be made anew; it is gone on with soon", metadata: metadata)
                    // Who waits for it goes on with this, so it comes last.
                    house.index.service.failure = IndexAdministration.failure(error)
                    wait = min(wait * 2, Self.longestWait)
                }
                try await Task.sleep(for: wait)
            }
        }
    }

    private func finish() async throws {
        while house.vault.indexEpochs.count > 1 {
            try Task.checkCancellation()
            let progress = try await house.index.step(
                for: .milliseconds(500), perSecond: house.configuration.whole("index.rebuild_per_second"), by: .system())
            house.index.service.failure = nil
            left.record(progress.of - progress.passed)
        }
    }
}
