internal import Logging
internal import NIOCore
internal import Synchronization

/// Runs the readiness checks, at most once a second however often anybody asks.
final class Readiness: Sendable {
    private let checks: [ReadinessCheck]
    private let logger: Logger
    private let last = Mutex<(at: NIODeadline, findings: Findings)?>(nil)

    /// Names of the checks that fail, in their order.
    struct Findings: Sendable {
        /// Without these nothing can be done: not ready.
        var failing: [String] = []
        /// These are told, and the server goes on.
        var warnings: [String] = []
    }

    init(checks: [ReadinessCheck], logger: Logger) {
        self.checks = checks
        self.logger = logger
    }

    /// What fails now.
    func findings() async -> Findings {
        let fresh = last.withLock { last -> Findings? in
            guard let known = last, known.at + .seconds(1) > .now() else { return nil }
            return known.findings
        }
        if let fresh { return fresh }
        var found = Findings()
        for check in checks {
            do { try await check.check() } catch {
                if check.isRequired { found.failing.append(check.name) } else { found.warnings.append(check.name) }
                logger.warning("a readiness check fails", error: error, metadata: ["check": "\(check.name)"])
            }
        }
        let findings = found
        last.withLock { $0 = (.now(), findings) }
        return findings
    }
}
