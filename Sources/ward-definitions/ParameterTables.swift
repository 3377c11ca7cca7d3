import WardFHIR

/// Turns search parameters and compartments into tables.
struct ParameterTables {
    let types: TypeTables

    func parameters(_ official: [SearchParameter]) throws -> [ParameterFacts] {
        try official.map { parameter in
            guard let type = SearchParameterType.allCases.first(where: { $0.code == parameter.type }) else {
                throw BuildError("\(parameter.url) has an unknown type")
            }
            return ParameterFacts(
                code: parameter.code, type: type, url: parameter.url,
                targets: try (parameter.target ?? []).map { try types.number(of: $0) },
                bases: try parameter.base.map { base in
                    .init(type: try types.number(of: base), expression: try expression(of: parameter, for: base))
                },
                components: (parameter.component ?? []).map {
                    .init(definition: $0.definition, expression: $0.expression)
                })
        }
    }

    func compartments(_ official: [CompartmentDefinition]) throws -> [CompartmentFacts] {
        try official.sorted { $0.code < $1.code }.map { compartment in
            CompartmentFacts(code: compartment.code, members: try compartment.resource.map {
                .init(type: try types.number(of: $0.code), parameters: $0.param ?? [])
            })
        }
    }

    /// The alternatives of a union that begin at `base`. Cutting is safe only where every alternative begins with the
    /// name of a type: what begins with another type is empty on this one.
    private func expression(of parameter: SearchParameter, for base: String) throws -> String? {
        guard let whole = parameter.expression else { return nil }
        let alternatives = Self.alternatives(whole)
        let heads = alternatives.map { $0.drop { $0 == "(" }.prefix { $0.isLetter } }
        guard heads.allSatisfy({ types.numbers[String($0)] != nil }) else { return whole }
        let own = zip(alternatives, heads).filter { $1 == base }.map(\.0)
        if own.isEmpty { throw BuildError("\(parameter.url) has no expression for \(base)") }
        return own.joined(separator: " | ")
    }

    /// The operands of the unions at the top of an expression.
    private static func alternatives(_ expression: String) -> [String] {
        var parts = [""]
        var depth = 0
        var isQuoted = false
        for character in expression {
            if character == "'" { isQuoted.toggle() }
            if !isQuoted && "([{".contains(character) { depth += 1 }
            if !isQuoted && ")]}".contains(character) { depth -= 1 }
            if character == "|" && depth == 0 && !isQuoted {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts.map { part in String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
    }
}
