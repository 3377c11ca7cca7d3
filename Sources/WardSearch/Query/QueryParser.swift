import WardFHIR

/// Reads the names of a query and hands the values to their parameter types.
struct QueryParser {
    let parameters: TypeParameters
    let context: SearchContext
    let handling: SearchQuery.Handling
    let limits: SearchLimits
    private var values = 0
    private var resultParameters: Set<String> = []

    init(parameters: TypeParameters, context: SearchContext, handling: SearchQuery.Handling, limits: SearchLimits) {
        self.parameters = parameters
        self.context = context
        self.handling = handling
        self.limits = limits
    }

    mutating func parse(_ pairs: [(String, String)]) throws(FHIRError) -> SearchQuery {
        guard pairs.count <= limits.parameters else {
            throw SearchRefusal.tooMuch("parameters", limit: limits.parameters)
        }
        var query = SearchQuery(parameters: parameters)
        for (name, value) in pairs {
            try countValues(value)
            do throws(FHIRError) {
                guard name.utf8.count <= limits.nameBytes else {
                    throw SearchRefusal.unknownParameter(name, type: parameters.type)
                }
                if try !apply(resultParameter: name, value, to: &query) { query.add(try clause(name, value)) }
                query.applied.append(name)
            } catch {
                guard handling == .lenient else { throw error }
                query.ignored.append(SearchRefusal.printable(name))
            }
        }
        return query
    }

    private mutating func countValues(_ value: String) throws(FHIRError) {
        guard value.utf8.count <= limits.valueBytes else {
            throw FHIRError(
                status: 400, .tooLong, "A value of the query is too long: at most \(limits.valueBytes) bytes are allowed")
        }
        values += 1
        for byte in value.utf8 where byte == UInt8(ascii: ",") { values += 1 }
        guard values <= limits.values else { throw SearchRefusal.tooMuch("values", limit: limits.values) }
    }

    /// Parameters that say how the answer is to look; false if this is none of them.
    private mutating func apply(
        resultParameter name: String, _ value: String, to query: inout SearchQuery
    ) throws(FHIRError) -> Bool {
        switch name {
        case "_count", "_total", "_sort", "_summary", "_format": break
        default: return false
        }
        guard resultParameters.insert(name).inserted else { throw SearchRefusal.badValue(name, "given once") }
        switch (name, value) {
        case ("_count", _):
            guard value.utf8.count <= 9, let count = Int(value), count >= 0, value.utf8.first != UInt8(ascii: "+") else {
                throw SearchRefusal.badValue(name, "a whole number, 0 or more")
            }
            query.count = count
            if count == 0 { query.isCountOnly = true }
        case ("_total", _):
            guard let total = SearchQuery.Total(rawValue: value) else {
                throw SearchRefusal.badValue(name, "none, estimate or accurate")
            }
            query.total = total
        case ("_sort", "_lastUpdated"): query.order = .oldestFirst
        case ("_sort", "-_lastUpdated"): query.order = .newestFirst
        case ("_sort", _): throw SearchRefusal.badValue(name, "_lastUpdated or -_lastUpdated")
        case ("_summary", "count"): query.isCountOnly = true
        case ("_summary", "false"): break
        case ("_summary", _): throw SearchRefusal.badValue(name, "count or false")
        case ("_format", "json"), ("_format", "application/json"), ("_format", "application/fhir+json"),
            ("_format", "text/json"): break
        default: throw SearchRefusal.badValue(name, "json")
        }
        return true
    }

    private func clause(_ name: String, _ value: String) throws(FHIRError) -> Clause {
        let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let code = String(parts.first ?? "")
        let modifier = parts.count > 1 ? String(parts[1]) : nil
        guard let parameter = parameters[code] else { throw unknown(name, code) }
        guard parameter.isSupported else {
            throw SearchRefusal.unsupportedParameter(name, "parameters of type \(parameter.type.code) cannot be searched")
        }
        let term = ParameterText(name: name, parameter: parameter, modifier: modifier, text: value, context: context)
        if code == "_id" { return Clause(parameter: parameter, test: .id(try term.ids())) }
        if code == "_lastUpdated" {
            guard modifier == nil else { throw SearchRefusal.unsupportedModifier(name) }
            return Clause(parameter: parameter, test: .lastUpdated(try term.each(DateTest.parse)))
        }
        if modifier == "missing" { return Clause(parameter: parameter, test: .missing(try term.flag())) }
        return Clause(parameter: parameter, test: try test(term))
    }

    private func unknown(_ name: String, _ code: String) -> FHIRError {
        if let dot = code.firstIndex(of: "."), parameters[String(code[..<dot])] != nil {
            return SearchRefusal.unsupportedParameter(name, "chains cannot be searched")
        }
        if ["_has", "_include", "_revinclude", "_elements", "_contained", "_containedType", "_filter", "_list", "_type",
            "_score", "_pretty"].contains(code) {
            return SearchRefusal.unsupportedParameter(name, "this server does not have it")
        }
        return SearchRefusal.unknownParameter(name, type: parameters.type)
    }

    private func test(_ text: ParameterText) throws(FHIRError) -> Clause.Test {
        switch (text.parameter.type, text.modifier) {
        case (.token, nil): return .token(try text.each(TokenTest.parse))
        case (.token, "not"): return .tokenNot(try text.each(TokenTest.parse))
        case (.string, nil), (.string, "exact"), (.string, "contains"): return .string(try text.each(StringTest.parse))
        case (.reference, _): return .reference(try ReferenceTest.parse(text))
        case (.date, nil): return .date(try text.each(DateTest.parse))
        case (.uri, nil), (.uri, "below"), (.uri, "above"): return .uri(try text.each(URITest.parse))
        case (.number, nil): return .number(try text.each(NumberTest.parse))
        case (.quantity, nil): return .quantity(try text.each(QuantityTest.parse))
        default: throw SearchRefusal.unsupportedModifier(text.name)
        }
    }
}
