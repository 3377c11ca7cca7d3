public import WardDatabase
internal import WardKeys

extension Vault {
    /// The newest version of a record, which may be a deletion; nil if there never was one.
    /// - Throws: ``VaultError``.
    public func newest(_ type: String, _ id: LogicalID) async throws(VaultError) -> OpenedRecord? {
        let key = key(type, id)
        guard let row = try await attempt(key, { () async throws(DatabaseError) in try await store.newest(key) }) else { return nil }
        return try await open(row)
    }

    /// One version of a record.
    /// - Throws: ``VaultError``.
    public func version(_ version: UInt64, _ type: String, _ id: LogicalID) async throws(VaultError) -> OpenedRecord? {
        let key = key(type, id)
        let found = try await attempt(key) { () async throws(DatabaseError) in try await store.version(version, of: key) }
        guard let row = found else { return nil }
        return try await open(row)
    }

    /// Versions of a record, newest first, older than `before` where given; at most `limit`. Versions that lie in the
    /// compartment of a patient whose keys were destroyed are passed over where others are readable.
    /// - Throws: ``VaultError``; `.shredded` where there are only such versions.
    public func history(
        _ type: String, _ id: LogicalID, before: UInt64?, limit: Int
    ) async throws(VaultError) -> [OpenedRecord] {
        let key = key(type, id)
        var opened: [OpenedRecord] = []
        var (place, shredded): (UInt64?, VaultError?) = (before, nil)
        while opened.count < limit {
            let asked = limit - opened.count
            let rows = try await attempt(key) { () async throws(DatabaseError) in
                try await store.history(of: key, before: place, limit: asked)
            }
            for row in rows {
                do {
                    opened.append(try await open(row))
                } catch {
                    guard error.code == .shredded else { throw error }
                    shredded = error
                }
            }
            guard rows.count == asked, let last = rows.last else { break }
            place = last.version
        }
        if opened.isEmpty, let shredded { throw shredded }
        return opened
    }

    /// The versions with these numbers, in the order asked; missing ones are left out.
    /// - Throws: ``VaultError``.
    public func records(_ sequences: [Int64]) async throws(VaultError) -> [OpenedRecord] {
        let rows = try await attempt { () async throws(DatabaseError) in try await store.records(sequences) }
        var opened: [OpenedRecord] = []
        opened.reserveCapacity(rows.count)
        for row in rows { opened.append(try await open(row)) }
        return opened
    }

    /// Opens a row and checks it against all that the store holds in the clear.
    /// - Throws: ``VaultError`` with `.notAuthentic` or `.keyMissing`.
    public func open(_ row: StoredRecord) async throws(VaultError) -> OpenedRecord {
        // A warm key is taken without a suspension, which would cost as much as decrypting.
        let warm = keys.cached(of: row.patient)?[row.keyVersion]
        let key = if let warm { warm } else { try await dataKey(of: row) }
        do throws(SealError) {
            let content = try sealer.open(row.sealed, header: RecordHeader(row), key: key)
            return OpenedRecord(row, content: content, sealer: sealer, key: key)
        } catch {
            throw VaultError(
                .notAuthentic, record: row.key, of: row.patient, "version \(row.version) cannot be opened: \(error.code.rawValue)")
        }
    }

    /// The data key that sealed a row.
    func dataKey(of row: StoredRecord) async throws(VaultError) -> DataKey {
        do throws(KeyError) {
            return try await keys.key(of: row.patient, version: row.keyVersion)
        } catch {
            var failure = Self.failure(error, record: row.key)
            failure.patient = row.patient
            throw failure
        }
    }

    func attempt<Value>(
        _ record: RecordKey? = nil, _ work: () async throws(DatabaseError) -> Value
    ) async throws(VaultError) -> Value {
        do throws(DatabaseError) {
            return try await work()
        } catch {
            throw VaultError(error, record: record)
        }
    }
}
