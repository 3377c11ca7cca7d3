internal import Crypto
public import WardDatabase
internal import WardKeys

/// A draft that was sealed, with the digest that its audit event must carry.
public struct SealedDraft: Sendable {
    /// The row as it will be written.
    let row: NewRecord
    /// SHA-256 of the sealed content, 32 bytes.
    public var digest: [UInt8] { row.digest }
    /// What names the record.
    public var key: RecordKey { row.key }
    /// The version that it will be.
    public var version: UInt64 { row.version }
}

extension Vault {
    /// Seals drafts and makes their tokens; nothing is written yet, except the data keys of patients who had none.
    /// - Throws: ``VaultError`` with `.keysUnavailable` where a key cannot be had.
    public func seal(_ drafts: [RecordDraft]) async throws(VaultError) -> [SealedDraft] {
        var sealed: [SealedDraft] = []
        sealed.reserveCapacity(drafts.count)
        for draft in drafts { sealed.append(try await seal(draft)) }
        return sealed
    }

    /// Writes sealed drafts together, all or none; durable on return.
    /// - Throws: ``VaultError`` with `.versionConflict` or `.preconditionFailed` where it came too late; nothing was written then.
    public func commit(
        _ drafts: [SealedDraft], preconditions: [WriteBatch.Precondition] = [], events: [OutboxEvent]
    ) async throws(VaultError) -> CommitReceipt {
        let batch = WriteBatch(preconditions: preconditions, records: drafts.map(\.row), events: events)
        return try await attempt { () async throws(DatabaseError) in try await store.commit(batch) }
    }

    private func seal(_ draft: RecordDraft) async throws(VaultError) -> SealedDraft {
        let recordKey = key(draft.type, draft.id)
        let key = try await sealingKey(of: draft.patient, recordKey)
        let header = RecordHeader(
            key: recordKey, patient: draft.patient, version: draft.version, updatedAt: draft.updatedAt, isDeleted: draft.isDeleted)
        do throws(SealError) {
            let content = try sealer.seal(draft.content, header: header, key: key)
            let filter = draft.filter.isEmpty ? [] : try sealer.seal(draft.filter, as: .filter, header: header, key: key)
            let digest = Array(SHA256.hash(data: content))
            return SealedDraft(row: NewRecord(
                key: recordKey, patient: draft.patient, version: draft.version, updatedAt: draft.updatedAt,
                isDeleted: draft.isDeleted, keyVersion: key.version, sealed: content, digest: digest, filter: filter,
                tokens: draft.terms.isEmpty ? [] : tokenizer.tokens(of: draft.terms, patient: draft.patient, key: key)))
        } catch {
            throw VaultError(.keysUnavailable, record: recordKey, "cannot be sealed: \(error.code.rawValue)")
        }
    }

    private func sealingKey(of patient: LogicalID?, _ record: RecordKey) async throws(VaultError) -> DataKey {
        if let kept = keys.cached(of: patient) { return kept.newest }
        do throws(KeyError) {
            return try await keys.sealingKeys(of: patient).newest
        } catch {
            throw Self.failure(error, record: record)
        }
    }
}
