internal import Logging
internal import ServiceLifecycle
internal import WardIdentity

/// Tells the audit log each minute, and when the server stops, how many attempts were turned away without an entry of their
/// own.
struct UntoldService: Service {
    let house: House

    private static let interval = Duration.seconds(60)

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try await Task.sleep(for: Self.interval)
                await tell()
            }
        }
        await tell()
    }

    private func tell() async {
        do {
            try await house.identity.tellUntold()
        } catch {
            house.logger.error("refusals that were counted cannot be told to the audit log; they are counted further", metadata: [
                "error": "\(type(of: error))",
            ])
        }
    }
}
