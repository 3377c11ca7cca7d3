internal import Synchronization
public import WardDatabase

extension SQLiteRecordStore {
    /// What a batch wrote, for the receipt and for the memory that mirrors the database.
    private struct Written: Sendable {
        var sequences: [Int64] = []
        /// Changes of the index, by the number of its set of tables.
        var changes: [Int: [TokenChange]] = [:]
        var newestOutbox: Int64 = 0
    }

    public func commit(_ batch: WriteBatch) async throws(DatabaseError) -> CommitReceipt {
        guard let writer else { throw DatabaseError(.unavailable, "commit: open for reading only") }
        try Self.check(batch)
        try await addTypes(of: batch, writer)
        if batch.indexEpoch > newestEpoch.withLock({ $0 }) { try await beginIndex(epoch: batch.indexEpoch) }
        let written = try await writer.write({ [levels, types, options] connection throws(DatabaseError) in
            let epochs = try TokenEpoch.all(connection)
            if batch.indexEpoch > 0, let newest = epochs.last, batch.indexEpoch < newest.epoch {
                throw DatabaseError(.indexMoved, "commit: the index was begun anew")
            }
            let checker = PreconditionChecker(
                connection: connection, types: types, levels: levels, epochs: epochs, tokenHits: options.tokenHits)
            for precondition in batch.preconditions { try checker.check(precondition) }
            var written = Written()
            written.sequences.reserveCapacity(batch.records.count)
            try Self.requireOpenCompartments(batch.records, connection)
            for record in batch.records { try Self.insert(record, types, epochs, &written, connection) }
            if let since = written.sequences.last {
                let changes = try Self.withdraw(batch.withdrawn, since: since, epochs, connection)
                written.changes.merge(changes, uniquingKeysWith: +)
                let gone = try Self.remove(batch.removed, since: since, types, epochs, connection)
                written.changes.merge(gone, uniquingKeysWith: +)
            }
            for event in batch.events { try Self.insert(event, &written, connection) }
            return written
        }, committed: { [levels, signal] written in
            if let newest = written.sequences.last {
                for (number, changes) in written.changes { levels[number].recent.add(changes, newestSequence: newest) }
            }
            if written.newestOutbox > 0 { signal.added(through: written.newestOutbox) }
        })
        return CommitReceipt(sequences: written.sequences, events: Set(batch.events.map(\.id)))
    }

    private static func check(_ batch: WriteBatch) throws(DatabaseError) {
        // The newest row is never one that goes, so that no sequence is given twice.
        guard batch.withdrawn.isEmpty && batch.removed.isEmpty || !batch.records.isEmpty else {
            throw DatabaseError(.preconditionFailed, "commit: what withdraws or removes must write")
        }
        var keys: Set<RecordKey> = []
        keys.reserveCapacity(batch.records.count)
        for record in batch.records {
            guard record.version >= 1, record.version <= UInt64(Int64.max) else {
                throw DatabaseError(.versionConflict, "commit: version out of range")
            }
            guard keys.insert(record.key).inserted else {
                throw DatabaseError(.versionConflict, "commit: two versions of one record in a batch")
            }
        }
        guard keys.isDisjoint(with: batch.removed.lazy.map(\.key)) else {
            throw DatabaseError(.preconditionFailed, "commit: a record is written and removed")
        }
    }

    /// Types get their number before the batch runs, durably, so that a rollback never takes back a number that is remembered.
    private func addTypes(of batch: WriteBatch, _ writer: GroupWriter) async throws(DatabaseError) {
        var unknown: Set<String> = []
        var last = ""
        for record in batch.records where record.key.type != last {
            last = record.key.type
            if types.number(of: last) == nil { unknown.insert(last) }
        }
        guard !unknown.isEmpty else { return }
        let names = unknown.sorted()
        try await writer.write { connection throws(DatabaseError) in
            for name in names { try RecordTypes.add(name, connection) }
        }
    }

