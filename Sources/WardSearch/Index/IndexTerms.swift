public import WardFHIR
public import WardVault

/// Makes the terms by which a resource is found.
///
/// Population terms come from the allow-list of parameters that are searched across patients. Where the resource
/// belongs to one patient, it also gets compartment terms: one for `(patient, type)` itself, and those of its codes.
/// Where it belongs to several, no patient's key may serve for it, so that it carries one population term for each of
/// them instead.
public enum IndexTerms {
    /// The parameter of the term that only says: in the compartment, and of this type.
    public static let typeParameter = "_type"
    /// The parameter of the terms of a resource that several patients share.
    public static let sharedParameter = "_patient"

    /// The term of the resources of a type that a patient shares with others.
    /// - Parameter patient: the patient's logical id.
    public static func shared(with patient: String, type: String) -> IndexTerm {
        IndexTerm(.population, type, sharedParameter, .sharedPatient, TermValue.local("Patient", patient))
    }

    /// The terms of a resource, without doubles.
    /// - Parameter policy: which parameters have terms.
    /// - Throws: a 422 that names the parameter with which the bound is passed.
    public static func terms(
        _ values: ExtractedValues, policy: IndexPolicy = .standard, limits: IndexLimits = .standard
    ) throws(FHIRError) -> [IndexTerm] {
        var maker = TermMaker(type: values.parameters.type)
        maker.terms.reserveCapacity(64)
        let hasPatient = values.patient != nil
        if hasPatient { maker.add(.compartment, typeParameter, .inCompartment, []) }
        for patient in values.sharedPatients {
            maker.add(.population, sharedParameter, .sharedPatient, Array("Patient/\(patient)".utf8))
        }
        guard maker.terms.count <= limits.terms else { throw limits.tooManyTerms("patient") }
        let places = policy.places(values.parameters)
        for entry in values.entries {
            let place = places[Int(entry.number)]
            if place.isEmpty { continue }
            let code = values.parameters.all[Int(entry.number)].code
            if place.contains(.population) {
                for value in entry.values { maker.add(.population, code, value) }
            }
            if place.contains(.trigrams) {
                for case .string(let string) in entry.values {
                    for trigram in TermValue.trigrams(of: string.folded) { maker.add(.population, code, .trigram, trigram) }
                }
            }
            if hasPatient, place.contains(.compartment) {
                for value in entry.values {
                    if case .token(let token) = value { maker.add(.compartment, code, token) }
                }
            }
            guard maker.terms.count <= limits.terms else { throw limits.tooManyTerms(code) }
        }
        return maker.terms
    }
}

/// Collects terms of one type without doubles.
struct TermMaker {
    let type: String
    var terms: [IndexTerm] = []
    /// Where the terms of the current family and parameter begin; doubles can occur only from there.
    private var start = 0
    /// The terms from there, once they are too many to be compared one by one.
    private var seen: Set<IndexTerm> = []

    /// Up to so many terms of a parameter are compared one by one.
    private static let few = 32

    init(type: String) { self.type = type }

    mutating func add(_ family: IndexTerm.Family, _ parameter: String, _ kind: TermKind, _ value: [UInt8]) {
        let term = IndexTerm(family, type, parameter, kind, value)
        if let last = terms.last, last.family != family || last.parameter != parameter {
            start = terms.count
            if !seen.isEmpty { seen = [] }
        }
        if terms.count - start < Self.few {
            for index in start..<terms.count where terms[index].kind == term.kind && terms[index].value == value {
                return
            }
        } else {
            if seen.isEmpty { seen = Set(terms[start...]) }
            guard seen.insert(term).inserted else { return }
        }
        terms.append(term)
    }

