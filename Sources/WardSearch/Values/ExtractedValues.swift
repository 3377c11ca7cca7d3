/// What the search parameters of its type find in one resource.
///
/// Made by ``SearchCatalog/extract(_:type:id:context:)``; the source of the filter record and of the index terms. It is
/// PHI: its description shows counts only.
public struct ExtractedValues: Sendable, CustomStringConvertible, CustomReflectable {
    /// The values of one parameter.
    public struct Entry: Hashable, Sendable {
        /// ``SearchParameter/number``.
        public var number: UInt8
        /// At least one, without doubles.
        public var values: [SearchValue]

        /// An entry; see the properties.
        public init(number: UInt8, values: [SearchValue]) {
            self.number = number
            self.values = values
        }
    }

    /// The parameters of the resource's type.
    public let parameters: TypeParameters
    /// Parameters with values, by ascending number.
    public var entries: [Entry]
    /// The logical id of the one patient whose compartment holds the resource, or where there is no such, of the one that
    /// it names; nil where there is none, or where there are several.
    public var patient: String?
    /// Several patients, sorted, where the resource is in the compartments of all of them, or in none and names all of
    /// them; otherwise empty.
    public var sharedPatients: [String]
    /// True where no parameter of the compartment finds ``patient`` or ``sharedPatients``, but references elsewhere.
    public var isNamedOnly: Bool
    /// The base URL below which a reference was read as one to this server; nil where none was. Reading the resource
    /// again needs it.
    public var base: String?

    /// Values; see the properties.
    public init(
        parameters: TypeParameters, entries: [Entry], patient: String?, sharedPatients: [String] = [],
        isNamedOnly: Bool = false, base: String? = nil
    ) {
        self.parameters = parameters
        self.entries = entries
        self.patient = patient
        self.sharedPatients = sharedPatients
        self.isNamedOnly = isNamedOnly
        self.base = base
    }

    /// The values of a parameter; empty where it has none.
    public subscript(code: String) -> [SearchValue] {
        guard let number = parameters[code]?.number else { return [] }
        return entries.first { $0.number == number }?.values ?? []
    }

    public var description: String { "ExtractedValues(\(parameters.type), \(entries.count) parameters)" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
