public import Logging
internal import Synchronization
public import WardDatabase

/// The audit log of a home, as the rest of the program writes it.
///
/// - ``record(_:releasing:)`` makes an event durable, then lets the value go. Events that wait together share one
///   flush to disk.
/// - ``seal(_:digest:)`` makes an event that commits with the data it tells of; ``OutboxRelay`` brings it into the log.
/// - It fails closed: once the log could not be written, ``isWritable`` is false and every call throws
///   `.unavailable`, until a probe (made by ``Sequencer`` each second) got an entry onto the disk. Ask
///   ``requireWritable()`` before anything is read.
/// - It refuses events while the clock is behind the newest entry by more than the tolerance: time in the log does
///   not go back.
///
/// ```swift
/// try log.requireWritable()
/// let record = try await vault.read(key)
/// return try await log.record(AuditEvent(.read, by: origin, record: reference, patient: patient), releasing: response)
/// ```
public final class AuditLog: Sendable {
    /// The store that holds the log.
    public let store: any AuditStore
    /// What the log is called.
    public let origin: LogOrigin
    let clock: any WallClock
    let logger: Logger
    let appender: EntryAppender
    let sealer: EntrySealer
    private let ids: TimeOrderedIDs
    private let clockTolerance: Int64
    private let newestTime: Mutex<Int64>
    /// Whether the clock was behind the newest entry when the log was opened, by more than is let pass unsaid.
    public let wasClockBehind: Bool

    /// How far the clock may be behind the newest entry, unless said otherwise: 5 seconds, in microseconds.
    public static let defaultClockTolerance: Int64 = 5_000_000

    /// Opens a log for writing and numbers its entries from a new emitter on.
    /// - Parameters:
    ///   - clockTolerance: how far the clock may be behind the newest entry, in microseconds. A home whose clock was
    ///     wrongly ahead and was set right is opened once with a greater one, and an ``EventKind/acceptance`` recorded.
    ///   - random: 64 unpredictable bits for the emitter.
    /// - Throws: ``AuditError``: `.unavailable` where the store cannot be read, `.clock` where the clock is behind,
    ///   `.tampered` where one of the newest entries is none.
    public static func open(
        store: any AuditStore, origin: LogOrigin, keys: AuditKeys, clock: any WallClock = SystemWallClock(),
        logger: Logger,
        clockTolerance: Int64 = defaultClockTolerance, random: UInt64 = .random(in: .min ... .max)
    ) async throws(AuditError) -> AuditLog {
        do {
            let next = try await store.state().nextPosition
            var newest = Int64.min
            if next > 0 {
                let block = try await store.entries(
                    from: max(0, next - 64), limit: 64, maximumBytes: 64 * AuditLimits.entryBytes)
                for index in 0..<block.count {
                    guard let header = try? EntryHeader(parsing: block[index]) else {
                        throw AuditError(.tampered,
                            "entry \(block.positions[index]) of the audit log is none that this program wrote")
                    }
                    let isTakenBack = header.kind == .acceptance && header.digest == ClockAcceptance.digest
                    newest = isTakenBack ? header.time : max(newest, header.time)
                }
            }
            let log = AuditLog(
                store: store, origin: origin, keys: keys, clock: clock, logger: logger, clockTolerance: clockTolerance,
                newestTime: newest, nextPosition: next, emitter: .process(random: random))
            _ = try log.currentTime()
            return log
        } catch let error as DatabaseError {
            throw AuditError(.unavailable, "the audit log cannot be read: \(error.code.rawValue)")
        } catch let error as AuditError {
            throw error
        } catch {
            throw AuditError(.unavailable, "the audit log cannot be read")
        }
    }

    private init(
        store: any AuditStore, origin: LogOrigin, keys: AuditKeys, clock: any WallClock, logger: Logger,
        clockTolerance: Int64,
        newestTime: Int64, nextPosition: Int64, emitter: EmitterID
    ) {
        self.store = store
        self.origin = origin
        self.clock = clock
        self.logger = logger
        self.clockTolerance = clockTolerance
        self.newestTime = Mutex(newestTime)
        wasClockBehind = newestTime != .min && clock.now() < newestTime - Self.defaultClockTolerance
        sealer = EntrySealer(origin: origin, keys: keys)
        ids = TimeOrderedIDs(clock: clock)
        appender = EntryAppender(store: store, emitter: emitter, nextPosition: nextPosition, logger: logger)
    }

    /// Who numbers the entries that this process appends directly.
    public var emitter: EmitterID { appender.emitter }

    /// False from the moment when the log could not be written until a probe succeeded.
    public var isWritable: Bool { appender.failure == nil }

