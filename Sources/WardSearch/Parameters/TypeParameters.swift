import WardFHIR

/// The search parameters of one resource type, with their compiled expressions.
public final class TypeParameters: Sendable {
    /// The resource type.
    public let type: String
    /// All parameters that the definitions have for the type, sorted by code; a parameter's number is its place here.
    public let all: [SearchParameter]
    /// Changes with the parameters and with what is extracted for them; a filter record made under another is stale.
    public let fingerprint: UInt16

    /// A supported parameter and the expression that finds its values.
    final class Extractor: Sendable {
        let parameter: SearchParameter
        let path: CompiledPath
        /// The elements of which one at least must be in a resource for the expression to find anything; nil if that is not known.
        private let needs: ElementSet?

        init(parameter: SearchParameter, path: CompiledPath, type: TypeDefinition) {
            self.parameter = parameter
            self.path = path
            needs = path.rootElements(of: type).map { ElementSet($0) }
        }

        /// False where nothing can be found in a resource that has these elements only.
        func mayFind(in elements: ElementSet) -> Bool { !(needs?.isDisjoint(with: elements) ?? false) }
    }

    /// Whether the patients are looked for that a resource names where no parameter of the compartment finds one.
    public let mayNamePatients: Bool
    let extractors: [Extractor]
    let definition: TypeDefinition
    private let byCode: [String: Int]

    init(type: TypeDefinition, all: [SearchParameter], extractors: [Extractor]) {
        self.type = type.name
        self.all = all
        self.extractors = extractors
        definition = type
        let isOutside = NamedPatients.types.contains(type.name)
        mayNamePatients = isOutside || all.contains(where: \.placesInPatientCompartment)
        byCode = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1.code, $0) })
        var hash: UInt32 = 2_166_136_261
        for parameter in all {
            for byte in parameter.code.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
            hash = (hash ^ UInt32(parameter.type.rawValue) ^ (parameter.isSupported ? 0x80 : 0)) &* 16_777_619
        }
        if isOutside { hash = (hash ^ 0x7F) &* 16_777_619 }
        fingerprint = UInt16(truncatingIfNeeded: hash ^ hash >> 16)
    }

    /// The parameter with that code, supported or not.
    public subscript(code: String) -> SearchParameter? { byCode[code].map { all[$0] } }

    /// The parameters that can be searched.
    public var supported: [SearchParameter] { all.filter(\.isSupported) }
}
