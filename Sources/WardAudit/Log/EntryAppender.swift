internal import Logging
internal import Metrics
internal import Synchronization
internal import WardDatabase

/// Gathers entries that wait, numbers them for their emitter and appends them in groups, so that many share one flush
/// to disk.
///
/// Numbers are given in the order of the log when a group is written, and a group that fails gives its numbers back:
/// a gap in the log is always a loss, never an error that was reported.
final class EntryAppender: Sendable {
    private struct Waiting {
        var entries: [[UInt8]]
        var isProbe: Bool
        var since: ContinuousClock.Instant
        var continuation: CheckedContinuation<Result<Void, AuditError>, Never>
    }

    private struct State {
        var waiting: [Waiting] = []
        var count = 0
        var isDraining = false
        var failure: AuditError?
        var isHalted = false
        /// When the next group may begin; nil after a group of one, which nobody else waited with.
        var nextGroupAt: ContinuousClock.Instant?
    }

    let emitter: EmitterID
    private let store: any AuditStore
    private let logger: Logger
    private let state = Mutex(State())
    private let numbering: Mutex<(sequence: UInt64, position: Int64, isCertain: Bool)>
    private let appended = Counter(label: "ward_audit_entries_appended")
    private let failures = Counter(label: "ward_audit_append_failures")
    private let latency = Timer(label: "ward_audit_append_seconds")

    /// Entries that may wait.
    static let bound = 65_536

    init(store: any AuditStore, emitter: EmitterID, nextPosition: Int64, logger: Logger) {
        self.store = store
        self.emitter = emitter
        self.logger = logger
        numbering = Mutex((1, nextPosition, true))
    }

    /// Why the log cannot be written, or nil.
    var failure: AuditError? { state.withLock(\.failure) }

    /// Takes note that the log could not be written.
    func fail(_ error: AuditError) {
        let isNew = state.withLock { state in
            defer { if state.failure == nil { state.failure = error } }
            return state.failure == nil
        }
        if isNew { logger.error("the audit log cannot be written", metadata: ["error": "\(error.description)"]) }
    }

    /// Takes note of a fault that no probe mends.
    func halt(_ error: AuditError) {
        fail(error)
        state.withLock { state in
            state.failure = error
            state.isHalted = true
        }
    }

    /// Returns when the entries are durable.
    func append(_ entries: [[UInt8]], isProbe: Bool = false) async throws(AuditError) {
        guard entries.count <= AuditLimits.entriesPerAppend else {
            throw AuditError(.tooLarge, "at most 4,096 events go in at once")
        }
        let start = ContinuousClock.now
        let result = await withCheckedContinuation { continuation in
            let waiting = Waiting(entries: entries, isProbe: isProbe, since: start, continuation: continuation)
            let (isFull, startsDrain) = state.withLock { state in
                if state.count + entries.count > Self.bound { return (true, false) }
                state.waiting.append(waiting)
                state.count += entries.count
                defer { state.isDraining = true }
                return (false, !state.isDraining)
            }
            if isFull {
                continuation.resume(returning: .failure(AuditError(.overloaded,
                    "too many events wait for the audit log")))
            } else if startsDrain {
                // Not a child of the caller: a caller that is cancelled must not take the events of others with it.
                Task { await drain() }
            }
        }
        try result.get()
    }

    /// How far apart groups begin while several callers wait at once: flushing more often than that costs more than it
    /// hastens.
    static let spacing: Duration = .milliseconds(1)

    private func drain() async {
        while true {
            if let next = state.withLock(\.nextGroupAt), ContinuousClock.now < next {
                try? await Task.sleep(until: next, clock: .continuous)
            }
            guard let group = nextGroup() else { return }
            var entries: [[UInt8]] = []
            for waiting in group { entries += waiting.entries }
            let result = await write(entries, isProbe: group.contains(where: \.isProbe))
            for waiting in group {
                waiting.continuation.resume(returning: result)
                latency.recordNanoseconds(Self.nanoseconds(since: waiting.since))
            }
        }
    }

    private func nextGroup() -> [Waiting]? {
        state.withLock { state in
            var taken = 0
            var index = 0
            while index < state.waiting.count {
                let count = state.waiting[index].entries.count
                if taken > 0 && taken + count > AuditLimits.entriesPerAppend { break }
                taken += count
                index += 1
            }
            if index == 0 {
                state.isDraining = false
                return nil
            }
            let group = Array(state.waiting[..<index])
            state.waiting.removeFirst(index)
            state.count -= taken
            state.nextGroupAt = index > 1 ? ContinuousClock.now.advanced(by: Self.spacing) : nil
            return group
        }
    }

    private func write(_ entries: [[UInt8]], isProbe: Bool) async -> Result<Void, AuditError> {
        if let failure = state.withLock({ $0.isHalted || !isProbe ? $0.failure : nil }) { return .failure(failure) }
        do {
            try await makeCertain()
            var numbered = entries
            let first = numbering.withLock(\.sequence)
            for index in numbered.indices { EntryHeader.setSequence(first + UInt64(index), in: &numbered[index]) }
            numbering.withLock { $0.isCertain = false }
            let known = numbering.withLock(\.position)
            let positions = try await store.append(numbered)
            if positions.lowerBound < known {
                let error = AuditError(.tampered, "entries that this program wrote are gone from the log: somebody removed them")
                halt(error)
                return .failure(error)
            }
            numbering.withLock { $0 = (first + UInt64(entries.count), positions.upperBound, true) }
            appended.increment(by: entries.count)
            if isProbe { recover() }
            return .success(())
        } catch {
            failures.increment()
            let code: AuditError.Code = error.code == .overloaded ? .overloaded : .unavailable
            let failure = AuditError(code, "append to the audit log: \(error.code.rawValue)")
            if code == .unavailable { fail(failure) }
            return .failure(failure)
        }
    }

    private func recover() {
        let wasFailing = state.withLock { state in
            guard !state.isHalted else { return false }
            defer { state.failure = nil }
            return state.failure != nil
        }
        if wasFailing { logger.notice("the audit log can be written again") }
    }

    /// After an append whose outcome is not known, finds the number of the last entry of this emitter that is in the
    /// log.
    private func makeCertain() async throws(DatabaseError) {
        var (sequence, position, isCertain) = numbering.withLock { $0 }
        if isCertain { return }
        while true {
            let block = try await store.entries(from: position, limit: 1_000, maximumBytes: 1 << 20)
            guard let last = block.positions.last else { break }
            for index in 0..<block.count {
                guard let header = try? EntryHeader(parsing: block[index]), header.emitter == emitter else { continue }
                sequence = max(sequence, header.sequence &+ 1)
            }
            position = last + 1
        }
        numbering.withLock { $0 = (sequence, position, true) }
    }

    private static func nanoseconds(since start: ContinuousClock.Instant) -> Int64 {
        let parts = (ContinuousClock.now - start).components
        return parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000
    }
}
