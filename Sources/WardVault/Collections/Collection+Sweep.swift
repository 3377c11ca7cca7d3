public import WardDatabase

extension Collection {
    /// What one step of a sweep did.
    public struct SweepStep: Sendable {
        /// How many values went.
        public var count: Int
        /// Whether more may wait.
        public var isLast: Bool
        /// How many values were left where they are because they do not open: what is wrong with them a verification tells.
        public var unreadable = 0
    }

    /// Removes values for good to which nobody wrote since `time`, with all their versions, the oldest first; durable on return.
    ///
    /// The removal, the new version of the collection's ``SweepMark`` and the events are one transaction. Where nothing is old
    /// enough, nothing is written. A step that was interrupted is simply done again.
    /// - Parameters:
    ///   - time: nothing that was not written to since may be of any use now, whatever its value; microseconds since 1970.
    ///   - limit: how many go at most.
    ///   - events: what to tell the audit log, given the values that go and were not deleted before, the id of the mark and how
    ///     many go in all. An event that tells of the mark gets its digest; others must have none.
    /// - Throws: ``VaultError``, ``DatabaseError``; nothing went then.
    public func sweep(
        before time: Int64, limit: Int,
        events: @Sendable (_ values: [CollectionItem<Value>], _ mark: LogicalID, _ count: Int) throws -> [OutboxEvent]
    ) async throws -> SweepStep {
        let found = try await vault.attempt { () async throws(DatabaseError) in
            try await vault.store.stale(name, tenant: vault.tenant, before: time, limit: limit)
        }
        guard !found.isEmpty else { return SweepStep(count: 0, isLast: true) }
        var living: [CollectionItem<Value>] = []
        var unreadable: Set<RecordKey> = []
        for row in found where !row.isDeleted {
            do throws(VaultError) {
                let record = try await vault.open(row)
                living.append(
                    CollectionItem(id: record.key.id, version: record.version, updatedAt: record.updatedAt, value: try value(of: record)))
            } catch {
                // One that does not open holds up no other, and stays as evidence. A key that is not to be had now is no such fault.
                guard error.code == .notAuthentic else { throw error }
                unreadable.insert(row.key)
            }
        }
        let rows = found.filter { !unreadable.contains($0.key) }
        guard let last = rows.last else { return SweepStep(count: 0, isLast: true, unreadable: unreadable.count) }
        let id = SweepMark.id(of: name)
        let marks = Collection<SweepMark>(SweepMark.collectionName, in: vault)
        let old = try await marks.get(id)
        let mark = SweepMark(
            collection: name, through: max(old?.value.through ?? 0, last.updatedAt),
            sequence: max(old?.value.sequence ?? 0, rows.map(\.sequence).max() ?? 0), count: (old?.value.count ?? 0) + rows.count)
        try await marks.put(
            id, mark, expecting: old?.version, preconditions: [],
            removing: rows.map { WriteBatch.Removal($0.key, version: $0.version) }, events: try events(living, id, rows.count))
        return SweepStep(count: rows.count, isLast: found.count < limit, unreadable: unreadable.count)
    }
}
