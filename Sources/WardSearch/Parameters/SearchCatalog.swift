import Synchronization
public import WardFHIR

/// The search parameters of every resource type, compiled when a type is first asked for. Safe to share.
public final class SearchCatalog: Sendable {
    /// The catalogue of the official R4 definitions.
    public static let r4 = SearchCatalog(definitions: .r4)

    private let definitions: FHIRDefinitions
    private let forms: [DataForm]
    private let compiled = Mutex<[String: TypeParameters]>([:])

    /// A catalogue of these definitions.
    public init(definitions: FHIRDefinitions) {
        self.definitions = definitions
        forms = DataForm.table(definitions)
    }

    /// The parameters of a resource type; nil if there is no such type. Those that can be searched, with type and URL,
    /// are
    /// ``TypeParameters/supported``: what a CapabilityStatement may promise.
    public func parameters(for type: String) -> TypeParameters? {
        compiled.withLock { compiled in
            if let known = compiled[type] { return known }
            guard let definition = definitions.resourceType(named: type) else { return nil }
            let made = ParameterCompiler(definitions: definitions, type: definition).compile()
            compiled[type] = made
            return made
        }
    }

    /// The values that the search parameters of its type find in a resource, and the patient whose compartment holds
    /// it.
    /// - Parameters:
    ///   - resource: the resource's object, as it will be stored.
    ///   - type: its type.
    ///   - id: the logical id that it is stored under.
    ///   - context: the server's base URL; the time is not used.
    /// - Throws: a 422 that names the parameter whose expression cannot be evaluated on this resource, or which has too
    ///   many values; a 404 for an unknown type.
    public func extract(
        _ resource: JSONNode, type: String, id: String, context: SearchContext, limits: IndexLimits = .standard
    ) throws(FHIRError) -> ExtractedValues {
        guard let parameters = parameters(for: type) else {
            throw FHIRError(status: 404, .notSupported, "There is no such resource type")
        }
        var entries: [ExtractedValues.Entry] = []
        entries.reserveCapacity(parameters.extractors.count)
        var patients = DistinctValues<String>()
        var base: String?
        let present = ElementSet(of: resource, parameters.definition)
        for extractor in parameters.extractors where extractor.mayFind(in: present) {
            guard let sink = try values(extractor, of: resource, parameters.definition, context, limits)
            else { continue }
            let values = sink.values
            if values.isEmpty { continue }
            if sink.readsBase { base = context.baseURL }
            let parameter = extractor.parameter
            if parameter.placesInPatientCompartment { Self.collectPatients(values, &patients) }
            entries.append(.init(number: parameter.number, values: values))
        }
        if type == "Patient" {
            return ExtractedValues(parameters: parameters, entries: entries, patient: id, base: base)
        }
        var found = patients.values
        let isNamedOnly = found.isEmpty && parameters.mayNamePatients
        if isNamedOnly {
            let named = NamedPatients(in: resource, type: type, context: context)
            found = named.ids
            if named.readsBase { base = context.baseURL }
            guard found.count <= limits.values else { throw limits.tooManyValues("patient") }
        }
        return ExtractedValues(
            parameters: parameters, entries: entries, patient: found.count == 1 ? found[0] : nil,
            sharedPatients: found.count > 1 ? found.sorted() : [], isNamedOnly: isNamedOnly, base: base)
    }

    /// The logical ids of the patients of this server that a resource names by a reference anywhere in it, sorted; not its
    /// own, where it is a patient.
    public func patients(namedIn resource: JSONNode, type: String, context: SearchContext) -> [String] {
        NamedPatients(in: resource, type: type, context: context).ids
    }

    private func values(
        _ extractor: TypeParameters.Extractor, of resource: JSONNode, _ type: TypeDefinition, _ context: SearchContext,
        _ limits: IndexLimits
    ) throws(FHIRError) -> ValueSink? {
        let found: [PathValue]
        do {
            found = try extractor.path.evaluate(resource: resource, type: type)
        } catch {
            throw FHIRError(
                status: 422, .processing, "A search parameter cannot be read from this resource",
                at: extractor.parameter.code)
        }
        if found.isEmpty { return nil }
        var sink = ValueSink(context: context, foldsCase: extractor.parameter.foldsCase, bound: limits.values)
        for value in found {
            switch value {
            case .element(let element):
                guard let node = element.node else { continue }
                sink.read(node, form: forms[element.type.id], as: extractor.parameter.type)
            case .boolean(let flag): sink.readFlag(flag)
            default: sink.add(.present)
            }
        }
        guard sink.values.count <= limits.values else { throw limits.tooManyValues(extractor.parameter.code) }
        return sink
    }

    /// The types whose resources may be several patients', by name.
    public var sharedTypes: [String] {
        definitions.resourceTypes.filter { parameters(for: $0)?.mayNamePatients == true }.sorted()
    }

    static func collectPatients(_ values: [SearchValue], _ patients: inout DistinctValues<String>) {
        for value in values {
            if case .reference(.local("Patient", let id)) = value { patients.insert(id) }
        }
    }
}
