public import WardDatabase
internal import WardFHIR
public import WardSearch
public import WardVault

/// Brings the blind index over to its newest epoch, a step at a time, while requests run.
///
/// Each step takes some current versions that have tokens of the older epoch alone, makes those of the newest from their
/// filter records (from the resource itself where another program made the filter record, which is then made anew too),
/// and writes them in one transaction with the place that it came to. So a process may die at any moment: what was
/// brought over is, and a later step goes on. Searches ask for the tokens of both epochs all the while.
public struct IndexRebuild: Sendable {
    /// How far it is.
    public struct Progress: Sendable, Codable, Equatable {
        /// The epoch that is filled.
        public var epoch: UInt32
        /// Of the sequences that were there when it began, so many have been passed.
        public var passed: Int64
        public var of: Int64
        /// Versions that this step brought over.
        public var records: Int
        /// Every version is found by the newest epoch, and nothing of the older one is left.
        public var isFinished: Bool

        /// Progress; see the properties.
        public init(epoch: UInt32, passed: Int64, of: Int64, records: Int, isFinished: Bool) {
            self.epoch = epoch
            self.passed = passed
            self.of = of
            self.records = records
            self.isFinished = isFinished
        }
    }

    private let vault: Vault
    private let store: any RecordStore
    private let gate: PermitGate
    private let collections: [String: any IndexedCollection]

    /// A rebuild of the index of a vault.
    /// - Parameter collections: all that have lookup fields.
    public init(
        vault: Vault, store: any RecordStore, collections: [any IndexedCollection], catalog: SearchCatalog = .r4
    ) {
        self.vault = vault
        self.store = store
        gate = PermitGate(catalog: catalog)
        self.collections = collections.reduce(into: [:]) { $0[$1.name] = $1 }
    }

    /// Does a step.
    /// - Parameter limit: how many versions it brings over at most.
    /// - Throws: ``IndexStop`` at a row that cannot be read or opened, ``DatabaseError`` or ``VaultError``; calling again goes on.
    public func step(limit: Int) async throws -> Progress {
        guard let newest = vault.indexEpochs.last else { throw VaultError(.keysUnavailable, "there is no index key") }
        try await store.beginIndex(epoch: newest.number)
        let state = try await store.indexState()
        guard state.epoch == newest.number else { throw VaultError(.indexMoved, "the store is ahead of the keyring") }
        var progress = Progress(
            epoch: state.epoch, passed: state.reindexed, of: state.boundary, records: 0, isFinished: false)
        if state.older == nil || state.reindexed == state.boundary {
            progress.passed = state.boundary
            progress.isFinished = try await store.endOlderIndex()
            return progress
        }
        let page = try await store.unindexed(limit: limit)
        if let row = page.damaged {
            throw IndexStop(sequence: row.sequence, cause: VaultError(.notAuthentic, record: row.key, row.what))
        }
        let versions = try await reindexed(page.rows, newest)
        try await store.reindex(versions, after: state.reindexed, through: page.through, epoch: newest.number)
        progress.passed = page.through
        progress.records = versions.count
        return progress
    }

    /// Makes tokens on all cores, in the order of the rows.
    private func reindexed(_ rows: [StoredRecord], _ epoch: IndexEpoch) async throws -> [ReindexedVersion] {
        guard let policy = IndexPolicy.of(epoch.policy) else {
            throw VaultError(.indexMoved, "the list of the newest epoch was made by another program")
        }
        let part = 128
        return try await withThrowingTaskGroup(of: (Int, [ReindexedVersion]).self) { group in
            for start in stride(from: 0, to: rows.count, by: part) {
                group.addTask {
                    var versions: [ReindexedVersion] = []
                    for row in rows[start..<min(start + part, rows.count)] {
                        do {
                            versions.append(try await reindexed(row, epoch, policy))
                        } catch let error as VaultError where error.code == .shredded {
                            // Of a patient who is being shredded, it is to be found by nothing.
                        } catch let error as VaultError where [.notAuthentic, .keyMissing].contains(error.code) {
                            throw IndexStop(sequence: row.sequence, cause: error)
                        }
                    }
                    return (start, versions)
                }
            }
            var parts: [Int: [ReindexedVersion]] = [:]
            for try await (start, versions) in group { parts[start] = versions }
            return parts.sorted { $0.key < $1.key }.flatMap(\.value)
        }
    }

    private func reindexed(
        _ row: StoredRecord, _ epoch: IndexEpoch, _ policy: IndexPolicy
    ) async throws -> ReindexedVersion {
        var filter: [UInt8]?
        let terms: [IndexTerm]
        if row.key.type.hasPrefix("_") {
            terms = try await collected(row)
        } else {
            let kept = try await vault.filter(of: row)
            if let values = try known(kept, row) {
                terms = try IndexTerms.terms(values, policy: policy)
            } else {
                let opened = try await opened(row)
                let values = try gate.values(of: opened, base: FilterRecord.base(of: kept))
                terms = try IndexTerms.terms(values, policy: policy)
                filter = try await vault.sealed(filter: FilterRecord.encode(values), row: row)
            }
        }
        return ReindexedVersion(
            sequence: row.sequence, tokens: try await vault.tokens(of: terms, row: row, epoch: epoch), filter: filter)
    }

    /// What a filter record tells; nil where another program made it.
    private func known(_ filter: [UInt8], _ row: StoredRecord) throws -> ExtractedValues? {
        guard let parameters = gate.catalog.parameters(for: row.key.type) else {
            throw VaultError(.notAuthentic, record: row.key, "there is no such resource type")
        }
        do throws(FilterRecordError) {
            return try FilterRecord.values(filter, parameters: parameters, patient: row.patient?.text)
        } catch {
            return nil
        }
    }

    private func collected(_ row: StoredRecord) async throws -> [IndexTerm] {
        if let collection = collections[row.key.type] { return try collection.terms(of: try await opened(row)) }
        // Losing what something is found by would be silent: whoever gives a collection lookup fields names it here too.
        guard try await store.tokens(of: row.sequence).isEmpty else {
            throw VaultError(.unavailable, record: row.key, "the collection is unknown to the rebuild of the index")
        }
        return []
    }

    private func opened(_ row: StoredRecord) async throws -> OpenedRecord {
        guard let record = try await vault.records([row.sequence]).first else {
            throw VaultError(.notAuthentic, record: row.key, "the version is gone")
        }
        return record
    }
}
