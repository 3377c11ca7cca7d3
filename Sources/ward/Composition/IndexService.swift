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

    init(house: House) { self.house = house }

    func run() async throws {
        house.index.isServed.value = true
        defer { house.index.isServed.value = false }
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await finish()
                } catch is CancellationError {
                    return
                } catch {
                    house.logger.error("the index could not be made anew; it is gone on with soon", metadata: [
                        "reason": "\((error as? VaultError)?.code.rawValue ?? (error as? DatabaseError)?.code.rawValue ?? "failed")",
                    ])
                }
                try await Task.sleep(for: Self.interval)
            }
        }
    }

    private func finish() async throws {
        while house.vault.indexEpochs.count > 1 {
            try Task.checkCancellation()
            let progress = try await house.index.step(
                for: .milliseconds(500), perSecond: house.configuration.whole("index.rebuild_per_second"), by: .system())
            left.record(progress.of - progress.passed)
        }
    }
}
