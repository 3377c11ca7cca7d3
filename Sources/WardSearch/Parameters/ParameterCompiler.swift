import WardFHIR

/// Makes the parameters of one type from its definitions.
struct ParameterCompiler {
    let definitions: FHIRDefinitions
    let type: TypeDefinition

    func compile() -> TypeParameters {
        let compartment = compartmentCodes()
        var parameters: [SearchParameter] = []
        var extractors: [TypeParameters.Extractor] = []
        // The number is one byte of the filter record; its high bit and 0x7F are taken.
        for (number, definition) in definitions.searchParameters(for: type.name).prefix(127).enumerated() {
            let path = path(of: definition)
            let isByKey = definition.code == "_id" || definition.code == "_lastUpdated"
            let parameter = SearchParameter(
                code: definition.code, type: definition.type, url: definition.url, number: UInt8(number),
                targets: definition.targets, isSupported: path != nil, isSingle: isSingle(definition.expression ?? ""),
                placesInPatientCompartment: definition.type == .reference && compartment.contains(definition.code),
                foldsCase: ["email", "phone", "telecom"].contains(definition.code))
            parameters.append(parameter)
            if let path, !isByKey { extractors.append(.init(parameter: parameter, path: path, type: type)) }
        }
        return TypeParameters(type: type, all: parameters, extractors: extractors)
    }

    private func path(of definition: SearchParameterDefinition) -> CompiledPath? {
        guard SearchParameter.supportedTypes.contains(definition.type), let expression = definition.expression else {
            return nil
        }
        // What does not compile is not offered, and so refused by name; a test shows that every official expression compiles.
        return try? FHIRPath.compile(expression, definitions: definitions)
    }

    /// The parameters whose patients decide on the compartment: those of its definition, and `patient` and
    /// `subject` themselves where a type is in it at all.
    /// A Patient is in its own compartment, whatever it links to.
    private func compartmentCodes() -> Set<String> {
        let codes = definitions.compartment("Patient")?.parameters(for: type.name) ?? []
        return codes.isEmpty || type.name == "Patient" ? [] : Set(codes + ["patient", "subject"])
    }

    /// Whether the expression is one path, or several choices of one, of elements that occur once at most.
    private func isSingle(_ expression: String) -> Bool {
        let paths = Set(expression.split(separator: "|").map { Self.plainPath($0) })
        guard paths.count == 1, let names = paths.first?.split(separator: "."), names.count > 1 else { return false }
        var current = type
        for name in names.dropFirst() {
            guard let element = current.element(pathName: String(name)), element.max == 1, let next = element.types.first else {
                return false
            }
            current = next
        }
        return true
    }

    /// `(Observation.value as Period)` and `Observation.value.as(Period)` as `Observation.value`.
    private static func plainPath(_ expression: Substring) -> String {
        var text = expression.split(separator: " ").joined(separator: " ")
        if text.hasPrefix("("), text.hasSuffix(")") { text = String(text.dropFirst().dropLast()) }
        if let cast = text.firstRange(of: " as ") { text = String(text[..<cast.lowerBound]) }
        if let cast = text.firstRange(of: ".as(") { text = String(text[..<cast.lowerBound]) }
        return text
    }
}
