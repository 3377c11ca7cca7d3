internal import WardDatabase
public import WardKeys

/// A step of wrapping data keys anew.
public struct RewrapStep: Sendable, Codable, Equatable {
    /// How many keys were looked at.
    public var looked: Int
    /// How many of them were wrapped anew.
    public var moved: Int
    /// Where the next step begins: the patient and version of the last key looked at; nil at the end.
    public var next: Place?

    /// A place in the order of the key store.
    public struct Place: Sendable, Codable, Equatable {
        /// Nil for the tenant's shared key.
        public var patient: String?
        public var version: UInt32
    }
}

extension DataKeyring {
    /// Wraps data keys that lie under an older key-encryption key under the newest one. Records are not touched, and
    /// the keys stay the same.
    ///
    /// A step is one transaction, so that a process may die at any moment: what was moved is moved, and a later run
    /// finds the rest.
    /// - Parameters:
    ///   - place: where to begin; nil for the beginning.
    ///   - limit: how many keys to look at.
    /// - Throws: `KeyError` with `.unavailable` where the key store does not answer, or as `TenantKeys/rewrap(_:)`.
    public func rewrap(after place: RewrapStep.Place?, limit: Int) async throws(KeyError) -> RewrapStep {
        // In use until what lies under it is durable: another that moves keys on at the same time does not destroy it.
        let newest = tenant.beginMaking()
        defer { tenant.endMaking(newest) }
        return try await rereading { () async throws(KeyError) in
            let rows = try await rows(after: place, limit: limit)
            let count = try await replace(try await rewrapped(rows.filter { $0.kekVersion < newest }, kekVersion: newest))
            let last = rows.count < limit ? nil : rows.last
            return RewrapStep(
                looked: rows.count, moved: count,
                next: last.map { .init(patient: $0.patient?.text, version: $0.version) })
        }
    }

    func rows(after place: RewrapStep.Place?, limit: Int) async throws(KeyError) -> [WrappedKeyRow] {
        try await rows(
            after: place.map { WrappedKeyPlace(patient: $0.patient.flatMap { LogicalID($0) }, version: $0.version) }, limit: limit)
    }

    /// Wrapped keys after a place, in the order of the key store.
    func rows(after place: WrappedKeyPlace?, limit: Int) async throws(KeyError) -> [WrappedKeyRow] {
        do throws(DatabaseError) {
            return try await store.list(tenant: TenantID(rawValue: tenant.tenant), after: place, limit: limit)
        } catch {
            throw Self.failure(error)
        }
    }

    private func replace(_ rows: [WrappedKeyRow]) async throws(KeyError) -> Int {
        do throws(DatabaseError) {
            return rows.isEmpty ? 0 : try await store.replace(rows)
        } catch {
            throw Self.failure(error)
        }
    }

    /// The versions of the key-encryption key that data keys lie under now, with their numbers.
    /// - Throws: `KeyError` with `.unavailable`.
    public func counts() async throws(KeyError) -> [UInt32: Int] {
        do throws(DatabaseError) {
            return try await store.counts(tenant: TenantID(rawValue: tenant.tenant))
        } catch {
            throw Self.failure(error)
        }
    }

    /// Overwrites what rewrapping left of the older wrapped forms.
    /// - Throws: `KeyError` with `.unavailable`.
    public func purge() async throws(KeyError) {
        do throws(DatabaseError) {
            try await store.purge()
        } catch {
            throw Self.failure(error)
        }
    }

    /// Wraps on all cores, in the order of the rows, which is that of the store's pages.
    private func rewrapped(_ rows: [WrappedKeyRow], kekVersion: UInt32) async throws(KeyError) -> [WrappedKeyRow] {
        let part = 1_024
        let parts = await withTaskGroup(of: (Int, Result<[WrappedKeyRow], KeyError>).self) { group in
            for start in stride(from: 0, to: rows.count, by: part) {
                group.addTask {
                    do throws(KeyError) {
                        var moved: [WrappedKeyRow] = []
                        moved.reserveCapacity(part)
                        for row in rows[start..<min(start + part, rows.count)] {
                            moved.append(try rewrapped(row, kekVersion: kekVersion))
                        }
                        return (start, .success(moved))
                    } catch {
                        return (start, .failure(error))
                    }
                }
            }
            return await group.reduce(into: [Int: Result<[WrappedKeyRow], KeyError>]()) { $0[$1.0] = $1.1 }
        }
        var moved: [WrappedKeyRow] = []
        moved.reserveCapacity(rows.count)
        for (_, part) in parts.sorted(by: { $0.key < $1.key }) { moved += try part.get() }
        return moved
    }

    private func rewrapped(_ row: WrappedKeyRow, kekVersion: UInt32) throws(KeyError) -> WrappedKeyRow {
        let owner = DataKeyOwner(tenant: row.tenant.rawValue, patient: row.patient?.text)
        let key = try tenant.rewrap(WrappedDataKey(
            owner: owner, version: row.version, kekVersion: row.kekVersion, wrapped: row.wrapped,
            commitment: row.commitment), kekVersion: kekVersion)
        var moved = row
        moved.kekVersion = key.kekVersion
        moved.wrapped = key.wrapped
        return moved
    }
}