    /// Throws unless the log can be written: called before anything is read or changed.
    /// - Throws: ``AuditError``: `.unavailable`, `.clock`, or the reason for which the log was halted.
    public func requireWritable() throws(AuditError) {
        if let failure = appender.failure { throw failure }
        _ = try currentTime()
    }

    /// Makes an event durable, then releases the value.
    /// - Throws: ``AuditError``: `.unavailable` where it could not be made durable; the value must not leave then.
    public func record<Value: Sendable>(
        _ event: AuditEvent, releasing value: Value
    ) async throws(AuditError) -> Audited<Value> {
        try await record([event], releasing: value)
    }

    /// Makes events durable, then releases the value: one event for each patient of a result.
    ///
    /// They go in by slices of ``AuditLimits/entriesPerAppend``, each whole or not at all; where a later one fails, the
    /// log tells of more than was released, never of less.
    /// - Throws: ``AuditError``: `.noEvidence` where there is no event; `.unavailable` where they could not be made
    ///   durable.
    public func record<Value: Sendable>(
        _ events: [AuditEvent], releasing value: Value
    ) async throws(AuditError) -> Audited<Value> {
        guard !events.isEmpty else { throw AuditError(.noEvidence, "nothing may be released without an event") }
        if let failure = appender.failure { throw failure }
        var durable: [EventID] = []
        durable.reserveCapacity(events.count)
        for start in stride(from: 0, to: events.count, by: AuditLimits.entriesPerAppend) {
            let slice = events[start..<min(start + AuditLimits.entriesPerAppend, events.count)]
            let (ids, entries) = try sealed(slice)
            try await appender.append(entries)
            durable += ids
        }
        return Audited(recorded: value, events: durable)
    }

    /// Makes an event durable that releases nothing: sign-in, start, stop, changes of settings.
    /// - Throws: ``AuditError`` with `.unavailable` where it could not be made durable.
    public func record(_ event: AuditEvent) async throws(AuditError) {
        _ = try await record([event], releasing: ())
    }

    /// Makes an event durable whose header holds a digest in the clear.
    /// - Parameter digest: 32 bytes, of what the event is bound to.
    /// - Throws: ``AuditError`` with `.unavailable` where it could not be made durable.
    public func record(_ event: AuditEvent, digest: [UInt8]) async throws(AuditError) {
        if let failure = appender.failure { throw failure }
        let entry = try sealer.seal(
            event, id: newID(), time: try currentTime(), emitter: emitter, sequence: 0, digest: digest)
        try await appender.append([entry])
    }

    /// Seals an event that commits with the data it tells of.
    /// - Parameter digest: SHA-256 of the sealed resource, 32 bytes; nil where none is written.
    /// - Throws: ``AuditError``: `.unavailable` while the log cannot be written; `.clock`; `.tooLarge`.
    public func seal(_ event: AuditEvent, digest: [UInt8]? = nil) throws(AuditError) -> OutboxEvent {
        if let failure = appender.failure { throw failure }
        let id = newID()
        let entry = try sealer.seal(
            event, id: id, time: try currentTime(), emitter: .outbox, sequence: 0, digest: digest)
        return OutboxEvent(id: id, entry: entry, digestOffset: digest == nil ? EntryHeader.Offset.digest : nil)
    }

    /// Tries to get a heartbeat entry onto the disk; the log is writable again if that succeeds.
    /// - Throws: ``AuditError`` where it does not.
    public func probe() async throws(AuditError) {
        let (_, entries) = try sealed([AuditEvent(.heartbeat, by: .system())])
        try await appender.append(entries, isProbe: true)
    }

    private func sealed(_ events: some Sequence<AuditEvent>) throws(AuditError) -> ([EventID], [[UInt8]]) {
        let time = try currentTime()
        var ids: [EventID] = []
        var entries: [[UInt8]] = []
        for event in events {
            let id = newID()
            ids.append(id)
            entries.append(try sealer.seal(event, id: id, time: time, emitter: emitter, sequence: 0, digest: nil))
        }
        return (ids, entries)
    }

    private func newID() -> EventID {
        guard let id = EventID(ids.next()) else { preconditionFailure("an id has sixteen bytes") }
        return id
    }

    private func currentTime() throws(AuditError) -> Int64 {
        let now = clock.now()
        let isBehind = newestTime.withLock { newest in
            if newest != .min && now < newest - clockTolerance { return true }
            newest = max(newest, now)
            return false
        }
        if isBehind { throw AuditError(.clock, "the clock is behind the newest entry of the audit log") }
        return now
    }
}
