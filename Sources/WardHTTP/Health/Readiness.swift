internal import Logging
internal import NIOCore
internal import Synchronization

/// Runs the readiness checks, at most once a second however often anybody asks.
final class Readiness: Sendable {
    private let checks: [ReadinessCheck]
    private let logger: Logger
    private let last = Mutex<(at: NIODeadline, failing: [String])?>(nil)

    init(checks: [ReadinessCheck], logger: Logger) {
        self.checks = checks
        self.logger = logger
    }

    /// Names of the checks that fail, in their order; empty when ready.
    func failing() async -> [String] {
        let fresh = last.withLock { last -> [String]? in
            guard let known = last, known.at + .seconds(1) > .now() else { return nil }
            return known.failing
        }
        if let fresh { return fresh }
        var failing: [String] = []
        for check in checks {
            do { try await check.check() } catch {
                failing.append(check.name)
                logger.warning("a readiness check fails", error: error, metadata: ["check": "\(check.name)"])
            }
        }
        let found = failing
        last.withLock { $0 = (.now(), found) }
        return found
    }
}
