internal import Crypto
public import WardDatabase
internal import WardKeys

/// A draft that was sealed, with the digest that its audit event must carry.
public struct SealedDraft: Sendable {
    /// The row as it will be written.
    let row: NewRecord
    /// The epoch of its tokens; 0 where it has none.
    let indexEpoch: UInt32
    /// SHA-256 of the sealed content, 32 bytes.
    public var digest: [UInt8] { row.digest }
    /// What names the record.
    public var key: RecordKey { row.key }
    /// The version that it will be.
    public var version: UInt64 { row.version }
}

extension Vault {
    /// Seals drafts and makes their tokens; nothing is written yet, except the data keys of patients who had none.
    /// - Throws: ``VaultError`` with `.keysUnavailable` where a key cannot be had, `.indexMoved` where the epoch of the terms is over.
    public func seal(_ drafts: [RecordDraft]) async throws(VaultError) -> [SealedDraft] {
        var sealed: [SealedDraft] = []
        sealed.reserveCapacity(drafts.count)
        for draft in drafts { sealed.append(try await seal(draft)) }
        return sealed
    }

    /// Writes sealed drafts together, all or none; durable on return.
    /// - Parameter indexEpoch: the newest epoch of the index that the tokens of the preconditions were made for; nil where there are none.
    /// - Throws: ``VaultError`` with `.versionConflict` or `.preconditionFailed` where it came too late, `.indexMoved` where the epoch of
    ///   a token is over; nothing was written then.
    public func commit(
        _ drafts: [SealedDraft], preconditions: [WriteBatch.Precondition] = [], withdrawing: [Int64] = [],
        removing: [WriteBatch.Removal] = [], indexEpoch: UInt32? = nil, events: [OutboxEvent]
    ) async throws(VaultError) -> CommitReceipt {
        let epochs = drafts.map(\.indexEpoch) + [indexEpoch ?? 0]
        let batch = WriteBatch(
            preconditions: preconditions, records: drafts.map(\.row), withdrawn: withdrawing, removed: removing,
            events: events, indexEpoch: epochs.filter { $0 > 0 }.min() ?? 0)
        return try await attempt { () async throws(DatabaseError) in try await store.commit(batch) }
    }

    private func seal(_ draft: RecordDraft) async throws(VaultError) -> SealedDraft {
        let recordKey = key(draft.type, draft.id)
        let key = try await sealingKey(of: draft.patient, recordKey)
        let index = try indexKey(draft, recordKey)
        let header = RecordHeader(
            key: recordKey, patient: draft.patient, version: draft.version, updatedAt: draft.updatedAt, isDeleted: draft.isDeleted)
        do throws(SealError) {
            let content = try sealer.seal(draft.content, header: header, key: key)
            let filter = draft.filter.isEmpty ? [] : try sealer.seal(draft.filter, as: .filter, header: header, key: key)
            let digest = Array(SHA256.hash(data: content))
            return SealedDraft(
                row: NewRecord(
                    key: recordKey, patient: draft.patient, version: draft.version, updatedAt: draft.updatedAt,
                    isDeleted: draft.isDeleted, keyVersion: key.version, sealed: content, digest: digest, filter: filter,
                    tokens: tokenizer.tokens(of: draft.terms, patient: draft.patient, key: key, index: index)),
                indexEpoch: draft.terms.isEmpty ? 0 : index.epoch)
        } catch {
            throw VaultError(.keysUnavailable, record: recordKey, "cannot be sealed: \(error.code.rawValue)")
        }
    }

    private func indexKey(_ draft: RecordDraft, _ record: RecordKey) throws(VaultError) -> BlindIndexKey {
        let indexes = self.keys.tenant.indexes
        guard let wanted = draft.indexEpoch else { return indexes[indexes.count - 1] }
        guard let index = indexes.first(where: { $0.epoch == wanted }) else {
            throw VaultError(.indexMoved, record: record, "the index was made anew")
        }
        return index
    }

    private func sealingKey(of patient: LogicalID?, _ record: RecordKey) async throws(VaultError) -> DataKey {
        if let kept = keys.cached(of: patient) { return kept.sealing }
        if let patient { try await requireNoLostKey(of: patient) }
        do throws(KeyError) {
            return try await keys.sealingKeys(of: patient).sealing
        } catch {
            throw Self.failure(error, record: record)
        }
    }

    /// A patient whose own record is here had a key: one that is missing now was lost with the key store, and a new one in its
    /// place would take its number, so that the lost one could never come back.
    private func requireNoLostKey(of patient: LogicalID) async throws(VaultError) {
        guard try await !hasKey(patient) else { return }
        let own = key("Patient", patient)
        let isHere = try await attempt(own) { () async throws(DatabaseError) in try await store.newest(own)?.patient == patient }
        guard isHere, try await !isDestroyed(patient) else { return }
        throw VaultError(.keyMissing, record: own, "the key store holds no key of this patient")
    }
}
