internal import Logging
internal import Metrics
public import ServiceLifecycle
internal import Synchronization
internal import WardDatabase

/// Delivers the log for as long as the home is served, and raises the alarm where a delivery falls behind: in the
/// application log, in the audit log, in metrics, and as a detail of readiness.
///
/// A delivery that fails is tried again after a wait that doubles up to a minute. It never holds up what writes the
/// log: a receiver that is gone for days costs nothing but the time to catch up.
public final class DeliveryService: Service {
    private let delivery: any LogDelivery
    private let log: AuditLog
    private let alarm: Duration
    private let state = Mutex(State())
    private let lagSeconds: Gauge
    private let lagEntries: Gauge

    private struct State {
        var isRunning = false
        var wantsEverything = false
        var reason: String?
        var isBehind = false
        var rounds = 0
        /// Since when it fails without a break, in microseconds of the log's clock.
        var failingSince: Int64?
        /// Findings that were told.
        var told = 0
    }

    /// How often it looks for something to deliver.
    static let interval: Duration = .seconds(1)
    /// The longest wait after a failure.
    static let longestWait: Duration = .seconds(60)
    /// The longest time that a command, or the end of the server, waits for a delivery.
    static let patience: Duration = .seconds(20)

    /// A service.
    /// - Parameter alarm: how old the oldest entry may grow that has not arrived.
    public init(_ delivery: any LogDelivery, of log: AuditLog, alarm: Duration) {
        self.delivery = delivery
        self.log = log
        self.alarm = alarm
        let dimensions = [("to", delivery.name)]
        lagSeconds = Gauge(label: "ward_audit_delivery_lag_seconds", dimensions: dimensions)
        lagEntries = Gauge(label: "ward_audit_delivery_lag_entries", dimensions: dimensions)
    }

    /// Whether it runs by itself now.
    public var isRunning: Bool { state.withLock(\.isRunning) }

    /// The delivery's name.
    public var name: String { delivery.name }

    /// Throws while the delivery is behind: for readiness.
    /// - Throws: ``AuditError`` with `.unavailable`.
    public func requireTimely() throws(AuditError) {
        let (isBehind, reason) = state.withLock { ($0.isBehind, $0.reason) }
        if isBehind { throw AuditError(.unavailable, "delivery is behind: \(reason ?? "it is catching up")") }
    }

