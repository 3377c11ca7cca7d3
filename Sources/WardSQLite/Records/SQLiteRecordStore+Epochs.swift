internal import Synchronization
public import WardDatabase

extension SQLiteRecordStore {
    public func indexState() async throws(DatabaseError) -> IndexState {
        try await readers.read { connection throws(DatabaseError) in
            let epochs = try TokenEpoch.all(connection)
            let newest = epochs[epochs.count - 1]
            return IndexState(
                epoch: newest.epoch, older: epochs.count > 1 ? epochs[0].epoch : nil, boundary: newest.boundary,
                reindexed: newest.reindexed)
        }
    }

    public func beginIndex(epoch: UInt32) async throws(DatabaseError) {
        guard let writer else { throw DatabaseError(.unavailable, "index: open for reading only") }
        _ = try await writer.write({ connection throws(DatabaseError) -> (begun: TokenEpoch?, newest: UInt32) in
            let epochs = try TokenEpoch.all(connection)
            let newest = epochs[epochs.count - 1]
            guard newest.epoch < epoch else { return (nil, newest.epoch) }
            let tables = TokenTables.all[1 - newest.tables.number]
            guard epochs.count == 1, try Self.isEmpty(tables, connection) else {
                throw DatabaseError(.unavailable, "index: an earlier change has not ended")
            }
            let boundary = try connection.integer("SELECT coalesce(max(sequence), 0) FROM record")
            for slice in 0..<TokenEntry.sliceCount {
                let mark = try connection.statement(tables.markSlice)
                mark.bind(1, Int64(slice))
                mark.bind(2, boundary)
                mark.bind(3, 0)
                try mark.run()
            }
            let state = try connection.statement(tables.setState)
            for (index, value) in [0, 0, 1, 0].enumerated() { state.bind(Int32(index + 1), Int64(value)) }
            try state.run()
            let row = try connection.statement(
                "INSERT INTO token_epoch (tables, epoch, boundary, reindexed) VALUES (?1, ?2, ?3, 0)")
            row.bind(1, Int64(tables.number))
            row.bind(2, Int64(epoch))
            row.bind(3, boundary)
            try row.run()
            return (TokenEpoch(tables: tables, epoch: epoch, boundary: boundary, reindexed: 0), epoch)
        }, committed: { [levels, self] result in
            if let begun = result.begun {
                levels[begun.tables.number].recent.restore([], newestSequence: begun.boundary, reindexed: 0)
            }
            newestEpoch.withLock { $0 = max($0, result.newest) }
        })
    }

    public func unindexed(limit: Int) async throws(DatabaseError) -> UnindexedPage {
        try await readers.read { [types] connection throws(DatabaseError) in
            try connection.snapshot { () throws(DatabaseError) in
                let epochs = try TokenEpoch.all(connection)
                let newest = epochs[epochs.count - 1]
                let statement = try connection.statement("""
                    SELECT sequence, id, patient, version, updated_at, deleted, current, key_version, digest, filter, tenant, type
                    FROM record WHERE sequence > ?1 AND sequence <= ?2 AND current = 1 AND deleted = 0
                    ORDER BY sequence LIMIT ?3
                    """)
                statement.bind(1, newest.reindexed)
                statement.bind(2, newest.boundary)
                statement.bind(3, Int64(max(1, limit)))
                var page = UnindexedPage(rows: [], through: newest.boundary)
                var looked = 0
                try statement.forEachRow { row throws(DatabaseError) in
                    looked += 1
                    if looked == max(1, limit) { page.through = row.integer(0) }
                    do throws(DatabaseError) {
                        page.rows.append(try RecordRow.read(row, at: 10, types, connection, includesContent: false))
                    } catch {
                        guard error.code == .damaged else { throw error }
                        page.damaged = RecordRow.damage(row, at: 10, types, connection, error)
                    }
                    return page.damaged == nil
                }
                return page
            }
        }
    }

