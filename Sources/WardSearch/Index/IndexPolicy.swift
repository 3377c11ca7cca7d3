internal import Synchronization
internal import WardFHIR

/// Which search parameters have terms in the blind index: the allow-list of one epoch of the index.
///
/// Every term costs space and says something to whoever reads the database, so only what people search by is here. Every
/// other parameter works too, by opening the filter records of the candidates that the rest of the query leaves. An
/// epoch keeps the list that it began with, because a plan may ask only for terms that all records have.
/// Source: `design/sealing.md`, "Blind index".
public final class IndexPolicy: Sendable, Equatable {
    /// Where a parameter has terms.
    struct Place: OptionSet, Sendable {
        let rawValue: UInt8
        /// Under the tenant's key: found across patients.
        static let population = Place(rawValue: 1)
        /// Under the patient's key, for its tokens: found together with the patient.
        static let compartment = Place(rawValue: 2)
        /// Trigrams as well, under the tenant's key: for `:contains`.
        static let trigrams = Place(rawValue: 4)
    }

    /// Parameters that are searched across patients, each as `code` for every type that has it, or as `Type.code`.
    public let allowed: Set<String>
    /// `Type.code` of exceptions from ``allowed``.
    public let excepted: Set<String>
    /// String parameters that have trigrams too, as in ``allowed``.
    public let trigrams: Set<String>
    private let compiled = Mutex<[String: [Place]]>([:])

    /// A list; see the properties.
    public init(allowed: Set<String>, excepted: Set<String> = [], trigrams: Set<String> = []) {
        self.allowed = allowed
        self.excepted = excepted
        self.trigrams = trigrams
    }

    public static func == (left: IndexPolicy, right: IndexPolicy) -> Bool {
        left.allowed == right.allowed && left.excepted == right.excepted && left.trigrams == right.trigrams
    }

    /// The list where the configuration names no other.
    public static let standard = IndexPolicy(allowed: Set(ranks.keys))

    /// Where the parameter of a type has terms, by ``SearchParameter/number``.
    func places(_ parameters: TypeParameters) -> [Place] {
        compiled.withLock { compiled in
            if let known = compiled[parameters.type] { return known }
            let made = parameters.all.map { place(parameters.type, $0) }
            compiled[parameters.type] = made
            return made
        }
    }

    private func place(_ type: String, _ parameter: SearchParameter) -> Place {
        let code = parameter.code
        let name = "\(type).\(code)"
        guard parameter.isSupported else { return [] }
        var place: Place = []
        if allowed.contains(name) || (allowed.contains(code) && !excepted.contains(name)) { place.insert(.population) }
        if Self.compartment[code] != nil { place.insert(.compartment) }
        if parameter.type == .string, trigrams.contains(name) || trigrams.contains(code), place.contains(.population) {
            place.insert(.trigrams)
        }
        return place
    }

    /// How many records a value is expected to have: the lower, the fewer.
    static func populationRank(_ code: String) -> Int { ranks[code] ?? 25 }

    /// The same for the codes of tokens inside a compartment; nil where they have no terms there.
    static func compartmentRank(_ code: String) -> Int? { compartment[code] }

    /// Parameters whose values are all values of others, which have the terms.
    static func parts(of code: String) -> [String] { parts[code] ?? [code] }

    private static let ranks: [String: Int] = [
        // Tokens.
        "identifier": 0, "email": 1, "phone": 1, "telecom": 1,
        "code": 20, "component-code": 20, "vaccine-code": 20, "specialty": 20,
        // Strings.
        "family": 10, "name": 10, "given": 12, "address-postalcode": 14, "address-city": 16,
        // References.
        "patient": 2, "subject": 2, "encounter": 2, "context": 2, "based-on": 3, "part-of": 3, "target": 3, "beneficiary": 2,
        "practitioner": 30, "organization": 30, "general-practitioner": 30,
        // Dates.
        "birthdate": 18, "death-date": 18, "date": 40, "authoredon": 40, "authored": 40, "onset-date": 40, "recorded-date": 40,
        "created": 40, "effective": 40, "issued": 40, "period": 40, "started": 40, "recorded": 40,
        // URIs of definitions.
        "url": 0,
    ]

    private static let compartment: [String: Int] = [
        "code": 0, "component-code": 0, "vaccine-code": 0, "type": 5, "category": 10,
    ]

    private static let parts: [String: [String]] = [
        "combo-code": ["code", "component-code"],
        "combo-value-quantity": ["value-quantity", "component-value-quantity"],
    ]

    /// Parameters with so few values that a term alone would split the records into classes that anyone can tell apart. No
    /// list may hold them; a test holds the standard one to it.
    public static let neverAlone: Set<String> = [
        "active", "gender", "deceased", "status", "clinical-status", "verification-status", "intent", "priority", "address-use",
        "address-state", "address-country", "language", "use", "experimental", "experiment", "kind", "mode", "outcome", "severity",
        "criticality", "lifecycle-status", "achievement-status", "document-status", "docstatus", "req-status", "enrollment-status",
        "part-status", "status-reason", "value", "confidentiality", "security-label", "_security", "_tag", "_profile", "_source",
    ]
}
