internal import Logging
internal import Metrics
internal import ServiceLifecycle
internal import WardAudit
internal import WardDatabase
internal import WardRecords
internal import WardVault

/// Verifies the records in the background: when the configuration wishes, when somebody asked, and further where a server
/// was killed in the midst of it.
struct VerificationService: Service {
    let house: House
    private let left = Gauge(label: "ward_verification_versions_left")
    private let faults = Gauge(label: "ward_verification_faults")
    private let unused = Gauge(label: "ward_verification_unused_keys")
    private let ended = Gauge(label: "ward_verification_ended_seconds")

    /// How often it looks whether there is something to do.
    private static let interval = Duration.seconds(1)
    /// How long it waits after stores or keys could not be read.
    private static let pause = Duration.seconds(30)
    /// Versions that one step opens at most.
    private static let stepRows = 500

    init(house: House) { self.house = house }

    func run() async throws {
        show(await house.verification.pages)
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                var pause = Self.interval
                do {
                    try await once()
                } catch is CancellationError {
                    break
                } catch {
                    pause = Self.pause
                    house.logger.error("the verification of records cannot go on; it is gone on with soon", metadata: [
                        "reason": "\((error as? VaultError)?.code.rawValue ?? (error as? DatabaseError)?.code.rawValue ?? "failed")",
                    ])
                }
                try await Task.sleep(for: pause)
            }
        }
        try? await house.verification.save()
    }

    private func once() async throws {
        if await house.verification.pages.run == nil {
            guard await isDue else { return }
            try await VerificationAdministration(house: house).begin(by: .system())
        }
        let sweep = RecordSweep(house.verifier)
        while let run = await house.verification.pages.run {
            try Task.checkCancellation()
            guard !run.isFinished else { return try await finish(run) }
            let begun = ContinuousClock.now
            let perSecond = house.configuration.whole("verify.per_second")
            let rows = perSecond == 0 ? Self.stepRows : min(Self.stepRows, max(1, perSecond / 5))
            let next = try await sweep.step(run, rows: rows)
            try await house.verification.advance(to: next)
            left.record(next.end - next.sequence)
            if perSecond > 0 { try await Task.sleep(until: begun + .seconds(1) * (next.work - run.work) / perSecond) }
        }
    }

    private var isDue: Bool {
        get async {
            let days = house.configuration.whole("verify.every_days")
            guard days > 0 else { return false }
            let age = SystemWallClock().now() - (await house.verification.pages.countedFrom)
            return age >= Int64(days) * 86_400_000_000
        }
    }

    private func finish(_ run: SweepState) async throws {
        var event = AuditEvent(.verify, by: .system(), count: run.faultCount, details: [.init("what", "background")])
        if run.faultCount > 0 {
            event = event.ended(.seriousFailure, reason: "faults")
            house.logger.error("the verification of records found faults: ward verify --status", metadata: [
                "faults": "\(run.faultCount)",
            ])
        }
        try await house.audit.record(event)
        try await house.verification.finish(at: SystemWallClock().now())
        show(await house.verification.pages)
    }

    private func show(_ pages: VerificationBook.Pages) {
        left.record(pages.run.map { $0.end - $0.sequence } ?? 0)
        guard let last = pages.last else { return }
        faults.record(last.found.faultCount)
        unused.record(last.found.unusedKeyCount)
        ended.record(last.endedAt / 1_000_000)
    }
}
