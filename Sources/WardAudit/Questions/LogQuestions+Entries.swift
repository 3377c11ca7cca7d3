public import WardDatabase

/// An entry that was read from the log, proved and opened.
public struct LogEntry: Sendable {
    /// The position in the log.
    public var position: Int64
    public var header: EntryHeader
    public var event: AuditEvent
}

extension LogQuestions {
    /// The entry of an event; nil where the log does not hold it.
    /// - Throws: ``AuditError`` with `.tampered` where it does not lead to the signed root; ``DatabaseError``.
    public func entry(of event: EventID) async throws -> LogEntry? {
        let maker = ProofMaker(store: store, keys: keys)
        guard let position = try await maker.position(of: event) else { return nil }
        var reader = try await ProvedReader(store: store, keys: keys)
        guard let entry = try await reader.entry(at: position) else { return nil }
        let (header, event) = try open(entry)
        return LogEntry(position: position, header: header, event: event)
    }

    /// Gives the entries of a notable kind, newest first, by the index, until `body` returns false.
    /// - Parameter patient: only those about this patient; nil for all.
    /// - Throws: ``AuditError`` with `.tampered` where an entry does not lead to the signed root; ``DatabaseError``.
    public func forEach(
        _ kind: EventKind, about patient: LogicalID?, _ body: (LogEntry) throws -> Bool
    ) async throws {
        try await index.catchUp()
        var reader = try await ProvedReader(store: store, keys: keys)
        let pseudonyms = patient.map { Set(sealer.keys.patientPseudonyms($0, tenant: tenant)) }
        var end = try await store.state().nextPosition
        while true {
            let found = try await index.index.positions(of: AuditTerm(.kind, Int64(kind.rawValue)), from: 0, below: end, limit: 512)
            for position in found {
                guard let bytes = try await reader.entry(at: position),
                    try pseudonyms?.contains(EntryHeader(parsing: bytes).patient) ?? true
                else { continue }
                let (header, event) = try open(bytes)
                guard try body(LogEntry(position: position, header: header, event: event)) else { return }
            }
            guard found.count == 512, let last = found.last else { return }
            end = last
        }
    }

    /// What to read of the log, and how much.
    public struct Reach: Sendable {
        /// Only entries about this patient, by the index; nil for all.
        public var patient: LogicalID?
        /// Only entries of these times, in microseconds since 1970.
        public var times: Range<Int64>
        /// Only entries below this position.
        public var before: Int64?
        /// Entries that are kept.
        public var limit: Int
        /// Entries that are read before the search is given up.
        public var bound: Int

        /// A reach; see the properties.
        public init(patient: LogicalID?, times: Range<Int64>, before: Int64?, limit: Int, bound: Int) {
            self.patient = patient
            self.times = times
            self.before = before
            self.limit = limit
            self.bound = bound
        }
    }

    /// Entries that pass a test, newest first, and whether there are more.
    /// - Throws: ``AuditError`` with `.overloaded` where the bound was reached first; as ``answer(_:)``.
    public func entries(
        _ reach: Reach, where passes: (LogEntry) throws -> Bool
    ) async throws -> (found: [LogEntry], hasMore: Bool) {
        try await index.catchUp()
        var reader = try await ProvedReader(store: store, keys: keys)
        let range = try await positions(of: reach.times)
        var end = min(range.upperBound, reach.before ?? .max)
        var found: [LogEntry] = []
        var count = 0
        while end > range.lowerBound {
            let batch = try await positions(reach.patient, range.lowerBound..<end)
            guard let last = batch.last else { break }
            for position in batch {
                guard let bytes = try await reader.entry(at: position) else { continue }
                count += 1
                let (header, event) = try open(bytes)
                let entry = LogEntry(position: position, header: header, event: event)
                guard reach.times.contains(header.time), try passes(entry) else { continue }
                if found.count == reach.limit { return (found, true) }
                found.append(entry)
            }
            guard count < reach.bound else { throw AuditError(.overloaded, "the search reads too many entries") }
            end = last
        }
        return (found, false)
    }

    /// The next positions to look at, greatest first.
    private func positions(_ patient: LogicalID?, _ range: Range<Int64>) async throws -> [Int64] {
        guard let patient else { return (max(range.lowerBound, range.upperBound - 512)..<range.upperBound).reversed() }
        var positions: Set<Int64> = []
        var floor = range.lowerBound
        for pseudonym in sealer.keys.patientPseudonyms(patient, tenant: tenant) {
            let term = AuditTerm(.patient, EntryIndex.value(ofPseudonym: pseudonym))
            let found = try await index.index.positions(
                of: term, from: range.lowerBound, below: range.upperBound, limit: 512)
            if found.count == 512, let last = found.last { floor = max(floor, last) }
            positions.formUnion(found)
        }
        return positions.filter { $0 >= floor }.sorted(by: >)
    }
}
