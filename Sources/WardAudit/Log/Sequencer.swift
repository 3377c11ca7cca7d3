internal import Logging
internal import Metrics
public import ServiceLifecycle
internal import Synchronization
internal import WardDatabase
public import WardKeys

/// Turns appended entries into a signed tree: at most every 200 ms, and in steps of at most 1,000 entries.
///
/// Each step hashes the new entries, extends the tree, signs a checkpoint, and publishes tiles and checkpoint in one
/// transaction that moves the head by compare-and-set; so two sequencers cannot fork a log. Whoever asks one sequencer
/// to sign waits for a turn. It writes a heartbeat entry each minute, opens the next year's book, probes a log that
/// could not be written, and keeps the anchor. On graceful shutdown everything appended is sequenced and signed: list
/// it first among the services, so that it stops last.
public struct Sequencer: Service {
    private let log: AuditLog
    /// What verifies the log's checkpoints.
    public let keys: CheckpointKeys
    private let anchor: AnchorFile?
    private let interval: Duration
    private let heartbeat: Int64
    private let state: SequencerState
    private let headSize = Gauge(label: "ward_audit_head_size")

    /// Entries of one step.
    static let batch = 1_000

    /// A sequencer for a log.
    /// - Parameters:
    ///   - signer: the key that signs now.
    ///   - keys: what verifies the log's checkpoints; nil where the signer is the only key that it has had.
    ///   - anchor: where the newest checkpoint is kept outside the audit folder, at most once a second.
    ///   - interval: the time between two steps when little happens.
    ///   - heartbeat: the time between heartbeat entries, in microseconds of the log's clock; 0 for none.
    public init(
        log: AuditLog, signer: CheckpointSigner, keys: CheckpointKeys? = nil, anchor: AnchorFile? = nil,
        interval: Duration = .milliseconds(200), heartbeat: Int64 = 60_000_000
    ) {
        self.log = log
        self.keys = keys ?? CheckpointKeys(signer.publicKey)
        self.anchor = anchor
        self.interval = interval
        self.heartbeat = heartbeat
        state = SequencerState(signer: signer)
    }

    /// Loads the head, checks it against the stored tiles and the anchor, and sequences what waits.
    ///
    /// Called before the home serves anyone, so that a log which was tampered with stops the start.
    /// - Parameter acceptsMissingAnchor: whether a log goes on whose anchor is gone; a new one is written then.
    /// - Throws: ``AuditError``: `.tampered`, `.unavailable`; ``DatabaseError`` where the store cannot be written.
    public func start(acceptsMissingAnchor: Bool = false) async throws {
        try await inTurn {
            let tree = try await BookTree.load(log: log, keys: keys)
            if let anchor {
                if let anchored = try anchor.read() {
                    try await tree.check(anchored, log: log, keys: keys)
                } else if tree.tree.size > 0, !acceptsMissingAnchor {
                    throw AuditError(
                        .tampered, "its anchor is missing, so nobody can tell whether the log was set back")
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

    /// Does what signs for the log with its key, while nothing else is signed.
    func signing<Value>(_ body: (CheckpointSigner) async throws -> Value) async throws -> Value {
        try await inTurn { try await body(state.signer) }
    }

    /// Gives the log to another key: signs everything under the present one, has both sign where it ends, and signs
    /// with the other from then on.
    ///
    /// Where nobody can tell whether `keeping` kept the handover (`.unsettled`), neither key signs anything, and it is
    /// tried again at each step, until that is known.
    /// - Parameters:
    ///   - next: the key that takes over.
    ///   - keeping: makes the handover durable and destroys the present key; done twice it is the same as done once.
    ///     Where it throws, the present key goes on, `.unsettled` excepted.
    ///   - telling: writes the handovers where verifiers find them, before the other key signs anything.
    /// - Throws: as ``start(acceptsMissingAnchor:)``, and what the closures throw; `.noEvidence` where the log has no
    ///   entry yet.
    public func handOver(
        to next: CheckpointSigner, keeping: @escaping @Sendable (Handover) async throws(KeyError) -> Void,
        telling: @escaping @Sendable ([Handover]) throws -> Void = { _ in }
    ) async throws {
        try await inTurn {
            guard state.signer.publicKey != next.publicKey else { return }
            try await advanceAll()
            guard let head = state.tree?.head else { throw AuditError(.noEvidence, "the log has no entry yet") }
            let handover = try Handover(
                at: head.checkpoint, expired: try await log.store.state().expired, from: state.signer, to: next)
            try await settle(SequencerState.Passing(handover: handover, next: next, keeping: keeping, telling: telling))
        }
    }

    private func settle(_ passing: SequencerState.Passing) async throws {
        do {
            try await passing.keeping(passing.handover)
        } catch {
            if error.code == .unsettled { state.set(passing) }
            throw error
        }
        try keys.handOver(at: passing.handover)
        state.sign(with: passing.next)
        try passing.telling(keys.handovers)
    }

    /// Whatever signs takes turns: each begins where the one before ended, whoever asked for it.
    private func inTurn<Value>(_ body: () async throws -> Value) async throws -> Value {
        guard await state.turns.take() else {
            throw AuditError(.overloaded, "too many wait for the audit log to be signed")
        }
        do {
            if let passing = state.passing { try await settle(passing) }
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
                log.appender.halt(
                    fault ?? AuditError(.tampered, "the stored tree of the audit log does not fit its checkpoint"))
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
        // It grows in place: nobody else holds it meanwhile, and where the write fails it is loaded anew.
        var tree = state.take()
        if tree == nil { tree = try await BookTree.load(log: log, keys: keys) }
        guard var growing = tree.take() else { return .none }
        let progress = try await growing.advance(log: log, signer: state.signer, limit: Self.batch)
        headSize.record(growing.tree.size)
        state.set(growing)
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
        var signer: CheckpointSigner
        var passing: Passing?
        var tree: BookTree?
        var anchored: SignedCheckpoint?
        var anchoredAt = ContinuousClock.now - .seconds(1)
    }

    /// A handover of which nobody knows whether it was kept.
    struct Passing: Sendable {
        var handover: Handover
        var next: CheckpointSigner
        var keeping: @Sendable (Handover) async throws(KeyError) -> Void
        var telling: @Sendable ([Handover]) throws -> Void
    }

    private let content: Mutex<Content>
    let turns = Turns()

    init(signer: CheckpointSigner) { content = Mutex(Content(signer: signer)) }

    var signer: CheckpointSigner { content.withLock(\.signer) }
    var passing: Passing? { content.withLock(\.passing) }
    var tree: BookTree? { content.withLock(\.tree) }
    var isLoaded: Bool { content.withLock { $0.tree != nil } }

    func set(_ passing: Passing) { content.withLock { $0.passing = passing } }

    func sign(with signer: CheckpointSigner) {
        content.withLock {
            $0.signer = signer
            $0.passing = nil
        }
    }

    func set(_ tree: BookTree?) { content.withLock { $0.tree = tree } }

    /// The tree, which is nobody else's from then on.
    func take() -> BookTree? { content.withLock { $0.tree.take() } }

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
