internal import WardAccess
internal import WardDatabase
internal import WardFHIR
internal import WardIdentity
internal import WardSearch
internal import WardVault

/// Holds records against the filter of a permit: by id as well as in a search, so that no way leads around it.
struct PermitGate: Sendable {
    let catalog: SearchCatalog

    /// Whether a permit reaches an opened record. A deletion has no content to look at: only a permit for everything
    /// reaches it.
    func admits(_ record: OpenedRecord, _ permit: Permit) throws(FHIRError) -> Bool {
        switch permit.filter(for: record.key.type) {
        case .everything: return true
        case .nothing: return false
        case .anyOf:
            guard !record.isDeleted, let matchers = try matchers(permit, type: record.key.type) else { return false }
            let kept = (try? record.filter()) ?? []
            let filter = FilterRecord.encode(try values(of: record, base: FilterRecord.base(of: kept)))
            for matcher in matchers where Self.matches(matcher, filter, record) { return true }
            return false
        }
    }

    /// Whether a permit will reach what a draft makes of a record.
    func admits(_ draft: RecordDraft, _ permit: Permit) throws(FHIRError) -> Bool {
        guard let matchers = try matchers(permit, type: draft.type) else { return true }
        guard !draft.isDeleted else { return false }
        return matchers.contains { matcher in
            (try? matcher.matches(filter: draft.filter, id: draft.id.text, updatedAt: draft.updatedAt)) ?? false
        }
    }

    /// Holds a record that is there, or what a write would make of it, against a permit that is about one patient.
    /// - Throws: ``Refusal`` where it would not be that patient's, or not that patient's alone.
    func requireOwn(_ patient: LogicalID?, _ permit: Permit) throws(Refusal) {
        guard let only = permit.writesOnlyOf, patient != only else { return }
        throw Refusal.otherPatient
    }

    /// Holds what is about to be written against the permit for it.
    /// - Throws: ``Refusal``, as ``requireOwn(_:_:)``.
    func requireOwn(_ draft: RecordDraft, _ permit: Permit) throws {
        guard permit.writesOnlyOf != nil, !draft.isDeleted else { return }
        try requireOwn(draft.patient, permit)
        guard try admits(draft, permit) else { throw Refusal.otherPatient }
    }

    /// What a search result must match besides its query: one of these; nil where the permit reaches everything.
    /// - Throws: ``FHIRError`` 403 where a constraint cannot be understood: then nothing is open.
    func matchers(_ permit: Permit, type: String) throws(FHIRError) -> [QueryMatcher]? {
        switch permit.filter(for: type) {
        case .everything: return nil
        case .nothing: return []
        case .anyOf(let alternatives):
            var matchers: [QueryMatcher] = []
            for constraints in alternatives {
                let query = try SearchQuery.parse(
                    type: type, parameters: constraints.map { ($0.parameter, $0.value) }, handling: .strict, catalog: catalog,
                    context: SearchContext(baseURL: nil, now: 0))
                matchers.append(QueryMatcher(query))
            }
            return matchers
        }
    }

    /// The search values of a record's content, made anew; whose it is, the store says.
    /// - Parameter base: the base URL under which they were made when the record was written:
    ///   ``FilterRecord/base(of:)``.
    func values(of record: OpenedRecord, base: String?) throws(FHIRError) -> ExtractedValues {
        let node = try ResourceIntake.parse(record.content)
        var values = try catalog.extract(
            node, type: record.key.type, id: record.key.id.text, context: SearchContext(baseURL: base, now: 0))
        values.patient = record.patient?.text
        if values.patient != nil { values.sharedPatients = [] }
        return values
    }

    private static func matches(_ matcher: QueryMatcher, _ filter: [UInt8], _ record: OpenedRecord) -> Bool {
        (try? matcher.matches(filter: filter, id: record.key.id.text, updatedAt: record.updatedAt)) ?? false
    }
}
