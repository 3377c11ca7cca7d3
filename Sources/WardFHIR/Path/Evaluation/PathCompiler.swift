/// Turns a parsed expression into a compiled one: looks up functions, types and variables, and gathers navigation.
struct PathCompiler {
    let definitions: FHIRDefinitions

    func compile(_ expression: PathExpression) throws(FHIRPathError) -> PathNode {
        switch expression {
        case .literal(let literal):
            return .constant([try value(of: literal)])
        case .empty:
            return .constant([])
        case .special(let name):
            return name == "this" ? .focus : name == "index" ? .index : .total
        case .variable(let name):
            return try variable(name)
        case .member(nil, let name):
            // At the beginning a name may be that of the context's type.
            if name.first?.isUppercase == true, let type = definitions.type(named: name) {
                return .walk(.focus, [.ofType(.fhir(type))])
            }
            return .walk(.focus, [.child(PathName(name))])
        case .member(let source?, let name):
            return try compile(source).walking(.child(PathName(name)))
        case .function(let source, let name, let arguments, let offset):
            return try function(source, name, arguments, offset: offset)
        case .index(let source, let index):
            return .item(try compile(source), try compile(index))
        case .sign(let sign, let operand):
            let node = try compile(operand)
            return sign == "-" ? .negate(node) : node
        case .binary(let name, let left, let right):
            guard let operation = PathOperator(rawValue: name) else { throw FHIRPathError(.unknownFunction, name) }
            return .binary(operation, try compile(left), try compile(right))
        case .type(let name, let operand, let type):
            let test = try PathTypeTest(type, in: definitions)
            return name == "is" ? .isType(try compile(operand), test) : try compile(operand).walking(.ofType(test))
        }
    }

    private func function(
        _ source: PathExpression?, _ name: String, _ arguments: [PathExpression], offset: Int
    ) throws(FHIRPathError) -> PathNode {
        let input = if let source { try compile(source) } else { PathNode.focus }
        switch (name, arguments.count) {
        case ("is", 1):
            return .isType(input, try typeTest(arguments[0], offset: offset))
        case ("as", 1), ("ofType", 1):
            return input.walking(.ofType(try typeTest(arguments[0], offset: offset)))
        case ("where", 1):
            if let step = try condition(arguments[0]) { return input.walking(step) }
        default:
            break
        }
        guard let function = PathFunction.all[name] else { throw FHIRPathError(.unknownFunction, name, offset: offset) }
        guard function.arguments.contains(arguments.count) else {
            throw FHIRPathError(.wrongArguments, name, offset: offset)
        }
        var nodes: [PathNode] = []
        for argument in arguments { nodes.append(try compile(argument)) }
        return .call(function, on: input, nodes)
    }

    /// The conditions of `where` that are so common in search parameters that they are steps of their own.
    private func condition(_ expression: PathExpression) throws(FHIRPathError) -> PathStep? {
        switch expression {
        case .type("is", .function(nil, "resolve", [], _), let name):
            guard case .fhir(let type) = try PathTypeTest(name, in: definitions), type.kind == .resource
            else { return nil }
            return .whereResolves(to: type)
        case .binary("=", .member(nil, let name), .literal(.string(let text))) where name.first?.isLowercase == true:
            return .whereEquals(PathName(name), text: Array(text.utf8))
        default:
            return nil
        }
    }

    /// An argument that is the name of a type, and not an expression.
    private func typeTest(_ expression: PathExpression, offset: Int) throws(FHIRPathError) -> PathTypeTest {
        switch expression {
        case .member(nil, let name): return try PathTypeTest(name, in: definitions)
        case .member(.member(nil, let space), let name): return try PathTypeTest("\(space).\(name)", in: definitions)
        default: throw FHIRPathError(.unknownType, offset: offset)
        }
    }

    private func variable(_ name: String) throws(FHIRPathError) -> PathNode {
        switch name {
        case "resource", "rootResource", "context": return .root
        case "ucum": return .constant([.string("http://unitsofmeasure.org")])
        case "sct": return .constant([.string("http://snomed.info/sct")])
        case "loinc": return .constant([.string("http://loinc.org")])
        case _ where name.hasPrefix("vs-"):
            return .constant([.string("http://hl7.org/fhir/ValueSet/" + name.dropFirst(3))])
        case _ where name.hasPrefix("ext-"):
            return .constant([.string("http://hl7.org/fhir/StructureDefinition/" + name.dropFirst(4))])
        default: throw FHIRPathError(.unknownVariable, name)
        }
    }

    private func value(of literal: PathLiteral) throws(FHIRPathError) -> PathValue {
        switch literal {
        case .boolean(let flag): return .boolean(flag)
        case .string(let text): return .string(text)
        case .integer(let text):
            guard let number = Int(text) else { throw FHIRPathError(.limit, "integer") }
            return .integer(number)
        case .decimal(let text):
            guard let number = PathDecimal(text) else { throw FHIRPathError(.limit, "decimal") }
            return .decimal(number)
        case .temporal(let text):
            guard let temporal = PathTemporal(text) else { throw FHIRPathError(.syntax) }
            return .temporal(temporal)
        case .quantity(let text, let unit, let isCalendar):
            guard let number = PathDecimal(text) else { throw FHIRPathError(.limit, "decimal") }
            let word = isCalendar && unit.hasSuffix("s") ? String(unit.dropLast()) : unit
            return .quantity(PathQuantity(value: number, unit: word))
        }
    }
}

extension PathNode {
    /// Navigation from the values of this expression; added to its own steps if it is navigation itself.
    func walking(_ step: PathStep) -> PathNode {
        if case .walk(let source, let steps) = self { return .walk(source, steps + [step]) }
        return .walk(self, [step])
    }
}