    public func reindex(
        _ versions: [ReindexedVersion], after: Int64, through: Int64, epoch: UInt32
    ) async throws(DatabaseError) {
        guard let writer else { throw DatabaseError(.unavailable, "index: open for reading only") }
        _ = try await writer.write({ connection throws(DatabaseError) -> Reindexed? in
            let epochs = try TokenEpoch.all(connection)
            let newest = epochs[epochs.count - 1]
            guard newest.epoch == epoch else { throw DatabaseError(.indexMoved, "reindex: another epoch is the newest") }
            guard newest.reindexed == after, through <= newest.boundary else { return nil }
            var changes: [TokenChange] = []
            for version in versions where version.sequence > after && version.sequence <= through {
                guard try Self.isCurrent(version.sequence, connection) else { continue }
                if let filter = version.filter { try Self.replace(filter, of: version.sequence, connection) }
                guard !version.tokens.isEmpty else { continue }
                let tokens = TokenList.normal(version.tokens)
                let list = try connection.statement(newest.tables.insertList)
                list.bind(1, version.sequence)
                list.bind(2, TokenList.encode(tokens))
                try list.run()
                changes.append(TokenChange(record: version.sequence, tokens: tokens, isDrop: false))
            }
            let mark = try connection.statement("UPDATE token_epoch SET reindexed = ?1 WHERE epoch = ?2")
            mark.bind(1, through)
            mark.bind(2, Int64(epoch))
            try mark.run()
            return Reindexed(number: newest.tables.number, changes: changes, through: through)
        }, committed: { [levels] done in
            if let done { levels[done.number].recent.add(done.changes, reindexed: done.through) }
        })
    }

    public func endOlderIndex() async throws(DatabaseError) -> Bool {
        guard let writer else { throw DatabaseError(.unavailable, "index: open for reading only") }
        let ended = try await writer.write({ connection throws(DatabaseError) -> Int? in
            let epochs = try TokenEpoch.all(connection)
            let newest = epochs[epochs.count - 1]
            guard epochs.count > 1 else { return nil }
            guard newest.reindexed == newest.boundary else {
                throw DatabaseError(.unavailable, "index: versions are still found by the older epoch alone")
            }
            let row = try connection.statement("DELETE FROM token_epoch WHERE epoch = ?1")
            row.bind(1, Int64(epochs[0].epoch))
            try row.run()
            return epochs[0].tables.number
        }, committed: { [levels] ended in
            if let ended { levels[ended].recent.restore([], newestSequence: 0, reindexed: 0) }
        })
        if ended != nil { return false }
        return try await writer.write { connection throws(DatabaseError) in
            let tables = TokenTables.all[1 - (try TokenEpoch.all(connection)[0].tables.number)]
            for part in [tables.someLarge, tables.someRuns, tables.someLists, tables.someDrops] {
                try connection.statement(part).run()
                if connection.changes > 0 { return false }
            }
            return true
        }
    }

    /// What a step brought over, for the memory that mirrors the database.
    private struct Reindexed: Sendable {
        var number: Int
        var changes: [TokenChange]
        var through: Int64
    }

    private static func isEmpty(_ tables: TokenTables, _ connection: Connection) throws(DatabaseError) -> Bool {
        for name in ["token_list", "token_run", "token", "token_drop"] {
            if try connection.integer("SELECT EXISTS (SELECT 1 FROM \(name)\(tables.suffix))") != 0 { return false }
        }
        return true
    }

    private static func isCurrent(_ sequence: Int64, _ connection: Connection) throws(DatabaseError) -> Bool {
        let statement = try connection.statement(
            "SELECT 1 FROM record WHERE sequence = ?1 AND current = 1 AND deleted = 0")
        statement.bind(1, sequence)
        return try statement.first { _ in true } != nil
    }

    private static func replace(
        _ filter: [UInt8], of sequence: Int64, _ connection: Connection
    ) throws(DatabaseError) {
        let statement = try connection.statement("UPDATE record SET filter = ?1 WHERE sequence = ?2")
        statement.bind(1, filter)
        statement.bind(2, sequence)
        try statement.run()
    }
}
