@testable import WardSearch

/// Decides whether a resource matches by the words of the specification, from the extracted values: no filter record, no index.
enum DirectMatch {
    static func matches(_ query: SearchQuery, _ values: ExtractedValues) -> Bool {
        query.clauses.allSatisfy { clause in
            let found = values[clause.parameter.code]
            return switch clause.test {
            case .missing(let isMissing): found.isEmpty == isMissing
            case .tokenNot(let tests): !found.contains { value in tests.contains { token($0, value) } }
            case .token(let tests): found.contains { value in tests.contains { token($0, value) } }
            case .string(let tests): found.contains { value in tests.contains { string($0, value) } }
            case .reference(let tests): found.contains { value in tests.contains { reference($0, value) } }
            case .date(let tests): found.contains { value in tests.contains { date($0, value) } }
            case .uri(let tests): found.contains { value in tests.contains { uri($0, value) } }
            case .number(let tests): found.contains { value in tests.contains { number($0, value) } }
            case .quantity(let tests): found.contains { value in tests.contains { quantity($0, value) } }
            case .id, .lastUpdated: true
            }
        }
    }

    private static func token(_ test: TokenTest, _ value: SearchValue) -> Bool {
        guard case .token(let token) = value else { return false }
        return matches(test, token)
    }

    private static func matches(_ test: TokenTest, _ token: TokenValue) -> Bool {
        if let code = test.code, token.code != String(decoding: code, as: UTF8.self) { return false }
        switch (test.system, token.system) {
        case (.any, _): return true
        case (.none, .none), (.none, .implied): return true
        case (.uri(let uri, _, _), .uri(let found)): return String(decoding: uri, as: UTF8.self) == found
        case (.uri(_, _, let mayBeImplied), .implied): return mayBeImplied
        default: return false
        }
    }

    private static func string(_ test: StringTest, _ value: SearchValue) -> Bool {
        guard case .string(let string) = value else { return false }
        let wanted = String(decoding: test.text, as: UTF8.self)
        return switch test.mode {
        case .exact: Array(string.composed.utf8) == test.text
        case .startsWith: string.folded.utf8.starts(with: wanted.utf8)
        case .contains: string.folded.contains(wanted)
        }
    }

    private static func reference(_ test: ReferenceTest, _ value: SearchValue) -> Bool {
        switch (test, value) {
        case (.local(let type, let id), .reference(.local(let foundType, let foundID))): type == foundType && id == foundID
        case (.anyType(let id), .reference(.local(_, let found))): id == found
        case (.url(let test), .reference(.absolute(let url))): String(decoding: test.text, as: UTF8.self) == url
        case (.url(let test), .uri): uri(test, value)
        case (.identifier(let test), .reference(.identifier(let token))): matches(test, token)
        default: false
        }
    }

    private static func date(_ test: DateTest, _ value: SearchValue) -> Bool {
        guard case .date(let interval) = value else { return false }
        return test.matches(interval)
    }

    private static func number(_ test: NumberTest, _ value: SearchValue) -> Bool {
        guard case .number(let interval) = value else { return false }
        return test.matches(interval)
    }

    private static func quantity(_ test: QuantityTest, _ value: SearchValue) -> Bool {
        guard case .quantity(let quantity) = value else { return false }
        switch test.unit {
        case .any: return test.number.matches(quantity.interval)
        case .named(let name):
            let name = String(decoding: name, as: UTF8.self)
            return (quantity.code == name || quantity.unit == name) && test.number.matches(quantity.interval)
        case .coded(let system, _, let code):
            return quantity.system == String(decoding: system, as: UTF8.self)
                && quantity.code == String(decoding: code, as: UTF8.self) && test.number.matches(quantity.interval)
        case .measured(let code, let unit, let canonical):
            guard quantity.system == UCUM.system, let found = quantity.code else { return false }
            if found == String(decoding: code, as: UTF8.self) { return test.number.matches(quantity.interval) }
            guard let other = UCUM.unit(found), other.dimension == unit.dimension else { return false }
            return canonical.matches(quantity.interval.map(other.canonical))
        }
    }

    private static func uri(_ test: URITest, _ value: SearchValue) -> Bool {
        guard case .uri(let canonical) = value else { return false }
        let text = String(decoding: test.text, as: UTF8.self)
        switch test.mode {
        case .exact:
            let asked = CanonicalValue(canonical: text)
            return (canonical.version == nil && canonical.url == text)
                || (canonical.url == asked.url && (asked.version == nil || asked.version == canonical.version))
        case .below: return text == canonical.url || canonical.url.hasPrefix(text.hasSuffix("/") ? text : text + "/")
        case .above: return text == canonical.url || text.hasPrefix(canonical.url.hasSuffix("/") ? canonical.url : canonical.url + "/")
        }
    }
}
