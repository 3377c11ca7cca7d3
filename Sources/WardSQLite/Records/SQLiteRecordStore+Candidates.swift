public import WardDatabase

extension SQLiteRecordStore {
    public func candidates(_ query: CandidateQuery) async throws(DatabaseError) -> CandidatePage {
        try await readers.read { [levels, types, options, writer] connection throws(DatabaseError) in
            // Memory first, then the snapshot: what leaves memory in between lies in the snapshot.
            let recent = writer == nil ? nil : Self.hits(levels, query.groups)
            return try connection.snapshot { () throws(DatabaseError) in
                let epochs = try TokenEpoch.all(connection)
                if query.indexEpoch > 0, let oldest = epochs.first, query.indexEpoch < oldest.epoch, !query.groups.isEmpty {
                    throw DatabaseError(.indexMoved, "candidates: the index was made anew")
                }
                guard let type = try types.number(of: query.type, connection) else {
                    return CandidatePage(rows: [], isComplete: true)
                }
                let search = CandidateSearch(
                    query: query, type: type, options: options, tables: epochs.reversed().map(\.tables), types: types,
                    connection: connection)
                if let recent { return try search.page(recent: recent) }
                return try search.page(recent: Self.scannedHits(query.groups, epochs, connection))
            }
        }
    }

    /// For each group, the records that the recent levels find.
    private static func hits(_ levels: [TokenLevels], _ groups: [[Int64]]) -> [[Int64]] {
        var found = [[Int64]](repeating: [], count: groups.count)
        for level in levels {
            for (index, records) in level.recent.hits(groups).enumerated() { found[index] += records }
        }
        return found
    }

    /// For each group, the records that the recent levels find, read from the database: for stores without the memory of the writer.
    private static func scannedHits(
        _ groups: [[Int64]], _ epochs: [TokenEpoch], _ connection: Connection
    ) throws(DatabaseError) -> [[Int64]] {
        guard !groups.isEmpty else { return [] }
        var entries: [TokenEntry] = []
        for epoch in epochs { entries += try epoch.tables.recent(connection, boundary: epoch.boundary) }
        return groups.map { tokens in
            let wanted = Set(tokens)
            return entries.compactMap { $0.record > 0 && wanted.contains($0.token) ? $0.record : nil }
        }
    }
}
