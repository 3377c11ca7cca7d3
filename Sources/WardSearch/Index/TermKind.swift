import WardVault

/// What form the value of an index term has. The numbers are part of the index: append only.
enum TermKind: UInt8 {
    /// Length of the system (u16, big endian), system, code.
    case systemAndCode = 1
    /// The code alone, whatever its system.
    case code = 2
    /// The code of a token without a system.
    case codeWithoutSystem = 3
    /// The first 1, 2, 3, 4, 6, 8 or 12 scalars of a folded string.
    case prefix = 4
    /// The NFC form of a string.
    case exact = 5
    /// `Type/id`.
    case localReference = 6
    /// An absolute URL, or the URL of a canonical without its version.
    case url = 7
    /// Like ``systemAndCode``, of the identifier in a reference.
    case referenceSystemAndCode = 8
    /// Like ``code``, of the identifier in a reference.
    case referenceCode = 9
    /// A node of the calendar tree.
    case calendar = 10
    /// Nothing: the resource is in the patient's compartment. Parameter ``IndexTerms/typeParameter``.
    case inCompartment = 11
    /// `Patient/id`, for each patient of a resource that is in several compartments. Parameter ``IndexTerms/sharedParameter``.
    case sharedPatient = 12
    /// Three scalars of a folded string that follow each other, where the list declares them.
    case trigram = 13
    /// A node of the number tree; of a quantity, what is measured stands before it.
    case number = 14
}

extension IndexTerm {
    init(_ family: Family, _ type: String, _ parameter: String, _ kind: TermKind, _ value: [UInt8]) {
        self.init(family: family, type: type, parameter: parameter, kind: kind.rawValue, value: value)
    }
}
