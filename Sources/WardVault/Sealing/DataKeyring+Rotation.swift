internal import WardDatabase
public import WardKeys

/// A step of making new versions of data keys.
public struct DataKeyStep: Sendable, Codable, Equatable {
    /// How many owners were looked at.
    public var looked: Int
    /// For how many of them a new version was made.
    public var made: Int
    /// Where the next step begins; nil at the end.
    public var next: RewrapStep.Place?

    /// A step; by default one that found nothing to do.
    public init(looked: Int = 0, made: Int = 0, next: RewrapStep.Place? = nil) {
        self.looked = looked
        self.made = made
        self.next = next
    }
}

extension DataKeyring {
    /// Makes a new version of the data keys of owners whose newest one was made before a moment. What is sealed from
    /// then on is sealed under it, after a short while (``DataKeySet/sealing``); older versions open what they sealed,
    /// and are destroyed with the patient.
    ///
    /// A step is one transaction, so that a process may die at any moment: a later run passes over what was made.
    /// - Parameters:
    ///   - moment: microseconds since 1970-01-01T00:00:00Z.
    ///   - place: where to begin; nil for the beginning.
    ///   - limit: how many keys to look at.
    /// - Throws: `KeyError` with `.unavailable` where the key store does not answer.
    public func rotate(
        madeBefore moment: Int64, after place: RewrapStep.Place?, limit: Int
    ) async throws(KeyError) -> DataKeyStep {
        let kekVersion = tenant.beginMaking()
        defer { tenant.endMaking(kekVersion) }
        var attempt = 0
        while true {
            let rows = try await rows(after: place, limit: limit)
            // Of an owner whose versions go on in the next page, what follows is there already, and stays.
            var newest: [WrappedKeyRow] = []
            for row in rows {
                if let last = newest.last, last.patient == row.patient { newest.removeLast() }
                newest.append(row)
            }
            let last = rows.count < limit ? nil : rows.last
            do throws(DatabaseError) {
                let made = try await make(newest.filter { $0.createdAt < moment }, moment, kekVersion)
                return DataKeyStep(
                    looked: newest.count, made: made, next: last.map { .init(patient: $0.patient?.text, version: $0.version) })
            } catch {
                // One of them was shredded in between, and is not listed any more.
                attempt += 1
                guard error.code == .destroyed, attempt < 10 else {
                    throw Self.failure(error)
                }
            }
        }
    }

    /// Makes the version after each of these.
    /// - Returns: how many were not there yet.
    private func make(
        _ rows: [WrappedKeyRow], _ moment: Int64, _ kekVersion: UInt32
    ) async throws(DatabaseError) -> Int {
        var made: [WrappedKeyRow] = []
        for row in rows {
            let key: WrappedDataKey
            do throws(KeyError) {
                key = try tenant.makeDataKey(
                    owner: owner(row.patient), version: row.version + 1, kekVersion: kekVersion).wrapped
            } catch {
                throw DatabaseError(.unavailable, "data key: \(error.code.rawValue)")
            }
            made.append(WrappedKeyRow(
                tenant: row.tenant, patient: row.patient, version: key.version, kekVersion: key.kekVersion,
                wrapped: key.wrapped, commitment: key.commitment, createdAt: max(clock.now(), moment)))
        }
        guard !made.isEmpty else { return 0 }
        let held = try await store.put(made)
        for row in made { evict(row.patient) }
        return zip(made, held).count { $0.commitment == $1.commitment }
    }
}
