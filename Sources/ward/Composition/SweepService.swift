internal import Logging
internal import ServiceLifecycle
internal import WardDatabase
internal import WardIdentity
internal import WardVault

/// Sweeps ended sessions and the like when the server starts, then every hour.
struct SweepService: Service {
    let house: House

    private static let interval = Duration.seconds(3_600)
    /// Between two steps, so that requests have the store to themselves most of the time.
    private static let pause = Duration.milliseconds(200)

    func run() async throws {
        let sweep = house.sweep
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    while try await !sweep.step() { try await Task.sleep(for: Self.pause) }
                } catch is CancellationError {
                    return
                } catch {
                    house.logger.error("ended sessions could not be swept; it is tried again in an hour", metadata: [
                        "reason": "\((error as? VaultError)?.code.rawValue ?? (error as? DatabaseError)?.code.rawValue ?? "failed")",
                    ])
                }
                try await Task.sleep(for: Self.interval)
            }
        }
    }
}