    private static func insert(
        _ record: NewRecord, _ types: RecordTypes, _ epochs: [TokenEpoch], _ written: inout Written,
        _ connection: Connection
    ) throws(DatabaseError) {
        guard let type = try types.number(of: record.key.type, connection) else {
            throw DatabaseError(.corrupt, "commit: record type")
        }
        let newest = try newest(record.key, type, connection)
        guard record.version == (newest?.version ?? 0) &+ 1 else {
            throw DatabaseError(.versionConflict, "commit: a newer version exists, or one is missing")
        }
        if let newest { try supersede(newest.sequence, connection) }
        let statement = try connection.statement("""
            INSERT INTO record (tenant, patient, type, id, version, updated_at, current, deleted, key_version, digest, filter, sealed)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?8, ?9, ?10, ?11)
            """)
        statement.bind(1, Int64(record.key.tenant.rawValue))
        if let patient = record.patient { RecordRow.bind(patient, statement, 2) } else { statement.bindNull(2) }
        statement.bind(3, type)
        RecordRow.bind(record.key.id, statement, 4)
        statement.bind(5, Int64(record.version))
        statement.bind(6, record.updatedAt)
        statement.bind(7, record.isDeleted)
        statement.bind(8, Int64(record.keyVersion))
        statement.bind(9, record.digest)
        statement.bind(10, record.filter)
        statement.bind(11, record.sealed)
        try statement.run()
        let sequence = connection.lastInsertedRow
        guard sequence > 0, sequence < RecordRow.sequences else {
            throw DatabaseError(.corrupt, "commit: a row of record has a sequence that is never given; ward verify names it")
        }
        written.sequences.append(sequence)
        for epoch in epochs {
            // Also where nothing changes: its marks follow the sequences.
            var dropped: [TokenChange] = []
            if let newest { dropped = try drop(newest.sequence, since: sequence, epoch.tables, connection) }
            written.changes[epoch.tables.number, default: []] += dropped
        }
        guard !record.tokens.isEmpty, !record.isDeleted, let tables = epochs.last?.tables else { return }
        let tokens = TokenList.normal(record.tokens)
        let list = try connection.statement(tables.insertList)
        list.bind(1, sequence)
        list.bind(2, TokenList.encode(tokens))
        try list.run()
        written.changes[tables.number, default: []].append(TokenChange(record: sequence, tokens: tokens, isDrop: false))
    }

    private static func insert(
        _ event: OutboxEvent, _ written: inout Written, _ connection: Connection
    ) throws(DatabaseError) {
        let statement = try connection.statement("INSERT INTO outbox (event, entry) VALUES (?1, ?2)")
        statement.bind(1, event.id.bytes)
        statement.bind(2, event.entry)
        try statement.run()
        let number = connection.lastInsertedRow
        // One that is not above 0 would never be read.
        guard number > 0 else { throw DatabaseError(.corrupt, "commit: the counter of the outbox is set back; ward verify names it") }
        written.newestOutbox = number
    }

    /// Sequence and version of the newest version of a record.
    static func newest(
        _ key: RecordKey, _ type: Int64, _ connection: Connection
    ) throws(DatabaseError) -> (sequence: Int64, version: UInt64)? {
        let statement = try connection.statement("""
            SELECT sequence, version FROM record WHERE tenant = ?1 AND type = ?2 AND id = ?3 ORDER BY version DESC LIMIT 1
            """)
        statement.bind(1, Int64(key.tenant.rawValue))
        statement.bind(2, type)
        RecordRow.bind(key.id, statement, 3)
        return try statement.first { ($0.integer(0), UInt64(bitPattern: $0.integer(1))) }
    }

    private static func supersede(_ sequence: Int64, _ connection: Connection) throws(DatabaseError) {
        let statement = try connection.statement("UPDATE record SET current = 0 WHERE sequence = ?1")
        statement.bind(1, sequence)
        try statement.run()
    }

    /// Notes that the tokens of a version are to leave a set of tables; nothing if it has none there.
    static func drop(
        _ record: Int64, since: Int64, _ tables: TokenTables, _ connection: Connection
    ) throws(DatabaseError) -> [TokenChange] {
        let list = try connection.statement(tables.list)
        list.bind(1, record)
        guard let tokens = try list.first({ $0.withBytes(0, TokenList.decode) }) else { return [] }
        let drop = try connection.statement(tables.insertDrop)
        drop.bind(1, record)
        drop.bind(2, since)
        try drop.run()
        return [TokenChange(record: record, tokens: tokens, isDrop: true)]
    }
}