    mutating func add(_ family: IndexTerm.Family, _ parameter: String, _ value: SearchValue) {
        switch value {
        case .token(let token): add(family, parameter, token)
        case .string(let string): add(family, parameter, string)
        case .reference(let reference): add(family, parameter, reference)
        case .date(let interval):
            for node in CalendarTree.nodes(of: interval) { add(family, parameter, .calendar, node) }
        case .uri(let canonical): add(family, parameter, .url, Array(canonical.url.utf8))
        case .number(let interval):
            for node in NumberTree.nodes(of: interval) { add(family, parameter, .number, node) }
        case .quantity(let quantity):
            for value in QuantityTerm.values(of: quantity) { add(family, parameter, .number, value) }
        case .present: break
        }
    }

    mutating func add(_ family: IndexTerm.Family, _ parameter: String, _ token: TokenValue) {
        guard let code = token.code else { return }
        switch token.system {
        case .uri(let system): add(family, parameter, .systemAndCode, TermValue.pair(system, code))
        case .none, .implied: add(family, parameter, .codeWithoutSystem, Array(code.utf8))
        }
        add(family, parameter, .code, Array(code.utf8))
    }

    private mutating func add(_ family: IndexTerm.Family, _ parameter: String, _ string: StringValue) {
        for prefix in TermValue.prefixes(of: string.folded) { add(family, parameter, .prefix, prefix) }
        add(family, parameter, .exact, Array(string.composed.utf8))
    }

    private mutating func add(_ family: IndexTerm.Family, _ parameter: String, _ reference: ReferenceValue) {
        switch reference {
        case .local(let type, let id): add(family, parameter, .localReference, TermValue.local(type, id))
        case .absolute(let url): add(family, parameter, .url, Array(url.utf8))
        case .identifier(let token):
            guard let code = token.code else { return }
            if case .uri(let system) = token.system {
                add(family, parameter, .referenceSystemAndCode, TermValue.pair(system, code))
            }
            add(family, parameter, .referenceCode, Array(code.utf8))
        }
    }
}

/// Canonical values of terms.
enum TermValue {
    /// The lengths, in Unicode scalars, of the prefixes that are stored.
    static let prefixLengths = [1, 2, 3, 4, 6, 8, 12]

    static func pair(_ system: String, _ code: String) -> [UInt8] {
        let count = system.utf8.count
        var value: [UInt8] = []
        value.reserveCapacity(2 + count + code.utf8.count)
        value.append(UInt8(truncatingIfNeeded: count >> 8))
        value.append(UInt8(truncatingIfNeeded: count))
        value.append(contentsOf: system.utf8)
        value.append(contentsOf: code.utf8)
        return value
    }

    static func local(_ type: String, _ id: String) -> [UInt8] {
        var value: [UInt8] = []
        value.reserveCapacity(type.utf8.count + 1 + id.utf8.count)
        value.append(contentsOf: type.utf8)
        value.append(UInt8(ascii: "/"))
        value.append(contentsOf: id.utf8)
        return value
    }

    /// The stored prefixes of a folded string, shortest first.
    static func prefixes(of folded: String) -> [[UInt8]] {
        let bytes = Array(folded.utf8)
        var result: [[UInt8]] = []
        var scalars = 0
        var wanted = prefixLengths[...]
        for (index, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 {
            if scalars == wanted.first {
                result.append(Array(bytes[..<index]))
                wanted.removeFirst()
                if wanted.isEmpty { return result }
            }
            scalars += 1
        }
        if scalars == wanted.first { result.append(bytes) }
        return result
    }

    /// Every three scalars of a folded string that follow each other.
    static func trigrams(of folded: String) -> [[UInt8]] {
        let bytes = Array(folded.utf8)
        let starts = bytes.indices.filter { bytes[$0] & 0xC0 != 0x80 } + [bytes.count]
        guard starts.count > 3 else { return [] }
        return (0..<starts.count - 3).map { Array(bytes[starts[$0]..<starts[$0 + 3]]) }
    }

    /// The longest stored prefix of every string that begins with `folded`; nil for an empty string.
    static func longestPrefix(of folded: String) -> [UInt8]? { prefixes(of: folded).last }
}
