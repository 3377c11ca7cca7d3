internal import Logging
internal import Metrics
internal import ServiceLifecycle
internal import WardAudit
internal import WardKeys
internal import WardVault

/// Asks the key service now and then whether the keys may still serve; tells the log of audits when they stop and begin again.
struct KeyLeaseService: Service {
    let lease: KeyLease
    let dataKeys: DataKeyring
    let audit: AuditLog
    let interval: Duration
    let logger: Logger
    private let unreachable = Gauge(label: "ward_keys_unreachable_seconds")
    private let suspended = Gauge(label: "ward_keys_suspended")

    init(house: House) {
        let limit = Duration.seconds(house.configuration.whole("keys.offline_seconds"))
        lease = KeyLease(house.keyring, limit: limit)
        dataKeys = house.dataKeys
        audit = house.audit
        interval = min(max(limit / 4, .milliseconds(250)), .seconds(60))
        logger = house.logger
    }

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var last = KeyLease.State.held
            while !Task.isCancelled {
                try await Task.sleep(for: interval)
                let state = await lease.renew()
                await tell(state, after: last)
                last = state
            }
        }
    }

    private func tell(_ state: KeyLease.State, after last: KeyLease.State) async {
        switch state {
        case .held:
            unreachable.record(0)
            suspended.record(0)
            if last == .suspended { await record("resumed", .success) }
            if last != .held { logger.notice("the key service answers again") }
        case .unreachable(let time):
            unreachable.record(time.components.seconds)
            if last == .held { logger.warning("the key service does not answer; open keys serve on for a limited time") }
        case .suspended:
            suspended.record(1)
            guard last != .suspended else { return }
            dataKeys.evictAll()
            logger.error("the key service has not answered for longer than keys.offline_seconds; requests get 503 until it does")
            await record("suspended", .seriousFailure)
        }
    }

    private func record(_ what: String, _ outcome: EventOutcome) async {
        var event = AuditEvent(.keyChange, by: .system(), outcome: outcome, details: [.init("what", what), .init("key", "all")])
        if outcome != .success { event.reason = "key-service" }
        do {
            try await audit.record(event)
        } catch {
            logger.error("the audit log cannot be told of the state of the keys")
        }
    }
}
