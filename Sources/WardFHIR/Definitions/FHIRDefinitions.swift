private import CDefinitions

/// The definitions of a FHIR version: its types, search parameters and compartments.
///
/// Facts only (names, types, cardinalities, expressions), taken from the official packages by `ward-definitions`.
public final class FHIRDefinitions: Sendable {
    /// FHIR R4 (4.0.1), from the tables that are embedded in the executable.
    public static let r4: FHIRDefinitions = {
        let bytes = UnsafeBufferPointer(start: ward_definitions_start(), count: Int(ward_definitions_length))
        guard let definitions = try? FHIRDefinitions(decoding: bytes) else {
            // Without them nothing can be validated, searched or told apart: going on would not fail closed.
            preconditionFailure("the embedded FHIR definitions decode: they are part of this program, and a test decodes them")
        }
        return definitions
    }()

    /// Every type, a backbone type after the type that holds it; `TypeDefinition.id` counts into it.
    public let types: [TypeDefinition]
    /// The names of all resource types that have instances, in alphabetical order.
    public let resourceTypes: [String]

    private let typesByName: [String: TypeDefinition]
    private let parametersByType: [String: [SearchParameterDefinition]]
    private let compartmentsByCode: [String: CompartmentDefinition]

    /// Decodes and links tables in the format of `DefinitionEncoder`.
    /// - Throws: `DefinitionsError` if the bytes are not in that format.
    public convenience init(decoding bytes: UnsafeBufferPointer<UInt8>) throws(DefinitionsError) {
        self.init(tables: try DefinitionDecoder.decode(bytes))
    }

    package init(tables: DefinitionTables) {
        let types = tables.types.enumerated().map { TypeDefinition(facts: $1, id: $0, names: tables.types) }
        for (type, facts) in zip(types, tables.types) { type.link(facts, to: types) }
        self.types = types
        typesByName = Dictionary(types.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let resources = types.filter { $0.kind == .resource && !$0.isAbstract }
        resourceTypes = resources.map(\.name).sorted()
        parametersByType = Self.parameters(tables, types: types)
        compartmentsByCode = Dictionary(
            tables.compartments.map { ($0.code, Self.compartment($0, types: types)) },
            uniquingKeysWith: { first, _ in first })
    }

    /// The type of that name, such as `Patient`, `HumanName`, `string` or `Patient.contact`.
    public func type(named name: String) -> TypeDefinition? {
        typesByName[name]
    }

    /// The resource type of that name; nil also for abstract ones.
    public func resourceType(named name: String) -> TypeDefinition? {
        guard let type = typesByName[name], type.kind == .resource, !type.isAbstract else { return nil }
        return type
    }

    /// The search parameters of a resource type, those of `DomainResource` and `Resource` included, ordered by code;
    /// empty if there is no such type.
    public func searchParameters(for type: String) -> [SearchParameterDefinition] {
        parametersByType[type] ?? []
    }

    /// The search parameter of a resource type with that code.
    public func searchParameter(_ code: String, for type: String) -> SearchParameterDefinition? {
        parametersByType[type]?.first { $0.code == code }
    }

    /// The compartment of that code, such as `Patient`.
    public func compartment(_ code: String) -> CompartmentDefinition? {
        compartmentsByCode[code]
    }

    /// The codes of all compartments, in alphabetical order.
    public var compartments: [String] { compartmentsByCode.keys.sorted() }

    private static func parameters(
        _ tables: DefinitionTables, types: [TypeDefinition]
    ) -> [String: [SearchParameterDefinition]] {
        var declared: [[SearchParameterDefinition]] = Array(repeating: [], count: types.count)
        for facts in tables.parameters {
            for base in facts.bases {
                declared[base.type].append(SearchParameterDefinition(
                    code: facts.code, type: facts.type, url: facts.url, base: types[base.type].name,
                    expression: base.expression, targets: facts.targets.map { types[$0].name },
                    components: facts.components.map { .init(definition: $0.definition, expression: $0.expression) }))
            }
        }
        var result: [String: [SearchParameterDefinition]] = [:]
        for type in types where type.kind == .resource && !type.isAbstract {
            var all: [SearchParameterDefinition] = []
            var next: TypeDefinition? = type
            while let current = next {
                all += declared[current.id]
                next = current.base
            }
            result[type.name] = all.sorted { $0.code < $1.code }
        }
        return result
    }

    private static func compartment(_ facts: CompartmentFacts, types: [TypeDefinition]) -> CompartmentDefinition {
        CompartmentDefinition(
            code: facts.code,
            parameters: Dictionary(
                facts.members.map { (types[$0.type].name, $0.parameters) }, uniquingKeysWith: { first, _ in first }))
    }
}
