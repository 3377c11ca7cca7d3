public import WardDatabase

extension SQLiteRecordStore {
    public func candidates(_ query: CandidateQuery) async throws(DatabaseError) -> CandidatePage {
        try await readers.read { [levels, types, options, writer] connection throws(DatabaseError) in
            // Memory first, then the snapshot: what leaves memory in between lies in the snapshot.
            let recent = writer == nil ? nil : levels.recent.hits(query.groups)
            return try connection.snapshot { () throws(DatabaseError) in
                guard let type = try types.number(of: query.type, connection) else {
                    return CandidatePage(rows: [], isComplete: true)
                }
                let search = CandidateSearch(query: query, type: type, options: options, connection: connection)
                if let recent { return try search.page(recent: recent) }
                return try search.page(recent: Self.scannedHits(query.groups, connection))
            }
        }
    }

    /// For each group, the records that the recent level finds, read from the database: for stores without the memory of the writer.
    private static func scannedHits(
        _ groups: [[Int64]], _ connection: Connection
    ) throws(DatabaseError) -> [[Int64]] {
        guard !groups.isEmpty else { return [] }
        let entries = try TokenLevels.recent(connection)
        return groups.map { tokens in
            let wanted = Set(tokens)
            return entries.compactMap { $0.record > 0 && wanted.contains($0.token) ? $0.record : nil }
        }
    }
}
