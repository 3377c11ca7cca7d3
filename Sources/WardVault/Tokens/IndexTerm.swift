/// One thing by which a record can be found, before it becomes a token of the blind index.
///
/// Terms are made by whoever knows the meaning of the content (search parameters, collections); the vault turns them into tokens
/// under the keys of the tenant or of the patient (`design`: two families). Equal terms give equal tokens within one family and key.
public struct IndexTerm: Hashable, Sendable {
    /// Whose key makes the token.
    public enum Family: UInt8, Sendable {
        /// The tenant's index key: found across patients.
        case population = 1
        /// A key derived from the patient's data key: found only together with the patient, and gone when the patient is shredded.
        case compartment = 2
    }

    public var family: Family
    /// Resource type or collection name.
    public var type: String
    /// Search parameter or field.
    public var parameter: String
    /// What form the value has (code alone, system and code, prefix of a string, node of the calendar tree, …); its owner gives the numbers.
    public var kind: UInt8
    /// The canonical value.
    public var value: [UInt8]

    /// A term; see the properties.
    public init(family: Family, type: String, parameter: String, kind: UInt8, value: [UInt8]) {
        self.family = family
        self.type = type
        self.parameter = parameter
        self.kind = kind
        self.value = value
    }
}
