public import WardDatabase

extension SQLiteRecordStore {
    public func indexSize(bound: Int) async throws(DatabaseError) -> IndexSize {
        try await readers.read { connection throws(DatabaseError) in
            try connection.snapshot { () throws(DatabaseError) in
                let epochs = try TokenEpoch.all(connection)
                // The lists of the newest epoch, then those of the one before that the newest has not.
                let lists = epochs.reversed().enumerated().map { index, epoch in
                    let others = index == 0 ? "" : " AND NOT EXISTS (SELECT 1 FROM token_list\(epochs[1].tables.suffix) n WHERE n.record = l.record)"
                    return """
                        SELECT 1 FROM token_list\(epoch.tables.suffix) l JOIN record r ON r.sequence = l.record
                        WHERE r.current = 1 AND r.deleted = 0\(others)
                        """
                }
                let records = try connection.integer(
                    "SELECT count(*) FROM (\(lists.joined(separator: " UNION ALL ")) LIMIT \(max(0, bound)))")
                var entries = [0, 0, 0]
                for epoch in epochs {
                    entries[0] += try epoch.tables.recent(connection, boundary: epoch.boundary).count
                    entries[1] += try Int(connection.statement(epoch.tables.state).first { $0.integer(3) } ?? 0)
                    entries[2] += Int(try connection.integer(
                        "SELECT count(*) FROM (SELECT 1 FROM token\(epoch.tables.suffix) LIMIT \(max(0, bound)))"))
                }
                return IndexSize(
                    records: Int(records), bound: bound,
                    levels: zip(["recent", "runs", "large"], entries).map { .init(name: $0, entries: $1) })
            }
        }
    }
}
