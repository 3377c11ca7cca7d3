internal import Synchronization
public import WardDatabase

/// Holds the cursor of the outbox against the log: it says what of the outbox is in the log, nothing signs it, and what it
/// passes over would never be there. The newest entry that came from the outbox has its number and its event.
public struct CursorCheck: Sendable {
    private let store: any AuditStore

    /// A check of a log's cursor.
    public init(of store: any AuditStore) {
        self.store = store
    }

    /// Newest entries among which one from the outbox is looked for.
    static let window: Int64 = 65_536
    private static let page: Int64 = 256

    /// What is wrong with a cursor.
    public struct Finding: Sendable, Equatable {
        /// In words.
        public var what: String
        /// The statement that sets it right, or the command.
        var remedy: String
    }

    /// What is wrong with the cursor; nil where nothing is.
    ///
    /// It is held against the newest entry that came from the outbox, of the newest ``window``. Where none of them did, the entry
    /// of its own event must be there, which is found by its time.
    /// - Throws: ``DatabaseError``.
    public func finding() async throws(DatabaseError) -> Finding? {
        let state = try await store.state()
        if let newest = try await newest(in: state) { return try await finding(state, newest: newest) }
        if state.cursor == .start { return nil }
        if let event = state.cursor.event, let header = try await header(of: event), header.emitter == .outbox,
            Int64(clamping: header.sequence) == state.cursor.number { return nil }
        return try await finding(state, newest: nil, isWhole: state.nextPosition - state.expired <= Self.window)
    }

    /// What is wrong with the cursor of a moment.
    /// - Parameters:
    ///   - newest: number and event of the newest entry until then that came from the outbox; nil where none of those did that
    ///     were read.
    ///   - isWhole: whether all were read that are there.
    /// - Throws: ``DatabaseError``.
    func finding(
        _ state: AuditStoreState, newest: OutboxCursor?, isWhole: Bool = true
    ) async throws(DatabaseError) -> Finding? {
        let cursor = state.cursor
        if cursor == newest ?? .start { return nil }
        // What was written by others and taken aside may have moved it.
        if cursor.number > newest?.number ?? 0, try await isAside(cursor) { return nil }
        // Its entry may have expired.
        if newest == nil, state.expired > 0, cursor.event != nil, cursor.number > 0 { return nil }
        return Self.finding(cursor, newest, isWhole: isWhole)
    }

    private static func finding(_ cursor: OutboxCursor, _ newest: OutboxCursor?, isWhole: Bool) -> Finding {
        let what = cursor.number == newest?.number ? "another event as number \(cursor.number)" : "number \(cursor.number)"
        let found = newest.map { "the newest of the log has number \($0.number)" } ?? "the log does not hold it"
        let event = Hex.text(newest?.event?.bytes ?? [])
        return Finding(
            what: """
                the cursor of the outbox (table outbox_cursor of audit.db) names \(what) as the last event that came from there, and \
                \(found): somebody wrote there, and events would be passed over
                """,
            remedy: isWhole
                ? "INSERT OR REPLACE INTO outbox_cursor VALUES(1, \(newest?.number ?? 0), x'\(event)')" : "`ward audit restore`")
    }

    /// The newest entry that came from the outbox, of the newest ``window``.
    private func newest(in state: AuditStoreState) async throws(DatabaseError) -> OutboxCursor? {
        let floor = max(state.expired, state.nextPosition - Self.window)
        var end = state.nextPosition
        while end > floor {
            let start = max(floor, end - Self.page)
            let block = try await store.entries(
                from: start, limit: Int(end - start), maximumBytes: Int(Self.page) * AuditLimits.entryBytes)
            for index in (0..<block.count).reversed() where block.positions[index] < end {
                if let found = Self.outboxEntry(block[index]) { return found }
            }
            end = start
        }
        return nil
    }

    private func header(of event: EventID) async throws(DatabaseError) -> EntryHeader? {
        guard let position = try await TimeSearch(store: store).position(of: event) else { return nil }
        let block = try await store.entries(from: position, limit: 1, maximumBytes: 1)
        return block.count == 1 ? try? EntryHeader(parsing: block[0]) : nil
    }

    private func isAside(_ cursor: OutboxCursor) async throws(DatabaseError) -> Bool {
        var next: Int64? = .min
        while let from = next {
            let rows = try await store.aside(from: from, limit: 256)
            if rows.contains(where: { Self.outboxEntry($0.bytes) == cursor }) { return true }
            next = rows.last.flatMap { $0.number == .max ? nil : $0.number + 1 }
        }
        return false
    }

    /// The number and event of an entry that came from the outbox; nil of any other.
    private static func outboxEntry(_ entry: some Collection<UInt8>) -> OutboxCursor? {
        guard let header = try? EntryHeader(parsing: entry), header.emitter == .outbox else { return nil }
        return OutboxCursor(number: Int64(clamping: header.sequence), event: header.eventID)
    }
}

extension OutboxRelay {
    /// Where the cursor was when it was last held against the log.
    final class KnownCursor: Sendable {
        private let cursor = Mutex<OutboxCursor?>(nil)

        func set(_ known: OutboxCursor) { cursor.withLock { $0 = known } }
        func isKnown(_ found: OutboxCursor) -> Bool { cursor.withLock { $0 == found } }
    }

    /// The cursor, held against the log wherever it is not the one that this relay left behind.
    /// - Throws: ``AuditError`` with `.tampered`; the log is halted then. ``DatabaseError``.
    func checkedCursor() async throws -> OutboxCursor {
        let cursor = try await log.store.state().cursor
        if known.isKnown(cursor) { return cursor }
        if let finding = try await CursorCheck(of: log.store).finding() {
            let error = AuditError(.tampered, """
                \(finding.what). Keep a copy of the file as evidence; then, with the server stopped, set it right: \(finding.remedy)
                """)
            log.appender.halt(error)
            throw error
        }
        known.set(cursor)
        return cursor
    }
}
