public import WardFHIR

/// A parsed search of one resource type: a conjunction of clauses, and how the answer is to look.
///
/// It holds values of the query, which are PHI, in memory only; its description shows none.
public struct SearchQuery: Sendable {
    /// The parameters of the type that is searched.
    public let parameters: TypeParameters
    /// All of them must hold. Other modules (policies) may add theirs: ``restricted(by:)``.
    public private(set) var clauses: [Clause]
    /// `_count`: how many resources a page holds; nil where the query does not say. 0 asks for the number only.
    public internal(set) var count: Int?
    /// `_total`.
    public internal(set) var total: Total?
    /// `_sort`.
    public internal(set) var order: Order
    /// `_summary=count` or `_count=0`: the answer has a total and no entries.
    public internal(set) var isCountOnly: Bool
    /// The names of parameters that were not understood and that lenient handling left out. The answer must say so.
    public internal(set) var ignored: [String]
    /// The names of the parameters that are in force, with modifiers, in the order of the query: for the self link and the audit entry.
    public internal(set) var applied: [String]

    /// How exact `Bundle.total` is to be. Source: https://hl7.org/fhir/R4/search.html#total
    public enum Total: String, Sendable {
        case none, estimate, accurate
    }

    /// The order of the answer. Source: https://hl7.org/fhir/R4/search.html#_sort
    public enum Order: Sendable {
        case newestFirst, oldestFirst
    }

    /// What to do with parameters that are not understood. Source: https://hl7.org/fhir/R4/search.html#errors
    public enum Handling: Sendable {
        /// Refuse them.
        case strict
        /// Leave them out, and say so.
        case lenient
    }

    /// A query with these clauses and nothing asked of the answer.
    public init(parameters: TypeParameters, clauses: [Clause] = []) {
        self.parameters = parameters
        self.clauses = clauses
        order = .newestFirst
        isCountOnly = false
        ignored = []
        applied = []
    }

    /// The type that is searched.
    public var type: String { parameters.type }

    /// Reads the parameters of a search.
    ///
    /// Refused: unknown and unsupported parameters and modifiers, bad values, and what exceeds the limits.
    /// - Parameters:
    ///   - parameters: decoded names and values in the order of the query.
    ///   - catalog: the parameters that exist.
    ///   - context: the server's base URL and the time, for absolute references and for `ap`.
    /// - Throws: a 400 that names the parameter, never its value. Lenient handling throws for the limits only.
    public static func parse(
        type: String, parameters: [(String, String)], handling: Handling, catalog: SearchCatalog, context: SearchContext,
        limits: SearchLimits = .standard
    ) throws(FHIRError) -> SearchQuery {
        guard let definitions = catalog.parameters(for: type) else {
            throw FHIRError(status: 404, .notSupported, "There is no such resource type")
        }
        var parser = QueryParser(parameters: definitions, context: context, handling: handling, limits: limits)
        return try parser.parse(parameters)
    }

    /// The query with more clauses, all of which must hold too.
    public func restricted(by clauses: [Clause]) -> SearchQuery {
        var result = self
        result.clauses += clauses
        return result
    }

    mutating func add(_ clause: Clause) { clauses.append(clause) }

    /// The logical id of the one patient in whose compartment, or in those of several, every match must be; nil where the query does not
    /// confine itself so.
    public var patient: String? {
        for clause in clauses where clause.parameter.placesInPatientCompartment {
            if case .reference(let tests) = clause.test, tests.count == 1, case .local("Patient", let id) = tests[0] { return id }
        }
        return nil
    }

    /// The logical ids of patients that the query may name, by a reference or as the records that it looks for: whatever it
    /// finds, or that it finds nothing, says something of them.
    public var namedPatients: Set<String> {
        var ids: Set<String> = []
        for clause in clauses {
            switch clause.test {
            case .id(let wanted) where type == "Patient": ids.formUnion(wanted)
            case .reference(let tests):
                for test in tests {
                    switch test {
                    case .local("Patient", let id), .anyType(let id): ids.insert(id)
                    default: break
                    }
                }
            default: break
            }
        }
        return ids
    }
}

extension SearchQuery: CustomStringConvertible, CustomReflectable {
    public var description: String { "SearchQuery(\(type), \(clauses.count) clauses)" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
