public import WardDatabase
public import WardKeys

/// Turns index terms into the tokens that the database stores and is asked for.
///
/// Population terms go under the tenant's index key, in the partition of the record's patient; compartment terms under
/// the patient's own key. A record without a patient lies in partition 0, and so do all records of types that tell
/// nothing of patients (``unpartitionedTypes`` and sealed collections, whose names begin with an underscore): asking
/// for those takes one token.
public struct Tokenizer: Sendable {
    /// R4 types outside every patient's compartment by which much is looked up and whose frequencies say nothing of
    /// patients.
    public static let unpartitionedTypes: Set<String> = [
        "Endpoint", "HealthcareService", "InsurancePlan", "Location", "Medication", "MedicationKnowledge",
        "Organization", "OrganizationAffiliation", "Practitioner", "PractitionerRole", "Questionnaire", "Substance",
        "ValueSet",
    ]

    private let keys: TenantKeys

    /// A tokenizer under a tenant's keys.
    public init(_ keys: TenantKeys) { self.keys = keys }

    /// The tokens of a record that is written: distinct, ascending.
    ///
    /// - Parameters:
    ///   - terms: what the record can be found by. Compartment terms of a record without a patient give no token:
    ///   nobody can ask for them.
    ///   - patient: the patient whose compartment holds the record, or nil.
    ///   - key: the key that seals the record.
    public func tokens(of terms: [IndexTerm], patient: LogicalID?, key: DataKey) -> [Int64] {
        tokens(of: terms, patient: patient, key: key, index: keys.index)
    }

    /// The tokens of a record in one epoch of the index: distinct, ascending.
    func tokens(of terms: [IndexTerm], patient: LogicalID?, key: DataKey, index: BlindIndexKey) -> [Int64] {
        let partition = patient.map { index.partition(of: $0.text) } ?? 0
        let compartment = patient == nil ? nil : key.compartmentIndex
        var tokens: [Int64] = []
        tokens.reserveCapacity(terms.count)
        // The terms of a record have one type as a rule.
        var asked: (type: String, place: UInt8)?
        for term in terms {
            switch term.family {
            case .population:
                let place = asked?.type == term.type ? asked?.place ?? 0 : Self.isPartitioned(term.type) ? partition : 0
                asked = (term.type, place)
                tokens.append(index.token(
                    type: term.type, parameter: term.parameter, kind: term.kind, partition: place, value: term.value))
            case .compartment:
                guard let compartment else { continue }
                tokens.append(compartment.token(
                    type: term.type, parameter: term.parameter, kind: term.kind, value: term.value))
            }
        }
        return Self.distinct(&tokens)
    }

    /// The tokens under which a record that has this population term may be stored: one for each epoch and partition.
    ///
    /// For a compartment term ask ``tokens(asking:in:)``; here it gives none.
    public func tokens(asking term: IndexTerm) -> [Int64] { tokens(asking: term, indexes: keys.indexes) }

    /// The same for these epochs.
    func tokens(asking term: IndexTerm, indexes: [BlindIndexKey]) -> [Int64] {
        guard term.family == .population else { return [] }
        var tokens: [Int64] = []
        for index in indexes {
            let partitions = Self.isPartitioned(term.type) ? index.partitions : 1
            for partition in 0..<partitions {
                tokens.append(index.token(
                    type: term.type, parameter: term.parameter, kind: term.kind, partition: partition,
                    value: term.value))
            }
        }
        return Self.distinct(&tokens)
    }

    /// The tokens under which a record of one patient that has this term may be stored: one for each epoch of the index
    /// or version of the patient's key.
    public func tokens(asking term: IndexTerm, in patient: DataKeySet) -> [Int64] {
        guard let id = patient.owner.patient else { return tokens(asking: term) }
        var tokens: [Int64] = []
        switch term.family {
        case .population:
            for index in keys.indexes {
                let partition = Self.isPartitioned(term.type) ? index.partition(of: id) : 0
                tokens.append(index.token(
                    type: term.type, parameter: term.parameter, kind: term.kind, partition: partition,
                    value: term.value))
            }
        case .compartment:
            for key in patient.keys {
                tokens.append(key.compartmentIndex.token(
                    type: term.type, parameter: term.parameter, kind: term.kind, value: term.value))
            }
        }
        return Self.distinct(&tokens)
    }

    static func isPartitioned(_ type: String) -> Bool {
        type.utf8.first != UInt8(ascii: "_") && !unpartitionedTypes.contains(type)
    }

    private static func distinct(_ tokens: inout [Int64]) -> [Int64] {
        tokens.sort()
        var kept = 0
        for index in tokens.indices where kept == 0 || tokens[kept - 1] != tokens[index] {
            tokens[kept] = tokens[index]
            kept += 1
        }
        tokens.removeLast(tokens.count - kept)
        return tokens
    }
}
