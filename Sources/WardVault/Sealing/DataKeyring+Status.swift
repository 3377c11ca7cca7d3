internal import WardDatabase
public import WardKeys

/// A page of the data keys of a tenant, by id, version, age and place; never their bytes.
public struct DataKeyPage: Sendable, Codable, Equatable {
    /// In the order of the key store: the shared key, then patients, each version after the other.
    public var keys: [KeyringStatus.Key]
    /// The id after which the next page begins; nil at the end.
    public var next: String?
}

extension DataKeyring {
    /// A page of the data keys.
    /// - Parameters:
    ///   - id: the last one of the page before; nil for the beginning.
    ///   - limit: how many, 1 or more.
    ///   - place: the file that holds them, as it is told.
    /// - Throws: `KeyError` with `.unknownKey` where the id is that of no data key, `.unavailable` where the key store does
    ///   not answer.
    public func page(after id: String?, limit: Int, place: String) async throws(KeyError) -> DataKeyPage {
        var after: WrappedKeyPlace?
        if let id {
            guard let found = KeyringStatus.Key.dataKey(id, tenant: tenant.tenant) else {
                throw KeyError(.unknownKey, "the id of a data key is tenant-N/shared/V or tenant-N/patient/ID/V")
            }
            let patient = found.patient.flatMap { LogicalID($0) }
            guard found.patient == nil || patient != nil else { throw KeyError(.unknownKey, "no id of a patient") }
            after = WrappedKeyPlace(patient: patient, version: found.version)
        }
        // One more than asked for tells whether the last one is its owner's newest.
        let rows = try await rows(after: after, limit: limit + 1)
        let now = clock.now()
        var keys: [KeyringStatus.Key] = []
        for (index, row) in rows.prefix(limit).enumerated() {
            let isFollowed = index + 1 < rows.count && rows[index + 1].patient == row.patient
            keys.append(KeyringStatus.Key(
                tenant: tenant.tenant, patient: row.patient?.text, version: row.version, kekVersion: row.kekVersion,
                createdAt: row.createdAt, place: place, isCurrent: !isFollowed, now: now))
        }
        return DataKeyPage(keys: keys, next: rows.count > limit ? keys.last?.id : nil)
    }
}
