internal import FoundationEssentials
public import WardDatabase

/// A sealed collection of the vault: values as JSON under the tenant's shared key, found by id or by declared lookup fields.
///
/// Source: DESIGN, "Everything that is not a FHIR resource is a sealed collection of the vault".
public struct Collection<Value: Codable & Sendable>: CollectionStore {
    /// Largest value, encoded.
    private static var limitBytes: Int { 1 << 20 }

    let vault: Vault
    public let name: String
    private let fields: [String: @Sendable (Value) -> String?]
    private let clock: any WallClock

    /// A collection.
    /// - Parameters:
    ///   - name: begins with an underscore, such as `_user`, so that it is no resource type.
    ///   - fields: lookup fields by name; equal values are found by blind index. Declare none that has few values.
    public init(
        _ name: String, in vault: Vault, lookup fields: [String: @Sendable (Value) -> String?] = [:],
        clock: any WallClock = SystemWallClock()
    ) {
        precondition(name.hasPrefix("_"), "the name of a collection begins with an underscore")
        self.vault = vault
        self.name = name
        self.fields = fields
        self.clock = clock
    }

    public func get(_ id: LogicalID) async throws -> CollectionItem<Value>? {
        guard let record = try await vault.newest(name, id), !record.isDeleted else { return nil }
        return try item(record)
    }

    public func find(_ field: String, _ text: String) async throws -> [CollectionItem<Value>] {
        guard let read = fields[field] else { preconditionFailure("the collection declares no such lookup field") }
        let query = TermQuery(type: name, groups: [[term(field, text)]])
        for attempt in 1... {
            guard let tokens = try await vault.tokens(query) else { break }
            do {
                return try await items(tokens, limit: 1_000).filter { read($0.value) == text }
            } catch let error as VaultError where error.code == .indexMoved && attempt < Vault.epochAttempts {
                // The index was made anew in between.
                continue
            }
        }
        return []
    }

    public func all(limit: Int) async throws -> [CollectionItem<Value>] {
        try await items(.none, limit: limit)
    }

    @discardableResult
    public func put(
        _ id: LogicalID, _ value: Value, expecting version: UInt64?, events: [OutboxEvent]
    ) async throws -> CollectionItem<Value> {
        try await put(id, value, expecting: version, preconditions: [], withdrawing: [], events: events)
    }

    /// Writes a value in one transaction with more: what must still be true, versions of records that no search
    /// finds from then on (``WriteBatch/withdrawn``), and records that go for good (``WriteBatch/removed``).
    /// - Throws: as ``put(_:_:expecting:events:)``.
    @discardableResult
    public func put(
        _ id: LogicalID, _ value: Value, expecting version: UInt64?, preconditions: [WriteBatch.Precondition],
        withdrawing: [Int64] = [], removing: [WriteBatch.Removal] = [], events: [OutboxEvent]
    ) async throws -> CollectionItem<Value> {
        let content = Array(try JSONEncoder().encode(value))
        guard content.count <= Self.limitBytes else { throw VaultError(.tooCostly, "a value of a collection is too large") }
        let draft = RecordDraft(
            type: name, id: id, patient: nil, version: (version ?? 0) + 1, updatedAt: clock.now(), content: content,
            terms: terms(of: value))
        try await write(draft, preconditions, withdrawing, removing, events)
        return CollectionItem(id: id, version: draft.version, updatedAt: draft.updatedAt, value: value)
    }

    public func delete(_ id: LogicalID, expecting version: UInt64, events: [OutboxEvent]) async throws {
        try await write(
            RecordDraft(
                type: name, id: id, patient: nil, version: version + 1, updatedAt: clock.now(), isDeleted: true, content: []),
            [], [], [], events)
    }

    private func write(
        _ draft: RecordDraft, _ preconditions: [WriteBatch.Precondition], _ withdrawing: [Int64],
        _ removing: [WriteBatch.Removal], _ events: [OutboxEvent]
    ) async throws {
        for attempt in 1... {
            let sealed = try await vault.seal([draft])
            do throws(VaultError) {
                _ = try await vault.commit(
                    sealed, preconditions: preconditions, withdrawing: withdrawing, removing: removing,
                    events: events.map { $0.with(digest: sealed[0].digest) })
                return
            } catch {
                if error.code == .versionConflict { throw DatabaseError(.versionConflict, "\(name): another write came first") }
                // A new epoch of the index began in between.
                guard error.code == .indexMoved, attempt < Vault.epochAttempts else { throw error }
            }
        }
    }

    private func items(_ tokens: AskedTokens, limit: Int) async throws -> [CollectionItem<Value>] {
        var items: [CollectionItem<Value>] = []
        var after: CandidateQuery.Position?
        while items.count < limit {
            let page = try await vault.candidates(
                type: name, tokens: tokens, order: .newestFirst, after: after, limit: min(limit - items.count, 500),
                includesContent: true)
            for candidate in page.candidates { items.append(try item(try await vault.open(candidate.row))) }
            guard let next = page.next else { break }
            after = next
        }
        return items
    }

    private func item(_ record: OpenedRecord) throws(VaultError) -> CollectionItem<Value> {
        CollectionItem(
            id: record.key.id, version: record.version, updatedAt: record.updatedAt, value: try value(of: record))
    }

    func value(of record: OpenedRecord) throws(VaultError) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(record.content))
        } catch {
            throw VaultError(.notAuthentic, record: record.key, "the value has another form than this program knows")
        }
    }

    func terms(of value: Value) -> [IndexTerm] {
        fields.compactMap { field, read in read(value).map { term(field, $0) } }
    }

    private func term(_ field: String, _ text: String) -> IndexTerm {
        IndexTerm(family: .population, type: name, parameter: field, kind: 0, value: Array(text.utf8))
    }
}
