public import WardDatabase
internal import WardKeys

/// A record that may match a query, with its filter record opened.
public struct Candidate: Sendable {
    public let sequence: Int64
    public let key: RecordKey
    public let patient: LogicalID?
    public let version: UInt64
    /// Microseconds since 1970-01-01T00:00:00Z.
    public let updatedAt: Int64
    /// The filter record in the clear; empty where there is none.
    public let filter: [UInt8]
    /// The row, still sealed; ``Vault/open(_:)`` opens it. Its content is there only where it was asked for.
    public let row: StoredRecord

    /// Its place in the order of candidates.
    public var position: CandidateQuery.Position { .init(updatedAt: updatedAt, sequence: sequence) }
}

/// A page of candidates.
public struct CandidateRun: Sendable {
    public var candidates: [Candidate]
    /// Where the next page begins; nil where nothing comes after this one.
    public var next: CandidateQuery.Position?
}

/// What a record must be found by: at least one term of each group; compartment terms are those of `patient`.
public struct TermQuery: Sendable {
    public var type: String
    public var groups: [[IndexTerm]]
    /// The patient whose compartment terms the groups hold, if they hold any.
    public var patient: LogicalID?

    /// A query; without groups every record of the type qualifies.
    public init(type: String, groups: [[IndexTerm]], patient: LogicalID? = nil) {
        self.type = type
        self.groups = groups
        self.patient = patient
    }
}

extension Vault {
    /// Tokens of a query, to be asked for many times; nil if nothing can match, because the patient has no key.
    /// - Parameter epochs: those that the query was planned for; all where nil.
    /// - Throws: ``VaultError`` with `.keysUnavailable`.
    public func tokens(_ query: TermQuery, epochs: [IndexEpoch]? = nil) async throws(VaultError) -> AskedTokens? {
        guard !query.groups.isEmpty else { return AskedTokens.none }
        let indexes = (epochs ?? indexEpochs).map(\.key)
        var patientKeys: DataKeySet?
        if let patient = query.patient {
            patientKeys = try await keys(of: patient)
        }
        var tokens: [[Int64]] = []
        for group in query.groups {
            let asked = group.flatMap { term in
                switch term.family {
                case .population: tokenizer.tokens(asking: term, indexes: indexes)
                case .compartment: patientKeys.map { tokenizer.tokens(asking: term, in: $0) } ?? []
                }
            }
            if asked.isEmpty { return nil }
            tokens.append(asked)
        }
        return AskedTokens(groups: tokens, epoch: indexes.map(\.epoch).max() ?? 0)
    }

    /// Whether a patient has a data key: only then can records lie in the compartment of that patient alone.
    public func hasKey(_ patient: LogicalID) async throws(VaultError) -> Bool {
        try await keys(of: patient) != nil
    }

    private func keys(of patient: LogicalID) async throws(VaultError) -> DataKeySet? {
        do throws(KeyError) {
            return try await keys.keys(of: patient)
        } catch {
            throw Self.failure(error, record: nil)
        }
    }

    /// A page of candidates in order, filter records opened. Records of patients whose keys were destroyed are passed
    /// over.
    ///
    /// - Parameters:
    ///   - tokens: from ``tokens(_:)``.
    ///   - includesContent: whether the rows carry their sealed content.
    /// - Throws: ``VaultError`` with `.tooCostly` where the store's bound is passed, `.notAuthentic` where a filter
    ///   record was changed, `.indexMoved` where the epochs of the tokens are over: make them anew, and go on.
    public func candidates(
        type: String, tokens: AskedTokens, order: CandidateQuery.Order, after: CandidateQuery.Position?, limit: Int,
        includesContent: Bool
    ) async throws(VaultError) -> CandidateRun {
        let query = CandidateQuery(
            tenant: tenant, type: type, groups: tokens.groups, order: order, after: after, limit: limit,
            includesContent: includesContent, indexEpoch: tokens.epoch)
        let page = try await attempt { () async throws(DatabaseError) in try await store.candidates(query) }
        var candidates: [Candidate] = []
        candidates.reserveCapacity(page.rows.count)
        for row in page.rows {
            do {
                candidates.append(try await candidate(row))
            } catch {
                // Found only until it is withdrawn from the index.
                guard error.code == .shredded else { throw error }
            }
        }
        let last = page.rows.last.map { CandidateQuery.Position(updatedAt: $0.updatedAt, sequence: $0.sequence) }
        return CandidateRun(candidates: candidates, next: page.isComplete ? nil : last)
    }

    /// The current version of a record as a candidate; nil where there is none or it was deleted.
    public func candidate(_ type: String, _ id: LogicalID) async throws(VaultError) -> Candidate? {
        let key = key(type, id)
        let found = try await attempt(key) { () async throws(DatabaseError) in try await store.newest(key) }
        guard let row = found, !row.isDeleted else { return nil }
        do {
            return try await candidate(row)
        } catch {
            if error.code == .shredded { return nil }
            throw error
        }
    }

    private func candidate(_ row: StoredRecord) async throws(VaultError) -> Candidate {
        // A withdrawn record has no filter record, so its key is asked for here.
        if row.filter.isEmpty, row.patient != nil { _ = try await dataKey(of: row) }
        return Candidate(
            sequence: row.sequence, key: row.key, patient: row.patient, version: row.version, updatedAt: row.updatedAt,
            filter: try await openFilter(row), row: row)
    }

    /// The largest number of any version written so far, for preconditions.
    public func newestSequence() async throws(VaultError) -> Int64 {
        try await attempt { () async throws(DatabaseError) in try await store.newestSequence() }
    }

    /// The filter record of a row in the clear; empty where there is none.
    /// - Throws: ``VaultError`` with `.notAuthentic` or `.keyMissing`.
    public func filter(of row: StoredRecord) async throws(VaultError) -> [UInt8] { try await openFilter(row) }

    /// The tokens that a row has in an epoch of the index, made anew from its terms: distinct and ascending.
    /// - Throws: ``VaultError`` with `.keyMissing` or `.keysUnavailable`.
    public func tokens(
        of terms: [IndexTerm], row: StoredRecord, epoch: IndexEpoch
    ) async throws(VaultError) -> [Int64] {
        tokenizer.tokens(of: terms, patient: row.patient, key: try await dataKey(of: row), index: epoch.key)
    }

    /// Seals a filter record for a version that is there, in place of one that another program made.
    /// - Throws: ``VaultError`` with `.keyMissing` or `.keysUnavailable`.
    public func sealed(filter: [UInt8], row: StoredRecord) async throws(VaultError) -> [UInt8] {
        let key = try await dataKey(of: row)
        do throws(SealError) {
            return try sealer.seal(filter, as: .filter, header: RecordHeader(row), key: key)
        } catch {
            throw VaultError(.keysUnavailable, record: row.key, "cannot be sealed: \(error.code.rawValue)")
        }
    }

    private func openFilter(_ row: StoredRecord) async throws(VaultError) -> [UInt8] {
        guard !row.filter.isEmpty else { return [] }
        let key = try await dataKey(of: row)
        do throws(SealError) {
            return try sealer.open(row.filter, as: .filter, header: RecordHeader(row), key: key)
        } catch {
            throw VaultError(.notAuthentic, record: row.key, "the filter record of version \(row.version) cannot be opened")
        }
    }
}
