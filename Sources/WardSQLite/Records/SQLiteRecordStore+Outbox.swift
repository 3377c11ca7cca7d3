public import WardDatabase

extension SQLiteRecordStore {
    public func outbox(after number: Int64, limit: Int) async throws(DatabaseError) -> [OutboxRow] {
        try await readers.read { connection throws(DatabaseError) in
            let statement = try connection.statement(
                "SELECT number, event, entry FROM outbox WHERE number > ?1 ORDER BY number LIMIT ?2")
            statement.bind(1, number)
            statement.bind(2, Int64(max(0, limit)))
            var rows: [OutboxRow] = []
            try statement.forEachRow { row throws(DatabaseError) in
                let id = EventID(row.bytes(1)) ?? .none
                rows.append(OutboxRow(number: row.integer(0), event: OutboxEvent(id: id, entry: row.bytes(2))))
                return true
            }
            return rows
        }
    }

    public func removeOutbox(through number: Int64) async throws(DatabaseError) {
        guard let writer else { throw DatabaseError(.unavailable, "outbox: open for reading only") }
        try await writer.write({ connection throws(DatabaseError) in
            let statement = try connection.statement("DELETE FROM outbox WHERE number <= ?1")
            statement.bind(1, number)
            try statement.run()
        }, committed: { [signal] in signal.removed(through: number) })
    }

    public func waitForOutbox(after number: Int64) async throws(DatabaseError) {
        guard writer != nil else { throw DatabaseError(.unavailable, "outbox: open for reading only") }
        try await signal.wait(after: number)
    }
}
