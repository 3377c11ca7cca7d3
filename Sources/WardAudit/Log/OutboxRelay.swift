internal import Logging
internal import Metrics
public import ServiceLifecycle
public import WardDatabase

/// Brings the events that commit with their data from the outbox of the record store into the audit log, each exactly
/// once.
///
/// Entries go in together with the cursor (number and event id of the last row), in one transaction of the log; only
/// then are the rows removed from the outbox. Killed at any point it goes on from the cursor. An outbox that was set
/// back to an older state, whose new events would be lost behind the cursor, halts the log. A row that the log did not seal
/// holds up those after it, and is named (``OutboxCheck``). On graceful shutdown it
/// relays what is left: list it before what writes records, after ``Sequencer``.
public struct OutboxRelay: Service {
    let records: any RecordStore
    let log: AuditLog
    let known = KnownCursor()
    private let relayed = Counter(label: "ward_audit_entries_relayed")
    private let lag = Gauge(label: "ward_audit_relay_lag_seconds")

    /// Rows that one transaction takes.
    static let batch = 1_000
    /// How long it gathers after a batch that was not full.
    static let spacing: Duration = .milliseconds(2)

    /// A relay from a record store to a log.
    public init(from records: any RecordStore, to log: AuditLog) {
        self.records = records
        self.log = log
    }

    public func run() async throws {
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            do {
                try await recover()
                try await relayUntilShutdown()
            } catch {
                note(error)
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(200)) }
            }
        }
        try await drain()
    }

    /// Relays everything that waits now.
    /// - Returns: how many events.
    /// - Throws: ``AuditError`` or ``DatabaseError``.
    @discardableResult
    public func relayAll() async throws -> Int {
        try await recover()
        var count = 0
        while true {
            let moved = try await relayBatch()
            if moved == 0 { return count }
            count += moved
        }
    }

    private func relayUntilShutdown() async throws {
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            let moved = try await relayBatch()
            if moved > 0, moved < Self.batch {
                // Events that follow at once are gathered: relaying each by itself costs more than the data it tells
                // of.
                try? await Task.sleep(for: Self.spacing)
            } else if moved == 0 {
                try await checkLeftovers(try await checkedCursor())
                await waitForWork()
            }
        }
    }

    /// On shutdown: tries for some seconds, as the rows are durable in the outbox anyway.
    private func drain() async throws {
        for attempt in 1...10 {
            do {
                try await relayAll()
                return
            } catch {
                note(error)
                if attempt == 10 { throw error }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    /// Removes what was relayed before the last end, and sees whether the outbox is the one that the cursor speaks of.
    private func recover() async throws {
        let cursor = try await checkedCursor()
        guard let first = try await records.outbox(after: 0, limit: 1).first,
            first.number <= cursor.number else { return }
        let row = try await records.outbox(after: cursor.number - 1, limit: 1).first
        guard row?.number == cursor.number, row?.event.id == cursor.event else { throw rolledBack(first.number) }
        try await records.removeOutbox(through: cursor.number)
    }

    /// Once everything is relayed and removed, a row at or before the cursor can only come from an outbox that was
    /// set back.
    private func checkLeftovers(_ cursor: OutboxCursor) async throws {
        if let first = try await records.outbox(after: 0, limit: 1).first,
            first.number <= cursor.number { throw rolledBack(first.number) }
    }

    private func rolledBack(_ number: Int64) -> AuditError {
        let error = AuditError(
            .outboxRolledBack, "row \(number) of the outbox (table outbox of data/records.db): \(OutboxRow.setBack(number))")
        log.appender.halt(error)
        return error
    }

    func relayBatch() async throws -> Int {
        let cursor = try await checkedCursor()
        // From its beginning: what stands at or before the cursor now would be removed with the rest, and never be in
        // the log.
        let rows = try await records.outbox(after: 0, limit: Self.batch)
        guard let last = rows.last else { return 0 }
        guard last.number < AuditLimits.positions else {
            throw AuditError(.malformed, """
                row \(last.number) of the outbox (table outbox of data/records.db) has a number that no outbox reaches: somebody \
                wrote there
                """)
        }
        if let first = rows.first, first.number <= cursor.number { throw rolledBack(first.number) }
        if let first = rows.first, first.number != cursor.number + 1 {
            log.logger.critical("audit events were lost from the outbox",
                metadata: ["missing": "\(first.number - cursor.number - 1)"])
        }
        var entries: [[UInt8]] = []
        entries.reserveCapacity(rows.count)
        for row in rows {
            var entry = row.event.entry
            // Opened here, and not by the sequencer alone: what is in the log already can be taken out of it far less easily.
            if let fault = OutboxCheck.fault(of: row, sealer: log.sealer) {
                throw AuditError(
                    .malformed, "row \(row.number) of the outbox (table outbox of data/records.db): \(fault); \(OutboxRow.remedy(row.number))")
            }
            EntryHeader.setSequence(UInt64(row.number), in: &entry)
            entries.append(entry)
        }
        let next = OutboxCursor(number: last.number, event: last.event.id)
        _ = try await log.store.relay(entries, from: cursor, to: next)
        known.set(next)
        try await records.removeOutbox(through: last.number)
        relayed.increment(by: rows.count)
        if let oldest = rows.first, let header = try? EntryHeader(parsing: oldest.event.entry) {
            lag.record(Double(max(0, log.clock.now() - header.time)) / 1_000_000)
        }
        return rows.count
    }

    /// Waits for a row, whatever its number, at most a second, so that leftovers are looked for as well.
    private func waitForWork() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await cancelWhenGracefulShutdown { try await records.waitForOutbox(after: 0) } }
            group.addTask { try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(1)) } }
            await group.next()
            group.cancelAll()
        }
    }

    /// The log that cannot be written refuses reads as well; the record store's own faults show where it is used.
    private func note(_ error: any Error) {
        if let error = error as? DatabaseError, error.code == .versionConflict { return }
        log.appender.fail(error as? AuditError ?? AuditError(.unavailable, "the relay from the outbox is held up"))
    }
}
