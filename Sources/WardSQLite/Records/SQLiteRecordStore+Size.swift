public import WardDatabase

extension SQLiteRecordStore {
    public func indexSize() async throws(DatabaseError) -> IndexSize {
        try await readers.read { connection throws(DatabaseError) in
            try connection.snapshot { () throws(DatabaseError) in
                let epochs = try TokenEpoch.all(connection)
                let lists = epochs.map { "SELECT record FROM token_list\($0.tables.suffix)" }.joined(separator: " UNION ")
                let records = try connection.integer("""
                    SELECT count(*) FROM record WHERE current = 1 AND deleted = 0 AND sequence IN (\(lists))
                    """)
                var entries = [0, 0, 0]
                for epoch in epochs {
                    entries[0] += try epoch.tables.recent(connection, boundary: epoch.boundary).count
                    entries[1] += try Int(connection.statement(epoch.tables.state).first { $0.integer(3) } ?? 0)
                    entries[2] += Int(try connection.integer("SELECT count(*) FROM token\(epoch.tables.suffix)"))
                }
                return IndexSize(
                    records: Int(records),
                    levels: zip(["recent", "runs", "large"], entries).map { .init(name: $0, entries: $1) })
            }
        }
    }
}
