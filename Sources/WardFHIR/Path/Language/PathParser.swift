/// Parses the whole grammar of FHIRPath, by precedence climbing.
///
/// Source: https://hl7.org/fhirpath/N1/grammar.html
struct PathParser {
    /// How deep an expression may nest.
    static let maximumDepth = 100

    private let tokens: [PathToken]
    private var position = 0
    private var depth = 0

    static func parse(_ text: String) throws(FHIRPathError) -> PathExpression {
        var parser = PathParser(tokens: try PathLexer.tokens(text))
        let expression = try parser.expression(above: 0)
        if parser.token.kind != .end { throw parser.error }
        return expression
    }

    private init(tokens: [PathToken]) {
        self.tokens = tokens
    }

    /// Loosest first; `is` and `as` (8) take a type name on the right.
    private static let precedences: [String: Int] = [
        "implies": 1, "or": 2, "xor": 2, "and": 3, "in": 4, "contains": 4, "=": 5, "~": 5, "!=": 5, "!~": 5,
        "<": 6, "<=": 6, ">": 6, ">=": 6, "|": 7, "is": 8, "as": 8, "+": 9, "-": 9, "&": 9,
        "*": 10, "/": 10, "div": 10, "mod": 10,
    ]
    private static let signPrecedence = 11

    private mutating func expression(above floor: Int) throws(FHIRPathError) -> PathExpression {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.maximumDepth { throw FHIRPathError(.limit, "depth", offset: token.offset) }
        var left = try operand()
        var links = 0
        while let name = operatorName, let precedence = Self.precedences[name], precedence > floor {
            links += 1
            if links > Self.maximumDepth { throw FHIRPathError(.limit, "depth", offset: token.offset) }
            position += 1
            if name == "is" || name == "as" {
                left = .type(name, left, name: try typeName())
            } else {
                left = .binary(name, left, try expression(above: precedence))
            }
        }
        return left
    }

    private mutating func operand() throws(FHIRPathError) -> PathExpression {
        if case .symbol(let sign) = token.kind, sign == "+" || sign == "-" {
            position += 1
            return .sign(sign, try expression(above: Self.signPrecedence))
        }
        var result = try term()
        var links = 0
        while true {
            links += 1
            if links > Self.maximumDepth { throw FHIRPathError(.limit, "depth", offset: token.offset) }
            if accept(".") {
                result = try invocation(on: result)
            } else if accept("[") {
                let index = try expression(above: 0)
                try expect("]")
                result = .index(result, index)
            } else {
                return result
            }
        }
    }

    private mutating func term() throws(FHIRPathError) -> PathExpression {
        let kind = token.kind
        switch kind {
        case .symbol("("):
            position += 1
            let inner = try expression(above: 0)
            try expect(")")
            return inner
        case .symbol("{"):
            position += 1
            try expect("}")
            return .empty
        case .string(let text):
            position += 1
            return .literal(.string(text))
        case .integer(let text):
            position += 1
            return .literal(quantity(text) ?? .integer(text))
        case .decimal(let text):
            position += 1
            return .literal(quantity(text) ?? .decimal(text))
        case .temporal(let text):
            position += 1
            return .literal(.temporal(text))
        case .variable(let name):
            position += 1
            return .variable(name)
        case .identifier("true"), .identifier("false"):
            position += 1
            return .literal(.boolean(kind == .identifier("true")))
        default:
            return try invocation(on: nil)
        }
    }

    private static let calendarUnits: Set<String> = [
        "year", "years", "month", "months", "week", "weeks", "day", "days", "hour", "hours", "minute", "minutes",
        "second", "seconds", "millisecond", "milliseconds",
    ]

    private mutating func quantity(_ number: String) -> PathLiteral? {
        switch token.kind {
        case .string(let unit):
            position += 1
            return .quantity(number, unit: unit, isCalendar: false)
        case .identifier(let unit) where Self.calendarUnits.contains(unit):
            position += 1
            return .quantity(number, unit: unit, isCalendar: true)
        default:
            return nil
        }
    }

    private mutating func invocation(on source: PathExpression?) throws(FHIRPathError) -> PathExpression {
        if case .special(let name) = token.kind {
            if source != nil { throw error }
            position += 1
            return .special(name)
        }
        let offset = token.offset
        let name = try identifier()
        guard accept("(") else { return .member(source, name) }
        var arguments: [PathExpression] = []
        if !accept(")") {
            repeat { arguments.append(try expression(above: 0)) } while accept(",")
            try expect(")")
        }
        return .function(source, name, arguments, offset: offset)
    }

    private static let reserved: Set<String> = ["and", "or", "xor", "implies", "div", "mod", "true", "false"]

    private mutating func identifier() throws(FHIRPathError) -> String {
        switch token.kind {
        case .identifier(let name) where !Self.reserved.contains(name):
            position += 1
            return name
        case .delimitedIdentifier(let name):
            position += 1
            return name
        default:
            throw error
        }
    }

    private mutating func typeName() throws(FHIRPathError) -> String {
        var name = try identifier()
        while accept(".") { name += "." + (try identifier()) }
        return name
    }

    private var operatorName: String? {
        switch token.kind {
        case .symbol(let name), .identifier(let name): name
        default: nil
        }
    }

    private var token: PathToken { tokens[position] }

    private mutating func accept(_ symbol: String) -> Bool {
        guard token.kind == .symbol(symbol) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ symbol: String) throws(FHIRPathError) {
        if !accept(symbol) { throw error }
    }

    private var error: FHIRPathError { FHIRPathError(.syntax, offset: token.offset) }
}