    public func run() async throws {
        state.withLock { $0.isRunning = true }
        defer { state.withLock { $0.isRunning = false } }
        var wait = Self.interval
        var next = ContinuousClock.now
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(200)) }
            let everything = state.withLock(\.wantsEverything)
            guard everything || ContinuousClock.now >= next, !Task.isShuttingDownGracefully else { continue }
            let isGood = await round(everything: everything, until: .now + Self.longestWait)
            wait = isGood ? Self.interval : min(wait * 2, Self.longestWait)
            next = .now + wait
        }
    }

    /// Delivers what is there when the server has ended, unless the other side is known not to take it.
    public func finish() async {
        guard state.withLock({ $0.reason == nil }) else { return }
        _ = await round(everything: true, until: .now + Self.patience)
    }

    /// Delivers everything that is there now, through the running service where there is one, and says how far it came.
    public func deliver() async -> DeliveryStatus {
        let (isRunning, before) = state.withLock { state in
            state.wantsEverything = true
            return (state.isRunning, state.rounds)
        }
        if !isRunning {
            _ = await round(everything: true, until: .now + .seconds(3_600))
        } else {
            // The round that is under way may have begun without the request.
            let end = ContinuousClock.now + Self.patience
            while state.withLock({ $0.isRunning && $0.rounds < before + 2 && $0.wantsEverything }),
                ContinuousClock.now < end {
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
        return await status()
    }

    /// How far the delivery is.
    public func status() async -> DeliveryStatus {
        let (reason, isBehind) = state.withLock { ($0.reason, $0.isBehind) }
        let lag = try? await measure()
        let isKnown = lag?.position != nil
        return DeliveryStatus(
            to: name, delivered: lag?.position, waiting: isKnown ? lag?.entries : nil,
            oldestSeconds: isKnown ? lag?.seconds : nil, isBehind: isBehind,
            reason: reason ?? (isKnown ? nil : "nobody can tell how far it is"),
            findings: delivery.findings().map { "\($0.name): \($0.what)" })
    }

    /// One round: delivers until nothing is due, or the time is over; true where nothing failed.
    private func round(everything: Bool, until end: ContinuousClock.Instant) async -> Bool {
        var reason: String?
        do {
            while try await delivery.step(everything: everything), ContinuousClock.now < end {}
        } catch let error as AuditError {
            reason = error.context
        } catch let error as DatabaseError {
            reason = "the log cannot be read: \(error.code.rawValue)"
        } catch {
            reason = "failed (\(type(of: error)))"
        }
        await note(reason)
        await tellFindings()
        state.withLock { state in
            if everything { state.wantsEverything = false }
            state.rounds += 1
        }
        return reason == nil
    }

    private func note(_ reason: String?) async {
        let now = log.clock.now()
        let (before, failingSince) = state.withLock { state in
            defer { state.reason = reason }
            state.failingSince = reason == nil ? nil : state.failingSince ?? now
            return (state.reason, state.failingSince)
        }
        if let reason, reason != before {
            log.logger.warning("the audit log is not delivered", metadata: ["to": "\(name)", "reason": "\(reason)"])
        } else if reason == nil, before != nil {
            log.logger.notice("the audit log is delivered again", metadata: ["to": "\(name)"])
        }
        // Where the other side cannot even be asked how far it is, the time counts for which it could not.
        let failing = max(0, now - (failingSince ?? now)) / 1_000_000
        let lag = (try? await measure()) ?? Lag(position: nil, entries: nil, seconds: failing)
        lagSeconds.record(lag.seconds)
        lagEntries.record(lag.entries ?? 0)
        let isBehind = lag.seconds > alarm.components.seconds
        let wasBehind = state.withLock { state in
            defer { state.isBehind = isBehind }
            return state.isBehind
        }
        guard isBehind != wasBehind else { return }
        var event = AuditEvent(
            .delivery, by: .system(), count: lag.entries.map { Int(clamping: $0) }, details: [.init("to", name)])
        if isBehind {
            log.logger.error("the delivery of the audit log is behind",
                metadata: [
                    "to": "\(name)", "count": "\(lag.entries.map(String.init) ?? "unknown")", "seconds": "\(lag.seconds)",
                ])
            event = event.ended(.seriousFailure, reason: "behind")
        } else {
            log.logger.notice("the delivery of the audit log has caught up", metadata: ["to": "\(name)"])
        }
        try? await log.record(event)
    }

    /// Tells what the delivery found that was not told yet: in the application log, and in the audit log.
    private func tellFindings() async {
        let findings = delivery.findings()
        let told = state.withLock { state in
            defer { state.told = findings.count }
            return state.told
        }
        guard told < findings.count else { return }
        let new = findings[told...]
        log.logger.error(
            "what an archive of the audit log has is not what was shipped to it",
            metadata: ["to": "\(name)", "count": "\(new.count)", "reason": "\(new[told].name): \(new[told].what)"])
        let event = AuditEvent(
            .delivery, by: .system(), count: new.count, details: [.init("to", name), .init("first", new[told].name)])
        try? await log.record(event.ended(.seriousFailure, reason: "archive-differs"))
    }

    /// What has not arrived: entries, and the age of the oldest.
    private struct Lag {
        /// Nil where the other side cannot tell.
        var position: Int64?
        var entries: Int64?
        var seconds: Int64
    }

    /// Where the other side cannot tell how far it is, what it last said counts.
    private func measure() async throws -> Lag {
        let position: Int64, isKnown: Bool
        do {
            (position, isKnown) = (try await delivery.position(), true)
        } catch {
            guard let last = try delivery.lastKnownPosition() else { throw error }
            (position, isKnown) = (last, false)
        }
        let end = try await log.store.state().nextPosition
        let block = try await log.store.entries(from: position, limit: 1, maximumBytes: 1)
        guard let first = block.positions.first, let header = try? EntryHeader(parsing: block[0]) else {
            return Lag(position: isKnown ? position : nil, entries: 0, seconds: 0)
        }
        return Lag(
            position: isKnown ? position : nil, entries: end - first,
            seconds: max(0, log.clock.now() - header.time) / 1_000_000)
    }
}

/// How far a delivery of the log is.
public struct DeliveryStatus: Sendable, Codable, Equatable {
    /// Which one: `syslog`, `folder`, `s3`.
    public var to: String
    /// Entries below this number have arrived; nil where nobody can tell now.
    public var delivered: Int64?
    /// Entries of the log that have not; nil where nobody can tell now.
    public var waiting: Int64?
    /// How old the oldest of these is.
    public var oldestSeconds: Int64?
    /// Whether the alarm is raised.
    public var isBehind: Bool
    /// Why the newest attempt failed; nil where it did not.
    public var reason: String?
    /// What was found there that is not as it must be, since this process looks: what proves nothing and was passed over,
    /// and what was missing and was shipped again.
    public var findings: [String] = []
}
