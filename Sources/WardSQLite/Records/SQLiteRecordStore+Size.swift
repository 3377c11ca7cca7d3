public import WardDatabase

extension SQLiteRecordStore {
    public func indexSize() async throws(DatabaseError) -> IndexSize {
        try await readers.read { connection throws(DatabaseError) in
            try connection.snapshot { () throws(DatabaseError) in
                let through = try TokenLevels.through(connection).min() ?? 0
                let lists = try connection.integer("""
                    SELECT count(*) FROM token_list l JOIN record r ON r.sequence = l.record
                    WHERE r.current = 1 AND r.deleted = 0
                    """)
                let recent = try connection.integer("SELECT coalesce(sum(length(tokens)), 0) / 8 FROM token_list WHERE record > \(through)")
                return IndexSize(
                    records: Int(lists),
                    levels: [
                        .init(name: "recent", entries: Int(recent)),
                        .init(
                            name: "runs",
                            entries: Int(try connection.integer("SELECT run_entries FROM token_state WHERE key = 1"))),
                        .init(name: "large", entries: Int(try connection.integer("SELECT count(*) FROM token"))),
                    ])
            }
        }
    }
}
