internal import Logging
internal import Metrics
public import ServiceLifecycle
internal import Synchronization
internal import WardDatabase
internal import WardKeys

/// Turns appended entries into a signed tree: at most every 200 ms, and in steps of at most 1,000 entries.
///
/// Each step hashes the new entries, extends the tree, signs a checkpoint, and publishes tiles and checkpoint in one
/// transaction that moves the head by compare-and-set; so two sequencers cannot fork a log. Whoever asks one sequencer to
/// sign waits for a turn. It writes a heartbeat entry each minute, opens the next year's book, probes a log that could
/// not be written, and keeps the anchor. On graceful shutdown everything appended is sequenced and signed: list it first
/// among the services, so that it stops last.
public struct Sequencer: Service {
    private let log: AuditLog
    private let signer: CheckpointSigner
    private let anchor: AnchorFile?
    private let interval: Duration
    private let heartbeat: Int64
    private let state: SequencerState
    private let headSize = Gauge(label: "ward_audit_head_size")

    /// Entries of one step.
    static let batch = 1_000

    /// A sequencer for a log.
    /// - Parameters:
    ///   - anchor: where the newest checkpoint is kept outside the audit folder, at most once a second.
    ///   - interval: the time between two steps when little happens.
    ///   - heartbeat: the time between heartbeat entries, in microseconds of the log's clock; 0 for none.
    public init(
        log: AuditLog, signer: CheckpointSigner, anchor: AnchorFile? = nil, interval: Duration = .milliseconds(200),
        heartbeat: Int64 = 60_000_000
    ) {
        self.log = log
        self.signer = signer
        self.anchor = anchor
        self.interval = interval
        self.heartbeat = heartbeat
        state = SequencerState()
    }

    /// Loads the head, checks it against the stored tiles and the anchor, and sequences what waits.
    ///
    /// Called before the home serves anyone, so that a log which was tampered with stops the start.
    /// - Parameter acceptsMissingAnchor: whether a log goes on whose anchor is gone; a new one is written then.
    /// - Throws: ``AuditError``: `.tampered`, `.unavailable`; ``DatabaseError`` where the store cannot be written.
    public func start(acceptsMissingAnchor: Bool = false) async throws {
        try await inTurn {
            let tree = try await BookTree.load(log: log, publicKey: signer.publicKey)
            if let anchor {
                if let anchored = try anchor.read() {
                    try await tree.check(anchored, log: log, publicKey: signer.publicKey)
                } else if tree.tree.size > 0, !acceptsMissingAnchor {
                    throw AuditError(.tampered, "its anchor is missing, so nobody can tell whether the log was set back")
                }
            }
            state.set(tree)
            try await advanceAll()
        }
    }

    public func run() async throws {
        if !state.isLoaded { try await start() }
        var lastBeat = log.clock.now()
        var lastProbe = ContinuousClock.now
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: interval) }
            if heartbeat > 0, log.clock.now() - lastBeat >= heartbeat, log.isWritable {
                lastBeat = log.clock.now()
                try? await log.record(AuditEvent(.heartbeat, by: .system()))
            }
            if !log.isWritable, lastProbe.duration(to: .now) >= .seconds(1) {
                lastProbe = .now
                try? await log.probe()
            }
            await step()
        }
        try await finish()
    }

    /// Sequences and signs every entry that is in the store now, and writes the anchor.
    public func sequenceAll() async throws {
        try await inTurn { try await advanceAll() }
    }

    /// Steps take turns: each begins where the one before ended, whoever asked for it.
    private func inTurn<Value>(_ body: () async throws -> Value) async throws -> Value {
        guard await state.turns.take() else { throw AuditError(.overloaded, "too many wait for the audit log to be signed") }
        do {
            let value = try await body()
            await state.turns.pass()
            return value
        } catch {
            // The tree in memory may not be the one of the store now; it is loaded anew at the next step.
            state.set(nil)
            await state.turns.pass()
            throw error
        }
    }

    private func advanceAll() async throws {
        while try await advance() != .none {}
        try writeAnchor(force: true)
    }

    private func step() async {
        do {
            try await inTurn {
                while try await advance() == .full {}
                try writeAnchor(force: false)
            }
        } catch {
            let fault = error as? AuditError
            if fault?.code == .tampered {
                log.appender.halt(fault ?? AuditError(.tampered, "the stored tree of the audit log does not fit its checkpoint"))
            } else if (error as? DatabaseError)?.code != .versionConflict, fault?.code != .overloaded {
                log.appender.fail(fault ?? AuditError(.unavailable, "the sequencer of the audit log is held up"))
            }
        }
    }

    private func finish() async throws {
        for attempt in 1...5 {
            do {
                return try await sequenceAll()
            } catch {
                if attempt == 5 { throw error }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    private func advance() async throws -> BookTree.Progress {
        var tree: BookTree
        if let loaded = state.tree {
            tree = loaded
        } else {
            tree = try await BookTree.load(log: log, publicKey: signer.publicKey)
        }
        let progress = try await tree.advance(log: log, signer: signer, limit: Self.batch)
        state.set(tree)
        headSize.record(tree.tree.size)
        return progress
    }

    private func writeAnchor(force: Bool) throws(AuditError) {
        guard let anchor, let head = state.tree?.head, state.anchorIsDue(head, force: force) else { return }
        try anchor.write(head)
    }
}

/// What the sequencer remembers between steps.
final class SequencerState: Sendable {
    private struct Content {
        var tree: BookTree?
        var anchored: SignedCheckpoint?
        var anchoredAt = ContinuousClock.now - .seconds(1)
    }

    private let content = Mutex(Content())
    let turns = Turns()

    var tree: BookTree? { content.withLock(\.tree) }
    var isLoaded: Bool { content.withLock { $0.tree != nil } }

    func set(_ tree: BookTree?) { content.withLock { $0.tree = tree } }

    /// True if the head is not anchored yet and a second has gone by since the last time.
    func anchorIsDue(_ head: SignedCheckpoint, force: Bool) -> Bool {
        content.withLock { content in
            guard content.anchored != head,
                  force || content.anchoredAt.duration(to: .now) >= .seconds(1) else { return false }
            content.anchored = head
            content.anchoredAt = .now
            return true
        }
    }
}
