/// Decides exactly, from its filter record, whether a resource matches a query.
///
/// Compiled once per query, then used for every candidate; matching allocates nothing. Sendable, so that candidates may be checked in
/// parallel.
public struct QueryMatcher: Sendable {
    private let parameters: TypeParameters
    private let clauses: [CompiledClause]
    private let ids: [String]?
    private let times: [[DateTest]]
    private let isRecordNeeded: Bool

    /// A clause on the record's values.
    private struct CompiledClause: Sendable {
        let number: UInt8
        let test: Test

        enum Test: Sendable {
            case token([TokenTest])
            case tokenNot([TokenTest])
            case string([StringTest])
            case reference([CompiledReference])
            case date([DateTest])
            case uri([URITest])
            case number([NumberTest])
            case quantity([QuantityTest])
            case missing(Bool)
        }
    }

    /// Compiles a query.
    public init(_ query: SearchQuery) {
        parameters = query.parameters
        var clauses: [CompiledClause] = []
        var ids: [String]?
        var times: [[DateTest]] = []
        for clause in query.clauses {
            let test: CompiledClause.Test
            switch clause.test {
            case .id(let wanted):
                ids = ids.map { $0.filter(wanted.contains) } ?? wanted
                continue
            case .lastUpdated(let tests):
                times.append(tests)
                continue
            case .token(let tests): test = .token(tests)
            case .tokenNot(let tests): test = .tokenNot(tests)
            case .string(let tests): test = .string(tests)
            case .reference(let tests): test = .reference(tests.map { CompiledReference($0) })
            case .date(let tests): test = .date(tests)
            case .uri(let tests): test = .uri(tests)
            case .number(let tests): test = .number(tests)
            case .quantity(let tests): test = .quantity(tests)
            case .missing(let isMissing): test = .missing(isMissing)
            }
            clauses.append(CompiledClause(number: clause.parameter.number, test: test))
        }
        self.clauses = clauses
        self.ids = ids
        self.times = times
        isRecordNeeded = !clauses.isEmpty
    }

    /// Whether a filter record has to be opened at all; if not, id and time decide.
    public var needsFilterRecord: Bool { isRecordNeeded }

    /// Whether the resource matches.
    /// - Parameters:
    ///   - filter: the opened filter record; may be empty where ``needsFilterRecord`` is false.
    ///   - id: the logical id.
    ///   - updatedAt: microseconds since 1970-01-01T00:00:00Z.
    /// - Throws: ``FilterRecordError`` where the record is stale (extract anew from the resource) or broken.
    public func matches(filter: [UInt8], id: String, updatedAt: Int64) throws(FilterRecordError) -> Bool {
        if let ids, !ids.contains(id) { return false }
        let instant = DateInterval(low: updatedAt, high: updatedAt)
        for tests in times where !tests.contains(where: { $0.matches(instant) }) { return false }
        guard isRecordNeeded else { return true }
        return try filter.withUnsafeBufferPointer { bytes throws(FilterRecordError) in
            let reader = try FilterReader(bytes, parameters: parameters)
            for clause in clauses where try !holds(clause, reader) { return false }
            return true
        }
    }

    private func holds(_ clause: CompiledClause, _ reader: FilterReader) throws(FilterRecordError) -> Bool {
        guard let values = try reader.values(of: clause.number) else {
            switch clause.test {
            case .missing(let isMissing): return isMissing
            case .tokenNot: return true
            default: return false
            }
        }
        switch clause.test {
        case .token(let tests): return try TokenTest.anyMatches(tests, values)
        case .tokenNot(let tests): return try !TokenTest.anyMatches(tests, values)
        case .string(let tests): return try StringTest.anyMatches(tests, values)
        case .reference(let tests): return try ReferenceTest.anyMatches(tests, values)
        case .date(let tests): return try DateTest.anyMatches(tests, values)
        case .uri(let tests): return try URITest.anyMatches(tests, values)
        case .number(let tests): return try NumberTest.anyMatches(tests, values)
        case .quantity(let tests): return try QuantityTest.anyMatches(tests, values)
        case .missing(let isMissing): return !isMissing
        }
    }
}
