public import WardVault

/// Looks at what the index holds of many records, field by field, to tell what it shows to who has no key.
///
/// It holds the values of what it was given, which are PHI, in memory; what it tells are counts.
public struct IndexSurvey: Sendable {
    /// Tokens that compare with each other: one form of value of one parameter, under one key.
    private struct Field: Hashable {
        var type: String
        var parameter: String
        var family: IndexTerm.Family
        var form: String
    }

    private var fields: [Field: FieldCounts] = [:]
    private var patients: [String: UInt32] = [:]
    /// Records that were counted.
    public private(set) var records = 0

    /// Nothing counted yet.
    public init() {}

    /// Counts the terms of a record.
    /// - Parameters:
    ///   - patient: in whose compartment it lies, if in any.
    ///   - partition: where its population tokens lie.
    public mutating func add(_ terms: [IndexTerm], patient: String?, partition: UInt8) {
        records += 1
        var number: UInt32?
        if let patient { number = self.number(of: patient) }
        for term in terms where term.parameter != IndexTerms.typeParameter {
            let part: UInt32
            switch term.family {
            case .population: part = UInt32(partition)
            case .compartment:
                guard let number else { continue }
                part = number
            }
            let field = Field(type: term.type, parameter: term.parameter, family: term.family, form: term.form)
            fields[field, default: FieldCounts()].add(term.value, part: part)
        }
    }

    /// What each field shows, those first where guessing by the index gains most.
    /// - Parameter partitions: in how many parts the population tokens of a type are split.
    public func leaks(partitions: (String) -> Int) -> [FieldLeak] {
        fields.map { field, counts in
            let parts = field.family == .population ? partitions(field.type) : max(1, counts.parts)
            let occurrences = counts.occurrences
            return FieldLeak(
                type: field.type, parameter: field.parameter,
                family: field.family == .population ? "population" : "compartment", form: field.form,
                occurrences: occurrences, values: counts.values, tokens: counts.tokens, parts: parts,
                entropyBits: counts.entropyBits, leakBits: counts.leakBits, guessed: counts.guessed(parts: parts),
                guessedUnsplit: counts.guessedUnsplit,
                commonest: Double(counts.commonest) / Double(max(1, occurrences)))
        }.sorted { left, right in
            left.gain != right.gain
                ? left.gain > right.gain
                : (left.type, left.parameter, left.family, left.form) < (right.type, right.parameter, right.family, right.form)
        }
    }

    private mutating func number(of patient: String) -> UInt32 {
        if let known = patients[patient] { return known }
        let number = UInt32(clamping: patients.count)
        patients[patient] = number
        return number
    }
}

extension IndexTerm {
    /// What its value is, in a word: terms of one form compare with each other.
    public var form: String {
        switch TermKind(rawValue: kind) {
        case .systemAndCode: "system-and-code"
        case .code: "code"
        case .codeWithoutSystem: "code-without-system"
        case .prefix: "prefix-\(String(decoding: value, as: UTF8.self).unicodeScalars.count)"
        case .exact: "exact"
        case .localReference: "reference"
        case .url: "url"
        case .referenceSystemAndCode: "reference-system-and-code"
        case .referenceCode: "reference-code"
        case .calendar: CalendarTree.name(of: value)
        case .inCompartment: "compartment"
        case .sharedPatient: "shared-patient"
        case .trigram: "trigram"
        case .number: "number-\(value.suffix(4).first ?? 0)"
        case nil: "kind-\(kind)"
        }
    }
}
