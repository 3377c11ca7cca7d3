internal import Synchronization
public import WardKeys

/// The public keys of a log, oldest first, and where each handed the log to the next.
///
/// A key may sign what lies between the handover to it and the handover from it, both included, and nothing else: a
/// checkpoint by its place in the log, a tombstone by the entries that it stands for. So an older key that falls into
/// wrong hands later makes no checkpoint that holds behind its handover, and no entry go that was there then. All who
/// verify a served log share one such object, so that a rotation reaches them at once.
public final class CheckpointKeys: Sendable {
    private let state: Mutex<Succession>
    private let source: (@Sendable () throws -> Succession)?

    /// A chain of handovers, and the key that signs now.
    struct Succession: Sendable {
        private(set) var handovers: [Handover] = []
        private(set) var newest: [UInt8]

        init(_ newest: [UInt8]) { self.newest = newest }

        /// - Throws: ``AuditError`` with `.tampered` where one handover does not follow from the one before.
        init(_ handovers: [Handover], newest: [UInt8]) throws(AuditError) {
            self.newest = handovers.first?.older ?? newest
            for handover in handovers { try add(handover) }
            guard self.newest == newest else { throw Self.tampered }
        }

        mutating func add(_ handover: Handover) throws(AuditError) {
            if let last = handovers.last {
                guard last.place <= handover.place, last.expired <= handover.expired,
                      LogOrigin.book(of: last.checkpoint.checkpoint.origin)?.prefix
                        == LogOrigin.book(of: handover.checkpoint.checkpoint.origin)?.prefix else {
                    throw Self.tampered
                }
            }
            guard handover.older == newest else { throw Self.tampered }
            handovers.append(handover)
            newest = handover.newer
        }

        var all: [[UInt8]] { handovers.map(\.older) + [newest] }

        /// The keys for which both handovers, that to it and that from it, allow it.
        func keys(after isAfter: (Handover) -> Bool, before isBefore: (Handover) -> Bool) -> [[UInt8]] {
            all.enumerated().filter { index, _ in
                (index == 0 || isAfter(handovers[index - 1]))
                    && (index == handovers.count || isBefore(handovers[index]))
            }.map(\.element)
        }

        private static var tampered: AuditError {
            AuditError(.tampered, "the log key did not pass from one to the next as its handovers say")
        }
    }

    /// A log that has had one key only: Ed25519, 32 bytes.
    public convenience init(_ publicKey: [UInt8]) { self.init(Succession(publicKey)) }

    /// The keys of a log as its keyring has them.
    /// - Throws: ``AuditError``: `.malformed`, or `.tampered` where a handover is not signed by both keys, or they do
    ///   not follow one another.
    public convenience init(_ history: LogKeyHistory) throws(AuditError) { self.init(try Succession(history)) }

    /// The keys of a log that may be served by another process: what the keys found do not verify is held against those
    /// that are there by then.
    /// - Throws: as ``init(_:)``, and what `history` throws.
    public convenience init(following history: @escaping @Sendable () throws -> LogKeyHistory) throws {
        self.init(try Succession(history()), source: { try Succession(history()) })
    }

    init(_ succession: Succession, source: (@Sendable () throws -> Succession)? = nil) {
        state = Mutex(succession)
        self.source = source
    }

    /// The key that signs now: Ed25519, 32 bytes.
    public var newest: [UInt8] { state.withLock(\.newest) }

    /// Every key, oldest first: Ed25519, 32 bytes.
    public var all: [[UInt8]] { state.withLock(\.all) }

    /// Where the log went from one key to the next, oldest first.
    public var handovers: [Handover] { state.withLock(\.handovers) }

    /// The key that signed a checkpoint, under the name that it signed with; the newest where none did that may.
    public func verifier(of checkpoint: SignedCheckpoint) -> CheckpointKey {
        let signer = LogPlace(checkpoint.checkpoint).flatMap { place in
            keys(at: place).last { checkpoint.isSigned(by: $0) }
        }
        return CheckpointKey(name: checkpoint.checkpoint.origin, publicKey: signer ?? newest)
    }

    /// The log goes on under another key.
    func handOver(at handover: Handover) throws(AuditError) {
        try state.withLock { state throws(AuditError) in try state.add(handover) }
    }

    /// Whether one of the keys that may sign there did.
    func holds(at place: LogPlace, _ isSigned: ([UInt8]) -> Bool) -> Bool {
        keys(at: place).contains(where: isSigned) || (renew() && keys(at: place).contains(where: isSigned))
    }

    /// Whether one of the keys that may remove these entries did.
    func holds(removing entries: Range<Int64>, _ isSigned: ([UInt8]) -> Bool) -> Bool {
        keys(removing: entries).contains(where: isSigned)
            || (renew() && keys(removing: entries).contains(where: isSigned))
    }

    private func keys(at place: LogPlace) -> [[UInt8]] {
        state.withLock { $0.keys(after: { place >= $0.place }, before: { place <= $0.place }) }
    }

    private func keys(removing entries: Range<Int64>) -> [[UInt8]] {
        state.withLock {
            $0.keys(after: { entries.lowerBound >= $0.expired }, before: { entries.upperBound <= $0.expired })
        }
    }

    /// Looks whether the log was handed over since; what was known must still be so.
    private func renew() -> Bool {
        guard let found = try? source?() else { return false }
        return state.withLock { state in
            guard found.handovers.count > state.handovers.count,
                  Array(found.handovers.prefix(state.handovers.count)) == state.handovers,
                  found.all[state.handovers.count] == state.newest else { return false }
            state = found
            return true
        }
    }
}

extension CheckpointKeys.Succession {
    init(_ history: LogKeyHistory) throws(AuditError) {
        var handovers: [Handover] = []
        for retired in history.retired {
            let handover = try Handover(parsing: retired.handover)
            guard handover.older == retired.key.bytes else {
                throw AuditError(.tampered, "a handover of the log key is not that of the key beside it")
            }
            handovers.append(handover)
        }
        try self.init(handovers, newest: history.current.bytes)
    }
}

extension SignedCheckpoint {
    /// True if a key signed it that may sign at this place of the log.
    public func isSigned(by keys: CheckpointKeys) -> Bool {
        guard let place = LogPlace(checkpoint) else { return false }
        return keys.holds(at: place) { isSigned(by: $0) }
    }
}
