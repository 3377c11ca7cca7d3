public import WardDatabase
public import WardSearch
public import WardVault

/// Tells from the real data what the blind index shows, field by field, to somebody who has the database and no key.
///
/// It opens the filter records of current resources, all or an even sample of them, and writes nothing. What it returns
/// are names of parameters and numbers, no value.
public struct IndexEstimate: Sendable {
    /// Rows of a page.
    private static let pageRows = 500

    private let vault: Vault
    private let records: any RecordStore
    private let catalog: SearchCatalog

    /// What was found.
    public struct Report: Sendable {
        /// Records that were looked at.
        public var records: Int
        /// What each field shows, those first where guessing by the index gains most.
        public var fields: [FieldLeak]
    }

    /// An estimate over the records of a vault.
    public init(vault: Vault, records: any RecordStore, catalog: SearchCatalog = .r4) {
        self.vault = vault
        self.records = records
        self.catalog = catalog
    }

    /// Looks at about `sample` records, spread evenly over all; at all of them where it is nil.
    /// - Parameters:
    ///   - policy: the list of parameters to judge; that of the newest epoch, or one that is only considered.
    ///   - progress: told now and then how many versions were passed, of how many.
    /// - Throws: ``DatabaseError`` or ``VaultError`` where the stores or the keys cannot be read.
    public func report(
        sample: Int? = nil, policy: IndexPolicy, progress: (Int64, Int64) -> Void = { _, _ in }
    ) async throws -> Report {
        let end = try await records.newestSequence()
        // A page in so many is read, which costs a sample in proportion and still reaches every age of record.
        let pages = max(1, Int(end) / Self.pageRows)
        let wanted = sample.map { max(1, ($0 + Self.pageRows - 1) / Self.pageRows) } ?? pages
        let stride = Int64(max(1, pages / wanted) * Self.pageRows)
        var survey = IndexSurvey()
        var after: Int64 = 0
        while after < end {
            // What cannot be read is found by nothing; a verification names it.
            let page = try await records.scan(after: after, limit: Self.pageRows)
            guard let last = page.last else { break }
            for row in page.rows {
                do {
                    try await add(row, policy, &survey)
                } catch let error as VaultError where error.code == .shredded {
                    // Found only until it is withdrawn from the index.
                }
            }
            after = max(last, end - after > stride ? after + stride : end)
            progress(min(after, end), end)
        }
        return Report(records: survey.records, fields: survey.leaks { Int(vault.partitions(of: $0)) })
    }

    private func add(_ row: StoredRecord, _ policy: IndexPolicy, _ survey: inout IndexSurvey) async throws {
        guard row.isCurrent, !row.isDeleted, !row.filter.isEmpty, let parameters = catalog.parameters(for: row.key.type)
        else { return }
        let terms: [IndexTerm]
        let filter = try await vault.filter(of: row)
        do {
            terms = try IndexTerms.terms(
                FilterRecord.values(filter, parameters: parameters, patient: row.patient?.text), policy: policy)
        } catch is FilterRecordError {
            let opened = try await vault.open(row)
            let values = try PermitGate(catalog: catalog).values(of: opened, base: FilterRecord.base(of: filter))
            terms = try IndexTerms.terms(values, policy: policy)
        }
        survey.add(terms, patient: row.patient?.text, partition: vault.partition(of: row.patient, type: row.key.type))
    }
}
